import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { completionToJson, completionToSse } from '../../src/openai/render.js';
import { cutAt } from '../support/completions.js';
import { ask, chat, HARD, type Harness, harness } from '../support/exchange-service.js';
import { storableAnswer } from '../support/generated-answers.js';

const TRIES = 10_000;
const IDENTITY = { id: 'chatcmpl-up', createdS: 1, model: 'small' };
const DONE = 'data: [DONE]\n\n';
const JSON_TYPE = 'application/json';
const SSE_TYPE = 'text/event-stream; charset=utf-8';

/** What came back from the upstream, in pieces as they passed. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** Whether the answer ended by itself, as far as Envoy could tell. */
  readonly ended: boolean;
}

const sse = (bytes: Uint8Array | string, ended = true): Answer => ({
  status: 200,
  headers: { 'content-type': SSE_TYPE },
  bytes: Buffer.from(bytes),
  ended,
});
const json = (bytes: Uint8Array | string, ended = true): Answer => ({
  ...sse(bytes, ended),
  headers: { 'content-type': JSON_TYPE },
});

const good = storableAnswer.chain((answer) => {
  const streamed = completionToSse(answer, { ...IDENTITY, includeUsage: true });
  return fc.constantFrom(sse(streamed), json(completionToJson(answer, IDENTITY)));
});

/** One flaw each, on an answer that would be stored without it. */
const flawed: Readonly<Record<string, fc.Arbitrary<Answer>>> = {
  'the connection broke': fc.tuple(good, fc.nat()).map(([answer, at]) => ({
    ...answer,
    bytes: answer.bytes.subarray(0, at % (answer.bytes.length + 1)),
    ended: false,
  })),
  'a stream ended too soon': fc.tuple(storableAnswer, fc.nat()).map(([answer, at]) => {
    const bytes = completionToSse(answer, { ...IDENTITY, includeUsage: true });
    return sse(bytes.subarray(0, at % (bytes.length - DONE.length + 1)));
  }),
  'an object ended too soon': fc.tuple(storableAnswer, fc.nat()).map(([answer, at]) => {
    const bytes = completionToJson(answer, IDENTITY);
    return json(bytes.subarray(0, at % bytes.length));
  }),
  'it failed': fc
    .tuple(good, fc.constantFrom(400, 403, 404, 408, 429, 500, 502, 503, 504, 301))
    .map(([answer, status]) => ({ ...answer, status })),
  'it failed in the middle': fc.tuple(storableAnswer, fc.nat()).map(([answer, at]) => {
    const events = Buffer.from(completionToSse(answer, { ...IDENTITY, includeUsage: true }))
      .toString()
      .split('\n\n');
    const before = events.slice(0, at % Math.max(1, events.length - 2));
    return sse([...before, 'data: {"error":{"message":"engine died","code":500}}', DONE].join('\n\n'));
  }),
  'it stopped for another reason': fc
    .tuple(storableAnswer, fc.constantFrom('length', 'content_filter', 'tool_calls', 'abort', null))
    .chain(([{ object, ...rest }, finish_reason]) => {
      const choices = (object['choices'] as object[]).map((choice) => ({ ...choice, finish_reason }));
      return rendered({ ...rest, object: { ...object, choices: choices as never } });
    }),
  'it calls a tool': withMessage({
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
  }),
  'it is empty': fc.constantFrom('', ' ', '\n\n', null).chain((content) => withMessage({ content })),
  'it refuses': withMessage({ refusal: 'I cannot help with that.' }),
  'it is encoded': good.map((answer) => ({
    ...answer,
    headers: { ...answer.headers, 'content-encoding': 'gzip' },
  })),
  'it may not be stored': fc
    .tuple(good, fc.constantFrom('no-store', 'private', 'max-age=0, no-store'))
    .map(([answer, control]) => ({ ...answer, headers: { ...answer.headers, 'cache-control': control } })),
  'it is something else': fc
    .tuple(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(JSON_TYPE, SSE_TYPE, 'text/html'))
    .map(([bytes, type]) => ({ ...sse(bytes), headers: { 'content-type': type } })),
};

function withMessage(fields: Record<string, unknown>): fc.Arbitrary<Answer> {
  return storableAnswer.chain(({ object, ...rest }) => {
    const choices = (object['choices'] as { message: object }[]).map((choice) => ({
      ...choice,
      message: { ...choice.message, ...fields },
    }));
    return rendered({ ...rest, object: { ...object, choices: choices as never } });
  });
}

function rendered(answer: Parameters<typeof completionToJson>[0]): fc.Arbitrary<Answer> {
  const streamed = sse(completionToSse(answer, { ...IDENTITY, includeUsage: true }));
  return fc.constantFrom(streamed, json(completionToJson(answer, IDENTITY)));
}

async function answeredWith(
  h: Harness,
  question: string,
  answer: Answer,
  cuts: readonly number[],
): Promise<void> {
  const { exchange, verdict } = await ask(h.open, chat(question));
  expect(verdict.kind).toBe('forward');
  const headers = new Map(Object.entries(answer.headers));
  const { readBody } = exchange.responseHead({ status: answer.status, headers, endOfStream: false });
  const pieces = cutAt(answer.bytes, cuts);
  if (readBody)
    for (const [at, piece] of pieces.entries())
      exchange.responseBody(piece, answer.ended && at === pieces.length - 1);
  exchange.close();
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });

test(`none of ${TRIES} cut, failed, tool, empty or otherwise flawed answers enters the cache`, async () => {
  const h = harness({ cache: { entryBytesMax: 10_000_000 } });
  const put = jest.spyOn(h.service.store, 'put');
  const kinds = Object.entries(flawed);
  for (const [kind, arbitrary] of kinds) {
    const samples = fc.sample(fc.tuple(arbitrary, cuts), {
      numRuns: Math.ceil(TRIES / kinds.length),
      seed: 11,
    });
    for (const [at, [answer, places]] of samples.entries()) {
      // A question of its own each: one that got in would not be found again by the next.
      await answeredWith(h, `Question ${kind} ${at}`, answer, places);
      if (put.mock.calls.length > 0)
        throw new Error(`stored although ${kind}: ${Buffer.from(answer.bytes).toString()}`);
    }
  }
  expect(h.records.length).toBeGreaterThanOrEqual(TRIES);
  expect(h.records.some(({ stored }) => stored === 'stored')).toBe(false);
}, 240_000);

test('the same answers without their flaw do', async () => {
  const h = harness({ cache: { entryBytesMax: 10_000_000 } });
  const put = jest.spyOn(h.service.store, 'put');
  const samples = fc.sample(fc.tuple(good, cuts), { numRuns: 200, seed: 11 });
  for (const [at, [answer, places]] of samples.entries())
    await answeredWith(h, `Question ${at}`, answer, places);
  expect(put).toHaveBeenCalledTimes(200);
});

test('what the policy blocks leaves nothing, whatever would have come of it', async () => {
  const h = harness({
    decisions: [{ ...HARD, action: { kind: 'block', message: 'No.' } }],
  });
  const put = jest.spyOn(h.service.store, 'put');
  for (let at = 0; at < 500; at += 1) {
    const { exchange, verdict } = await ask(h.open, chat(`prove number ${at}`));
    expect(verdict.kind).toBe('reject');
    exchange.close();
  }
  expect(put).not.toHaveBeenCalled();
});
