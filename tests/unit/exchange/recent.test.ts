import { describe, expect, test } from '@jest/globals';
import { createRecentPrompts } from '../../../src/exchange/recent.js';
import type { ExchangeService } from '../../../src/exchange/service.js';
import { tryOnRecent } from '../../../src/exchange/try-on-recent.js';
import { chat, HARD, harness, head } from '../../support/exchange-service.js';

const LIMITS = { promptsMax: 3, bodyBytesMax: 1000 };

function recording() {
  const { service } = harness();
  const recent = createRecentPrompts(LIMITS);
  const ask = async (prompt: string, more: Record<string, unknown> = {}, headers = {}) => {
    const { exchangesOf } = await import('../../../src/exchange/exchange.js');
    const exchange = exchangesOf({ ...service, recent })(undefined);
    exchange.requestHead(head({}, headers));
    await exchange.requestBody(chat(prompt, more), () => undefined);
    exchange.close();
  };
  return { recent, ask, service };
}

const asks = (recent: ReturnType<typeof createRecentPrompts>) =>
  recent.all().map(({ request }) => request.ask);

describe('the last prompts', () => {
  test('are kept, so many of them', async () => {
    const { recent, ask } = recording();
    for (const prompt of ['one', 'two', 'three', 'four']) await ask(prompt);
    expect(asks(recent).toSorted()).toEqual(['four', 'three', 'two']);
  });

  test('without keys of callers, and none that is large or names a model itself', async () => {
    const { recent, ask } = recording();
    await ask('kept', {}, { 'x-team': 'blue', 'api-key': 'hunter2', cookie: 'hunter2' });
    await ask('x'.repeat(1001));
    await ask('named', { model: 'small' });
    expect(asks(recent)).toEqual(['kept']);
    const headers = recent.all()[0]?.head.headers;
    expect([...(headers?.keys() ?? [])].toSorted()).toEqual(['content-type', 'x-team']);
  });
});

describe('another policy', () => {
  test('is tried on them, and counts those that it sends elsewhere', async () => {
    const { recent, ask, service } = recording();
    for (const prompt of ['prove it', 'prove that', 'hello']) await ask(prompt);
    const other = harness({ decisions: [{ ...HARD, action: { kind: 'block', message: 'no' } }] });
    expect(await tryOnRecent(recent.all(), service, service)).toEqual({ prompts: 3, changed: 0 });
    expect(await tryOnRecent(recent.all(), service, other.service)).toEqual({ prompts: 3, changed: 2 });
    expect(other.records).toEqual([]);
  });

  test('without a route of theirs, or one that fails, changes all of them', async () => {
    const { recent, ask, service } = recording();
    await ask('hello');
    const without: ExchangeService = { ...service, policyOf: () => undefined };
    expect(await tryOnRecent(recent.all(), service, without)).toEqual({ prompts: 1, changed: 1 });
    const broken = harness({
      signals: [
        {
          name: 'hard_words',
          cost: 'rule',
          evaluate: () => {
            throw new Error('broken');
          },
        },
      ],
    });
    const { changed } = await tryOnRecent(recent.all(), service, broken.service);
    expect([0, 1]).toContain(changed);
  });
});
