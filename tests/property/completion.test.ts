import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Completion } from '../../src/openai/completion.js';
import { completionToJson, completionToSse } from '../../src/openai/render.js';
import { collected, completion, cutAt } from '../support/completions.js';

const IDENTITY = { id: 'chatcmpl-new', createdS: 1_700_000_000, model: 'auto' };
const SSE = 'text/event-stream; charset=utf-8';
const cuts = fc.array(fc.nat(), { maxLength: 30 });

function back(answer: Completion, contentType: string, pieces: readonly Uint8Array[]): Completion {
  const { outcome } = collected(answer.api, contentType, pieces);
  if (outcome.kind === 'partial') throw new Error(`not whole: ${outcome.reason}`);
  return outcome.completion;
}

const renewed = ({ object }: Completion) => ({
  ...object,
  id: IDENTITY.id,
  created: IDENTITY.createdS,
  model: 'auto',
});

test('an answer written as JSON and read again is the same answer under its new id', () => {
  fc.assert(
    fc.property(completion, cuts, (answer, at) => {
      const again = back(answer, 'application/json', cutAt(completionToJson(answer, IDENTITY), at));
      expect(again.object).toEqual(renewed(answer));
      expect([again.usage, again.finishReasons]).toEqual([answer.usage, answer.finishReasons]);
    }),
  );
});

test('an answer written as a stream, cut anywhere, is put together to the same answer', () => {
  fc.assert(
    fc.property(completion, cuts, (answer, at) => {
      const bytes = completionToSse(answer, { ...IDENTITY, includeUsage: true });
      const again = back(answer, SSE, cutAt(bytes, at));
      expect(again.object).toEqual(renewed(answer));
      expect([again.usage, again.finishReasons]).toEqual([answer.usage, answer.finishReasons]);
    }),
    { numRuns: 300 },
  );
});

test('what was collected from a stream gives the same choices as JSON, and the other way', () => {
  fc.assert(
    fc.property(completion, (answer) => {
      const streamed = back(answer, SSE, [completionToSse(answer, { ...IDENTITY, includeUsage: false })]);
      const json = back(answer, 'application/json', [completionToJson(streamed, IDENTITY)]);
      const streamedAgain = back(answer, SSE, [completionToSse(json, { ...IDENTITY, includeUsage: false })]);
      expect(json.object['choices']).toEqual(answer.object['choices']);
      expect(streamedAgain.object['choices']).toEqual(answer.object['choices']);
    }),
  );
});

test('a stream without its end is never whole, and no byte of it makes the collector throw', () => {
  fc.assert(
    fc.property(completion, fc.nat(), (answer, place) => {
      const bytes = completionToSse(answer, { ...IDENTITY, includeUsage: true });
      const done = Buffer.byteLength('data: [DONE]\n\n');
      const cut = place % (bytes.length - done + 1);
      expect(collected(answer.api, SSE, [bytes.subarray(0, cut)]).outcome.kind).toBe('partial');
    }),
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(SSE, 'application/json', 'x'),
      (bytes, type) => {
        expect(collected('chat', type, [bytes]).outcome.kind).toBe('partial');
      },
    ),
  );
});
