import fc from 'fast-check';
import type { JsonObject } from '../../src/lib/json.js';
import { answerFrom } from '../../src/openai/answer.js';
import { type CollectorOptions, createAnswerCollector } from '../../src/openai/collect.js';
import type { Completion } from '../../src/openai/completion.js';

/** Text as models write it: code, tables, many scripts, white space that must survive, halves of surrogate pairs. */
export const answerText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\n',
        '\r\n',
        '\t',
        '    ',
        ' ',
        '```ts\nif (a) {\n\treturn "\\n";\n}\n```',
        '| a | b |\n|--|--|\n',
      ),
      fc.constantFrom(
        '漢字',
        '🙂',
        '👩‍👩‍👧',
        'é',
        '\u2028',
        '\u0000',
        '\ud83d',
        '\ude42',
        '"',
        '\\',
        'data: [DONE]\n\n',
      ),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const nullOr = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });

const toolCall = fc.record({
  id: fc.string({ minLength: 1 }),
  type: fc.constant('function'),
  function: fc.record({ name: fc.string({ minLength: 1 }), arguments: answerText }),
});

const message = fc.record(
  {
    role: fc.constant('assistant'),
    content: nullOr(answerText),
    refusal: nullOr(answerText),
    reasoning_content: nullOr(answerText),
    tool_calls: fc.array(toolCall, { maxLength: 3 }),
    annotations: fc.array(fc.record({ type: fc.constant('url'), url: fc.webUrl() }), { maxLength: 2 }),
    vendor: fc.oneof(fc.boolean(), fc.integer(), answerText, fc.dictionary(fc.string(), answerText)),
  },
  { requiredKeys: ['role', 'content'] },
);

const token = fc.record({ token: fc.string(), logprob: fc.double({ noNaN: true, noDefaultInfinity: true }) });
const chatLogprobs = fc.record({ content: nullOr(fc.array(token, { maxLength: 3 })) });
const textLogprobs = fc.record({ tokens: fc.array(fc.string()), text_offset: fc.array(fc.nat()) });

const common = {
  finish_reason: nullOr(fc.constantFrom('stop', 'length', 'tool_calls')),
  stop_reason: nullOr(fc.oneof(fc.nat(), fc.string())),
  token_ids: nullOr(fc.array(fc.nat(), { maxLength: 3 })),
};
const requiredKeys = ['finish_reason'] as const;

const chatChoice = fc.record(
  { message, logprobs: nullOr(chatLogprobs), ...common },
  { requiredKeys: [...requiredKeys, 'message'] },
);
const textChoice = fc.record(
  { text: answerText, logprobs: nullOr(textLogprobs), ...common },
  { requiredKeys: [...requiredKeys, 'text'] },
);

const usage = fc.record({ prompt_tokens: fc.nat(), completion_tokens: fc.nat() });

/** Whole answers as vLLM writes them, with fields that nobody knows. */
export const completion: fc.Arbitrary<Completion> = fc.oneof(
  completionOf('chat', 'chat.completion', chatChoice),
  completionOf('completions', 'text_completion', textChoice),
);

function completionOf(
  api: Completion['api'],
  object: string,
  choice: fc.Arbitrary<object>,
): fc.Arbitrary<Completion> {
  return fc
    .record(
      {
        id: fc.string(),
        object: fc.constant(object),
        created: fc.nat(),
        model: fc.string(),
        choices: fc.array(choice, { minLength: 1, maxLength: 3 }),
        usage,
        system_fingerprint: nullOr(fc.string()),
        vendor_extra: fc.dictionary(fc.string(), fc.string()),
      },
      { requiredKeys: ['id', 'object', 'created', 'model', 'choices'] },
    )
    .map((answer) => {
      const choices = answer.choices.map((fields, index) => ({ index, ...fields }));
      // Through JSON, as every answer comes: it has no undefined values and no negative zero.
      const json = JSON.parse(JSON.stringify({ ...answer, choices })) as JsonObject;
      const read = answerFrom(api, json);
      if (read === undefined) throw new Error('the generator made something that is no answer');
      return read;
    });
}

/** Reads bytes back the way the exchange does. */
export function collected(api: CollectorOptions['api'], contentType: string, pieces: readonly Uint8Array[]) {
  const collector = createAnswerCollector({ api, contentType, bytesMax: 10_000_000, keep: true });
  for (const piece of pieces) collector.push(piece);
  return collector.finish(true);
}

/** Cuts bytes at any places. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort(
    (left, right) => left - right,
  );
  const starts = [0, ...places];
  return starts.map((start, index) => bytes.subarray(start, places[index] ?? bytes.length));
}
