import { describe, expect, test } from '@jest/globals';
import { exchangesOf } from '../../../src/exchange/exchange.js';
import type { ModelCard } from '../../../src/selection/model-card.js';
import {
  answer,
  ask,
  chat,
  type Harness,
  harness,
  head,
  LARGE,
  SMALL,
} from '../../support/exchange-service.js';

const PRICED: readonly [ModelCard, ModelCard] = [
  { ...SMALL, price: { input: 1, output: 2 } },
  { ...LARGE, price: { input: 10, output: 20 } },
];
const [small, large] = PRICED;
const EITHER = {
  name: 'hard',
  priority: 10,
  when: { kind: 'signal', signal: 'hard_words', onUnknown: 'no-match' },
  action: { kind: 'route', models: ['small', 'large'] },
  cache: true,
} as const;

function priced(): Harness {
  return harness({ decisions: [EITHER], policy: { models: PRICED, defaultModel: large } });
}

async function exchanged({ service, records }: Harness, body: Uint8Array, reply?: Uint8Array | string) {
  const { exchange } = await ask(exchangesOf(service), body, head());
  const type = typeof reply === 'string' ? 'text/event-stream' : 'application/json';
  if (reply !== undefined) {
    const headers = new Map([['content-type', type]]);
    exchange.responseHead({ status: 200, headers, endOfStream: false });
    exchange.responseBody(Buffer.from(reply), true);
  }
  exchange.close();
  return records.at(-1);
}

describe('what an exchange costs', () => {
  test('is counted by the cards, beside what the default and the dearest model would have cost', async () => {
    const record = await exchanged(priced(), chat('Please prove it.'), answer('Done.'));
    const tokens = {
      promptTokens: record?.promptTokens ?? 0,
      completionTokens: record?.completionTokens ?? 0,
    };
    const at = ({ price }: ModelCard) =>
      (tokens.promptTokens * price.input + tokens.completionTokens * price.output) / 1e6;
    expect(record).toMatchObject({ model: 'small', decision: 'hard' });
    expect(record?.money).toEqual({
      costUsd: at(small),
      discardedUsd: 0,
      atDefaultUsd: at(large),
      atDearestUsd: at(large),
      savedByCacheUsd: 0,
    });
    expect(at(small)).toBeGreaterThan(0);
  });

  test('is nothing for an answer of the cache, which saves what its model cost', async () => {
    const sextant = priced();
    const first = await exchanged(sextant, chat('Please prove it.'), answer('Done.'));
    const second = await exchanged(sextant, chat('Please prove it.'));
    expect(second).toMatchObject({ path: 'cache', promptTokens: undefined });
    expect(second?.reused).toEqual({
      promptTokens: first?.promptTokens,
      completionTokens: first?.completionTokens,
    });
    expect(second?.money).toMatchObject({ costUsd: 0, savedByCacheUsd: first?.money?.costUsd });
  });

  test('is estimated for a stream that says no usage', async () => {
    const piece = (delta: object, finish: string | null = null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    const stream = [
      piece({ role: 'assistant', content: '' }),
      piece({ content: 'It ' }),
      piece({ content: 'is so.' }),
      piece({}, 'stop'),
      'data: [DONE]\n\n',
    ].join('');
    const sextant = priced();
    const record = await exchanged(sextant, chat('Please prove it.', { stream: true }), stream);
    expect(record).toMatchObject({ tokensEstimated: true, promptTokens: 8, completionTokens: 3 });
    expect(record?.money?.costUsd).toBeCloseTo((8 + 3 * 2) / 1e6, 12);
    // Of a stored answer as well: 9 characters of it.
    const again = await exchanged(sextant, chat('Please prove it.', { stream: true }));
    expect(again?.reused).toEqual({ promptTokens: 8, completionTokens: 3 });
  });

  test('saves nothing where the client names the model', async () => {
    const record = await exchanged(priced(), chat('Please prove it.', { model: 'small' }), answer('Done.'));
    expect(record).toMatchObject({ path: 'passthrough', model: 'small' });
    expect(record?.money?.atDefaultUsd).toBe(record?.money?.costUsd);
    expect(record?.money?.atDearestUsd).toBe(record?.money?.costUsd);
  });

  test('is not known without tokens, and not ours where nobody carries out what is decided', async () => {
    expect((await exchanged(priced(), Buffer.from('{')))?.money).toBeUndefined();
    const { service, records } = priced();
    await exchanged(
      { ...priced(), records, service: { ...service, observes: true } },
      chat('Prove it.'),
      answer('Done.'),
    );
    expect(records.at(-1)).toMatchObject({ shadow: true });
    expect(records.at(-1)?.money).toBeUndefined();
  });
});
