import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/lib/json.js';
import { answerFrom } from '../../src/openai/answer.js';
import type { Completion } from '../../src/openai/completion.js';
import { answerText } from './completions.js';

/** What models write that breaks careless readers of streams. */
const WRITINGS = fc.constantFrom(
  '```python\ndef area(r: float) -> float:\n    """Area."""\n\treturn 3.14159 * r ** 2\n```\n',
  '```json\n{"a": [1, 2, {"b": "\\u00e9\\n"}]}\n```\r\n',
  '| Land | Hauptstadt |\n|:-----|-----------:|\n| Österreich | Wien |\n\n',
  '日本の首都は東京です。人口は約一千四百万人。\n',
  '한국어 문장과 العربية مع ‏علامات‏ وعبري ‪שלום‬\n',
  '👩🏽‍🚀🏳️‍🌈🇨🇭 ✅ 1️⃣ \u200d',
  '$$\\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2}$$\n',
  'data: [DONE]\n\nevent: error\n',
  '   \n\n\t- one\n\t  - two\n',
);

const text = fc
  .array(fc.oneof(WRITINGS, answerText), { minLength: 1, maxLength: 4 })
  .map((parts) => `So: ${parts.join('')}`);
const logprobs = fc.array(fc.record({ token: fc.string(), logprob: fc.integer({ min: -9, max: 0 }) }), {
  maxLength: 3,
});
const call = fc.record({
  id: fc.uuid(),
  type: fc.constant('function'),
  function: fc.record({ name: fc.constantFrom('look_up', 'plus'), arguments: fc.json() }),
});

const spoken = fc.record(
  {
    content: text,
    reasoning_content: text,
    annotations: fc.constant([{ type: 'url', url: 'https://x.example' }]),
  },
  { requiredKeys: ['content'] },
);
const calling = fc.record({
  content: fc.oneof(fc.constant(null), text),
  tool_calls: fc.array(call, { minLength: 1, maxLength: 3 }),
});
const refusing = fc.record({ content: fc.constant(null), refusal: text });

const choice = fc.oneof(
  { weight: 6, arbitrary: choiceOf(spoken, 'stop') },
  { weight: 2, arbitrary: choiceOf(calling, 'tool_calls') },
  { weight: 1, arbitrary: choiceOf(refusing, 'stop') },
);

/** Whole chat answers as a model gives them: several choices, reasoning, calls of tools, refusals. */
export const chatAnswer: fc.Arbitrary<Completion> = answerOf(choice, 3);

/** Those among them that the cache keeps. */
export const storableAnswer: fc.Arbitrary<Completion> = answerOf(choiceOf(spoken, 'stop'), 2);

function choiceOf(message: fc.Arbitrary<object>, finishReason: string): fc.Arbitrary<object> {
  return fc
    .record({ message, logprobs: fc.option(logprobs, { nil: undefined }) })
    .map(({ message: said, logprobs: content }) => ({
      message: { role: 'assistant', ...said },
      ...(content === undefined ? {} : { logprobs: { content } }),
      finish_reason: finishReason,
    }));
}

function answerOf(one: fc.Arbitrary<object>, choicesMax: number): fc.Arbitrary<Completion> {
  const tokens = fc.nat(5000);
  return fc
    .record({ choices: fc.array(one, { minLength: 1, maxLength: choicesMax }), prompt: tokens, said: tokens })
    .map(({ choices, prompt, said }) => {
      const object: Json = {
        id: 'chatcmpl-upstream',
        object: 'chat.completion',
        created: 1,
        model: 'small',
        choices: choices.map((fields, index) => ({ index, ...fields }) as JsonObject),
        usage: { prompt_tokens: prompt, completion_tokens: said, total_tokens: prompt + said },
      };
      const read = answerFrom('chat', JSON.parse(JSON.stringify(object)) as Json);
      if (read === undefined) throw new Error('the generator made something that is no answer');
      return read;
    });
}
