import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/lib/json.js';
import { type AnswerSigns, answerSigns } from '../../../src/openai/answer-signs.js';
import { type AnswerWish, answerWish } from '../../../src/openai/answer-wish.js';

const wishOf = (body: JsonObject, api: 'chat' | 'completions' = 'chat') => answerWish({ api, body });
const NO_WISH = wishOf({});

function signsOf(choice: JsonObject, wish: AnswerWish = NO_WISH, api: 'chat' | 'completions' = 'chat') {
  const object = { choices: [choice] };
  const [signs] = answerSigns({ api, object, usage: undefined, finishReasons: [] }, wish);
  return signs as AnswerSigns;
}
const message = (said: JsonObject, more: JsonObject = {}) => ({ message: said, ...more });
const tool = (name: string) => ({ type: 'function', function: { name } });
const call = (name: Json, given: Json) => ({ tool_calls: [{ function: { name, arguments: given } }] });

describe('what was asked for', () => {
  test('is nothing where nobody says so', () => {
    expect(NO_WISH).toEqual({ limited: false, json: undefined, tools: new Set(), mustCall: false });
    expect(wishOf({ response_format: { type: 'text' }, tool_choice: 'auto' })).toEqual(NO_WISH);
  });

  test('may be a length, which a text to continue always has', () => {
    expect(wishOf({ max_tokens: 5 }).limited).toBe(true);
    expect(wishOf({ max_completion_tokens: 5 }).limited).toBe(true);
    expect(wishOf({}, 'completions').limited).toBe(true);
  });

  test('may be JSON, with keys', () => {
    const schema = { type: 'object', required: ['a', 1] };
    const json = (format: Json) => wishOf({ response_format: format }).json;
    expect(json({ type: 'json_object' })).toEqual({ object: true, required: [] });
    expect(json({ type: 'json_schema', json_schema: { schema } })).toEqual({ object: true, required: ['a'] });
    expect(json({ type: 'json_schema', json_schema: { schema: { type: 'array' } } })?.object).toBe(false);
    expect(json({ type: 'json_schema' })).toEqual({ object: false, required: [] });
  });

  test('may be the call of a tool, old style or new', () => {
    const tools = [tool('a'), { function: { name: 1 } }, { type: 'x' }, 7];
    expect([...wishOf({ tools, functions: [{ name: 'b' }] }).tools]).toEqual(['a', 'b']);
    expect(wishOf({ tool_choice: 'required' }).mustCall).toBe(true);
    expect(wishOf({ tool_choice: tool('a') }).mustCall).toBe(true);
  });
});

describe('a choice of a chat', () => {
  test('shows its text, why it ended, and whether it refuses', () => {
    expect(signsOf(message({ content: 'hi' }, { finish_reason: 'length' }))).toEqual({
      text: 'hi',
      saysRefusal: false,
      finishReason: 'length',
      callsTool: false,
      brokenJson: false,
      brokenCall: false,
      logprobs: undefined,
    });
    expect(signsOf(message({ refusal: 'No.' })).saysRefusal).toBe(true);
    expect(signsOf(message({ content: [{ text: 'a' }, { text: 'b' }, 5, {}] })).text).toBe('ab');
    expect(signsOf({})).toMatchObject({ text: '', finishReason: null });
  });

  test.each<[string, boolean, Json]>([
    ['{"a":1}', false, { type: 'json_object' }],
    [' {"a":[1,{"b":null}]}\n', false, { type: 'json_object' }],
    ['[1]', true, { type: 'json_object' }],
    ['```json\n{}\n```', true, { type: 'json_object' }],
    ['', true, { type: 'json_object' }],
    ['{"a":1},{"b":2}', true, { type: 'json_object' }],
    ['"x"', false, { type: 'json_schema' }],
    ['{"b":1}', true, { type: 'json_schema', json_schema: { schema: { required: ['a'] } } }],
    ['{"a":1}', false, { type: 'json_schema', json_schema: { schema: { required: ['a'] } } }],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`, true, { type: 'json_schema' }],
  ])('of which JSON was asked: %.20j is broken: %s', (content, broken, format) => {
    expect(signsOf(message({ content }), wishOf({ response_format: format })).brokenJson).toBe(broken);
  });

  test.each<[string, boolean, JsonObject]>([
    ['a known tool and an object', false, call('a', '{"x":1}')],
    ['the older form', false, { function_call: { name: 'a', arguments: '{}' } }],
    ['an unknown tool', true, call('b', '{}')],
    ['no name', true, call(null, '{}')],
    ['half an object', true, call('a', '{"x":')],
    ['a list', true, call('a', '[]')],
    ['arguments that are no text', true, call('a', { x: 1 })],
  ])('that calls a tool, with %s, is broken: %s', (_, broken, said) => {
    const signs = signsOf(
      message(said),
      wishOf({ tools: [tool('a')], response_format: { type: 'json_object' } }),
    );
    expect(signs).toMatchObject({ callsTool: true, brokenCall: broken, brokenJson: false });
  });

  test('is broken where it does not call the tool that it has to', () => {
    expect(signsOf(message({ content: 'x' }), wishOf({ tool_choice: 'required' })).brokenCall).toBe(true);
  });

  test('tells how sure the model was', () => {
    const content = [{ logprob: -1 }, { logprob: -3 }, { token: 'x' }, 5];
    expect(signsOf(message({}, { logprobs: { content } })).logprobs).toEqual({ mean: -2, min: -3 });
    expect(signsOf(message({}, { logprobs: { content: [] } })).logprobs).toBeUndefined();
  });
});

test('a text to continue shows the same', () => {
  const logprobs = { token_logprobs: [null, -1, -2] };
  const signs = signsOf({ text: 'x', logprobs, finish_reason: 'stop' }, NO_WISH, 'completions');
  expect(signs).toMatchObject({ text: 'x', finishReason: 'stop', logprobs: { mean: -1.5, min: -2 } });
  const wish = wishOf({ response_format: { type: 'json_object' } }, 'completions');
  expect(signsOf({ text: '{}' }, wish, 'completions')).toMatchObject({
    brokenJson: false,
    logprobs: undefined,
  });
  expect(signsOf({ text: '{' }, wish, 'completions').brokenJson).toBe(true);
});

test('nothing that an upstream may write makes it throw', () => {
  const wish = wishOf({ response_format: { type: 'json_object' }, tool_choice: 'required' });
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('chat' as const, 'completions' as const), (value, api) => {
      const choice = { message: value, text: value, logprobs: value, finish_reason: value } as JsonObject;
      for (const object of [{ choices: [choice] }, { choices: value as Json }]) {
        answerSigns({ api, object, usage: undefined, finishReasons: [] }, wish);
      }
    }),
  );
});
