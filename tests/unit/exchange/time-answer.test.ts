import { describe, expect, test } from '@jest/globals';
import { exchangesOf } from '../../../src/exchange/exchange.js';
import type { AnswerTimes } from '../../../src/selection/scorers.js';
import { answer, ask, chat, harness, head } from '../../support/exchange-service.js';
import { HandTime } from '../../support/hand-timers.js';

const EVENT = (delta: object) =>
  Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
const STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };

/** One request whose answer comes in pieces, each so many milliseconds after the one before. */
async function seenOf(
  pieces: readonly (readonly [afterMs: number, piece: Uint8Array])[],
  options: {
    readonly headers?: Record<string, string>;
    readonly status?: number;
    readonly cut?: boolean;
    readonly body?: Record<string, unknown>;
    readonly looks?: boolean;
  } = {},
) {
  const time = new HandTime();
  const seen: (readonly [string, AnswerTimes])[] = [];
  const latency = {
    latencyOf: () => undefined,
    answered: (model: string, times: AnswerTimes) => void seen.push([model, times]),
  };
  const base = harness({ cache: { enabled: false }, policy: { readUsage: false } });
  const sight = options.looks === false ? {} : { latency };
  const open = exchangesOf({ ...base.service, clock: time, sight });
  const { exchange, verdict } = await ask(open, chat('Say hello.', options.body), head());
  await time.pass(100);
  const headers = new Map(Object.entries({ 'content-type': 'application/json', ...options.headers }));
  const { readBody } = exchange.responseHead({ status: options.status ?? 200, headers, endOfStream: false });
  for (const [index, [afterMs, piece]] of pieces.entries()) {
    await time.pass(afterMs);
    if (readBody) exchange.responseBody(piece, index === pieces.length - 1 && options.cut !== true);
  }
  exchange.close();
  return { seen, readBody, verdict };
}

describe('the time of an answer', () => {
  test('is that of the first token and of the whole, for a stream', async () => {
    const usage = Buffer.from(
      'data: {"usage":{"prompt_tokens":3,"completion_tokens":7}}\n\ndata: [DONE]\n\n',
    );
    const pieces = [
      [10, EVENT({ role: 'assistant', content: '' })],
      [50, EVENT({ content: 'Hel' })],
      [200, EVENT({ content: 'lo' })],
      [40, usage],
    ] as const;
    const { seen, verdict } = await seenOf(pieces, { headers: STREAM });
    expect(seen).toEqual([['small', { firstTokenMs: 160, totalMs: 400, tokens: 7 }]]);
    expect(verdict).toMatchObject({
      setHeaders: expect.arrayContaining([{ name: 'accept-encoding', value: 'identity' }]),
    });
  });

  test('counts the events of a stream that says no usage', async () => {
    const pieces = [
      [0, EVENT({ content: 'a' })],
      [10, Buffer.concat([EVENT({ content: 'b' }), EVENT({ content: 'c' })])],
      [10, Buffer.from('data: [DONE]\n\n')],
    ] as const;
    const { seen } = await seenOf(pieces, { headers: STREAM });
    expect(seen).toEqual([['small', { firstTokenMs: 100, totalMs: 120, tokens: 3 }]]);
  });

  test('is the whole alone for an answer in one piece', async () => {
    const { seen } = await seenOf([[20, answer('Hello.')]]);
    expect(seen).toEqual([['small', { firstTokenMs: undefined, totalMs: 120, tokens: 7 }]]);
  });

  test('has no end where the answer was cut', async () => {
    const { seen } = await seenOf([[20, EVENT({ content: 'a' })]], { headers: STREAM, cut: true });
    expect(seen).toEqual([['small', { firstTokenMs: 120, totalMs: undefined, tokens: 0 }]]);
  });

  test.each([
    ['failed', { status: 503 }],
    ['wrote two answers at a time', { body: { n: 2 } }],
    ['was asked while nobody looked', { looks: false }],
  ])('is of no interest where the model %s', async (_, options) => {
    const { seen, readBody } = await seenOf([[20, answer('Hello.')]], options);
    expect(seen).toEqual([]);
    expect(readBody).toBe(false);
  });
});
