import { expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/load.js';
import { buildPolicies, type PolicyEncoder, type PolicyParts } from '../../src/policies.js';
import { wordEncoder } from '../support/exchange-service.js';

const BASE = `
models: [{ name: small, endpoints: ["127.0.0.1:9101"], context_window: 100 }]
default_model: small
`;

function config(more: string) {
  const parsed = parseConfig(BASE + more, 'sextant.yaml');
  if (!parsed.ok) throw new Error(parsed.error[0]?.message);
  return parsed.value;
}

function parts(encoder: PolicyEncoder, change: Partial<PolicyParts> = {}): PolicyParts {
  return {
    encoder: Promise.resolve(encoder),
    readHead: () => Promise.reject(new Error('no head is expected here')),
    ...change,
  };
}

const EXAMPLES = `
signals:
  - { name: like, type: embedding, threshold: 0.5, examples: [a b, c d, e f, g h, i j] }
  - { name: german, type: language, languages: [de] }
`;

test('the examples of a signal never crowd the queue of the encoder', async () => {
  const encoder = wordEncoder();
  let inFlight = 0;
  let most = 0;
  const busy = {
    ...encoder,
    encode: async (text: string, deadlineMs: number) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return encoder.encode(text, deadlineMs);
    },
  };
  const policies = await buildPolicies(config(EXAMPLES), parts(busy));
  expect(most).toBe(1);
  expect([...(policies.get('default')?.signals.keys() ?? [])]).toEqual(['like', 'german']);
});

test('the version of a policy follows what can change an answer, and nothing else', async () => {
  const versionOf = async (more: string) =>
    (await buildPolicies(config(more), parts(wordEncoder()))).get('default')?.version;
  const plain = await versionOf('');
  expect(await versionOf('listen: { port: 9999 }')).toBe(plain);
  expect(await versionOf('limits: { message_timeout_ms: 2000 }')).toBe(plain);
  expect(await versionOf('routes: [{ name: default, guarded: true }]')).not.toBe(plain);
  const signal = 'signals: [{ name: code, type: keyword, any_of: [python] }]\n';
  const decision = (words: string) => `decisions: [{ name: code, when: code, ${words} }]`;
  const routed = await versionOf(signal + decision('models: [small]'));
  expect(routed).not.toBe(plain);
  expect(await versionOf(signal + decision('block: no'))).not.toBe(routed);
});
