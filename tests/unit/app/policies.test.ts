import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  buildPolicies,
  type OwnHead,
  type PolicyEncoder,
  type PolicyParts,
} from '../../../src/app/policies.js';
import type { QualityRouter } from '../../../src/selection/expected-quality.js';
import { goodConfig } from '../../support/config.js';
import { wordEncoder } from '../../support/exchange-service.js';

const BASE = `
models: [{ name: small, endpoints: ["127.0.0.1:9101"], context_window: 100 }]
default_model: small
`;

function config(more: string) {
  return goodConfig(BASE + more);
}

function parts(encoder: PolicyEncoder, change: Partial<PolicyParts> = {}): PolicyParts {
  return {
    encoder: Promise.resolve(encoder),
    readHead: () => Promise.reject(new Error('no head is expected here')),
    readRouter: () => Promise.reject(new Error('no router is expected here')),
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

describe('heads', () => {
  const HEAD: OwnHead = { labels: ['refund'], hash: 'head-1', judge: () => undefined };
  const SIGNALS = {
    domain: '{ name: a, type: domain, any_of: [law] }',
    intent: '{ name: a, type: intent, any_of: [code] }',
    difficulty: '{ name: a, type: difficulty, size: small, below: 0.5 }',
    guard: '{ name: a, type: guard }',
    pii: '{ name: a, type: pii }',
  };

  const policyOf = async (signal: string, encoder: PolicyEncoder, change: Partial<PolicyParts> = {}) => {
    const built = await buildPolicies(config(`signals: [${signal}]`), parts(encoder, change));
    const policy = built.get('default');
    if (policy === undefined) throw new Error('there is no default route');
    return policy;
  };
  const withHeads = (headsHash: string): PolicyEncoder => ({ ...wordEncoder(), headsHash });

  test.each(Object.entries(SIGNALS))(
    'a policy with a %s signal has the heads in its version',
    async (_, signal) => {
      const policy = await policyOf(signal, withHeads('1'));
      expect((await policyOf(signal, withHeads('1'))).version).toBe(policy.version);
      expect((await policyOf(signal, withHeads('2'))).version).not.toBe(policy.version);
    },
  );

  test('a policy that asks no head does not care which there are', async () => {
    const signal = '{ name: a, type: keyword, any_of: [law] }';
    const versions = [await policyOf(signal, withHeads('1')), await policyOf(signal, withHeads('2'))];
    expect(versions[0]?.version).toBe(versions[1]?.version);
  });

  test('how much is read at most is part of the version where anything is read', async () => {
    const budget = (signal: string, windows: number) =>
      `signals: [${signal}]\nencoder: { windows_max: ${windows} }`;
    const versionOf = async (more: string) =>
      (await buildPolicies(config(more), parts(withHeads('1')))).get('default')?.version;
    expect(await versionOf(budget(SIGNALS.guard, 8))).not.toBe(await versionOf(budget(SIGNALS.guard, 9)));
    expect(await versionOf(budget(SIGNALS.domain, 8))).toBe(await versionOf(budget(SIGNALS.domain, 9)));
  });

  test('signals that read whole conversations say so, and with which budget', async () => {
    const policy = await policyOf(SIGNALS.guard, withHeads('1'));
    expect(policy).toMatchObject({ looksThrough: true, reading: { windowsMax: 64, deadlineMs: 4000 } });
    expect((await policyOf(SIGNALS.domain, withHeads('1'))).looksThrough).toBe(false);
    const cards = await policyOf('{ name: a, type: pii, types: [CREDIT_CARD] }', withHeads('1'));
    expect(cards.looksThrough).toBe(true);
  });

  test('a head of the user’s own is read for this encoder, and is part of the version', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sextant-head-'));
    writeFileSync(join(folder, 'head.json'), JSON.stringify({ labels: ['refund'] }));
    const asked: string[][] = [];
    const signal = `{ name: a, type: intent, any_of: [refund], head: ${folder} }`;
    const build = (hash: string) =>
      policyOf(signal, withHeads('1'), {
        readHead: async (...args) => {
          asked.push(args);
          return { ...HEAD, hash };
        },
      });
    const first = await build('head-1');
    expect(asked).toEqual([[folder, 'words']]);
    expect((await build('head-2')).version).not.toBe(first.version);
    rmSync(folder, { recursive: true });
  });
});

describe('the router of decisions', () => {
  const ROUTED = `
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 100, price: { input: 5, output: 5 } }
default_model: small
selection: { router: mixtral-gpt4 }
decisions:
  - { name: dear, when: always, models: [small, large], selection: { quality_bias: 1 } }
  - { name: cheap, when: always, models: [small, large], selection: { quality_bias: 0 } }
`;

  function routed() {
    const models = `models:\n  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 100 }`;
    return goodConfig(models + ROUTED);
  }

  function router(hash: string): QualityRouter {
    const sample = {
      quality: Float32Array.of(0.2, 0.9),
      outputTokens: new Float32Array(),
      promptTokens: Float32Array.of(10),
    };
    return { name: 'pair', hash, models: ['small', 'large'], expect: () => undefined, sample };
  }

  test('is read once for this encoder, and each dial is set', async () => {
    const asked: string[] = [];
    const encoder = wordEncoder();
    const readRouter: PolicyParts['readRouter'] = async (named, encoderHash) => {
      asked.push(`${named} ${encoderHash}`);
      return router('h');
    };
    const policies = await buildPolicies(routed(), parts(encoder, { readRouter }));
    expect(asked).toEqual([`mixtral-gpt4 ${encoder.hash}`]);
    const choices = policies.get('default')?.choices;
    expect(choices?.get('dear')?.costWeight).toBe(0);
    expect(choices?.get('cheap')?.costWeight).toBe(Number.POSITIVE_INFINITY);
  });

  test('is part of the version', async () => {
    const versionOf = async (hash: string) => {
      const built = await buildPolicies(
        routed(),
        parts(wordEncoder(), { readRouter: async () => router(hash) }),
      );
      return built.get('default')?.version;
    };
    expect(await versionOf('one')).toBe(await versionOf('one'));
    expect(await versionOf('one')).not.toBe(await versionOf('other'));
  });
});

describe('what is done about personal data', () => {
  const headless = (): PolicyEncoder => {
    const { heads: _, ...encoder } = wordEncoder();
    return encoder;
  };
  const routeOf = async (more: string, encoder: PolicyEncoder = wordEncoder()) =>
    (await buildPolicies(config(more), parts(encoder))).get('default');

  test('is part of the version, and of whether a failure lets requests pass', async () => {
    const [plain, noted, blocked] = await Promise.all(
      ['', 'personal_data: { action: note }', 'personal_data: { action: block }'].map((more) =>
        routeOf(more),
      ),
    );
    expect(new Set([plain?.version, noted?.version, blocked?.version]).size).toBe(3);
    expect([plain, noted, blocked].map((policy) => policy?.protectsPersonal)).toEqual([false, false, true]);
    expect([plain, noted].map((policy) => policy?.looksThrough)).toEqual([false, true]);
    const ofDecision = await routeOf(
      'decisions: [{ name: a, when: always, models: [small], personal_data: { action: block } }]',
    );
    expect(ofDecision?.protectsPersonal).toBe(true);
  });

  test('needs an encoder with heads where patterns are not enough', async () => {
    await expect(routeOf('personal_data: { action: block }', headless())).rejects.toThrow(
      /this encoder has no heads/,
    );
    const byPatterns = await routeOf('personal_data: { action: block, types: [EMAIL] }', headless());
    expect(byPatterns?.personalData?.action).toBe('block');
  });
});
