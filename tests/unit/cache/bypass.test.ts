import { describe, expect, test } from '@jest/globals';
import { bypassReason, exactOnlyReason, semanticTierReason } from '../../../src/cache/bypass.js';
import { readControls } from '../../../src/cache/controls.js';
import type { PromptRequest } from '../../../src/openai/request.js';
import { chat, completion, requestOf } from './requests.js';

const tenant = { kind: 'known' as const, tenant: 'header:acme' };
const use = (request: PromptRequest, cacheControl?: string, temperatureMax?: number) =>
  bypassReason({
    request,
    controls: readControls({ cacheControl }),
    tenant,
    policy: { temperatureMax, volatile: 'bypass' },
  });

describe('bypassReason', () => {
  test('lets a plain question in, with its tenant', () => {
    expect(use(chat('What is DNA?'))).toEqual({ kind: 'use', tenant: 'header:acme', lookUp: true });
    expect(use(completion('What is DNA?')).kind).toBe('use');
    expect(use(completion(['What is DNA?'])).kind).toBe('use');
  });

  test.each<[string, PromptRequest]>([
    ['embeddings', requestOf('embeddings', { input: 'a' }, { ask: 'a' })],
    ['several-prompts', completion(['a', 'b'])],
    ['several-prompts', completion([1, 2, 3])],
    ['several-prompts', completion([])],
    ['several-prompts', completion([[1]])],
    ['modality', { ...chat('a'), modalities: ['image'] }],
    ['tool-results', { ...chat('a'), hasToolResults: true }],
    ['no-ask', chat('')],
    ['no-ask', chat(' \n')],
  ])('%s', (reason, request) => {
    expect(use(request)).toEqual({ kind: 'bypass', reason });
  });

  test('a client may keep its answer out, or ask for a fresh one', () => {
    expect(use(chat('a'), 'no-store')).toEqual({ kind: 'bypass', reason: 'no-store' });
    expect(use(chat('a'), 'no-cache, no-store')).toEqual({ kind: 'bypass', reason: 'no-store' });
    for (const value of ['no-cache', 'max-age=0']) {
      expect(use(chat('a'), value)).toEqual({ kind: 'use', tenant: 'header:acme', lookUp: false });
    }
    expect(use(chat('a'), 'max-age=60')).toMatchObject({ lookUp: true });
  });

  test.each<[number | undefined, Record<string, number | string | null>, boolean]>([
    [undefined, { temperature: 2 }, true],
    [0.7, { temperature: 0.7 }, true],
    [0.7, { temperature: 0.71 }, false],
    // Left out, the API takes 1.
    [0.7, {}, false],
    [0.7, { temperature: null }, false],
    [1, {}, true],
    [2, { temperature: 'hot' }, false],
  ])('a limit of %s lets %j in: %s', (max, given, expected) => {
    const said = use(chat('a', given), undefined, max);
    expect(said.kind).toBe(expected ? 'use' : 'bypass');
    if (!expected) expect(said).toEqual({ kind: 'bypass', reason: 'temperature' });
  });

  test('a question about the moment, unless the policy allows it', () => {
    const today = { ...chat('a'), ask: 'What is the weather in Rome today?' };
    expect(use(today)).toEqual({ kind: 'bypass', reason: 'volatile' });
    const policy = { temperatureMax: undefined, volatile: 'allow' as const };
    expect(bypassReason({ request: today, controls: readControls({}), tenant, policy }).kind).toBe('use');
  });

  test('nobody gets nothing', () => {
    const nobody = bypassReason({
      request: chat('a'),
      controls: readControls({}),
      tenant: { kind: 'none' },
      policy: { temperatureMax: undefined, volatile: 'bypass' },
    });
    expect(nobody).toEqual({ kind: 'bypass', reason: 'no-identity' });
  });
});

const anyWords = { exactOnly: false };

test('exactOnlyReason saves the forward pass where other words could never be served', () => {
  expect(exactOnlyReason(chat('What is DNA?'), anyWords)).toBeUndefined();
  expect(exactOnlyReason(chat('What is DNA?'), { exactOnly: true })).toBe('client');
  expect(exactOnlyReason(completion('const x = '), anyWords)).toBe('completions');
  expect(exactOnlyReason(chat('a'.repeat(2048)), anyWords)).toBeUndefined();
  expect(exactOnlyReason(chat('a'.repeat(2049)), anyWords)).toBe('too-long');
});

test('semanticTierReason asks for a vector that means something', () => {
  const good = { vector: Float32Array.of(1), tokens: 10, truncated: false, unknownShare: 0.1 };
  expect(semanticTierReason(good)).toBeUndefined();
  expect(semanticTierReason({ ...good, unknownShare: 0.11 })).toBe('language');
  expect(semanticTierReason({ ...good, truncated: true })).toBe('too-long');
});
