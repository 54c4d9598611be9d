import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type MemberValue, memberSplices } from '../../../src/openai/member-splices.js';
import { readRequest } from '../../../src/openai/read.js';
import { modelSplice, splice } from '../../../src/openai/splice.js';

const MESSAGES = '"messages":[{"role":"user","content":"}{][\\"thinking\\":1,"}]';
const THINK: MemberValue = { path: ['chat_template_kwargs', 'enable_thinking'], value: false };

function edited(text: string, members: readonly MemberValue[], override = false, model?: string): string {
  const body = Buffer.from(text);
  const read = readRequest('chat', body);
  if (!read.ok) throw read.error;
  const renamed = model === undefined ? [] : [modelSplice(read.value.modelSpan, model)];
  const more = memberSplices({ body, request: read.value, members, override });
  return Buffer.from(splice(body, [...renamed, ...more])).toString();
}

describe('memberSplices', () => {
  test('writes what is new behind the name of the model, and keeps every other byte', () => {
    const text = `{ "x": 1e400 ,\t"model" : "auto" , ${MESSAGES} }\n`;
    const members: MemberValue[] = [THINK, { path: ['thinking_token_budget'], value: 64 }];
    expect(edited(text, members, false, 'qwen')).toBe(
      `{ "x": 1e400 ,\t"model" : "qwen","chat_template_kwargs":{"enable_thinking":false},"thinking_token_budget":64 , ${MESSAGES} }\n`,
    );
  });

  test.each([
    ['{}', '{"enable_thinking":false}'],
    ['{ "a" : [1,{"b":2}] }', '{"enable_thinking":false, "a" : [1,{"b":2}] }'],
    ['{"enable_thinking":null}', '{"enable_thinking":false}'],
    ['{"a":1 , "enable_thinking" : true }', '{"a":1 , "enable_thinking" : true }'],
    ['7', '7'],
    ['null', '{"enable_thinking":false}'],
  ])('in the object %s of the client: %s', (before, after) => {
    const text = (value: string) => `{"model":"auto",${MESSAGES},"chat_template_kwargs": ${value} }`;
    expect(edited(text(before), [THINK])).toBe(text(after));
  });

  test.each([
    ['"high"', '"low"'],
    ['-1.5e3', '"low"'],
    ['[1,[2,"]"]]', '"low"'],
    ['{"a":"}"}', '"low"'],
    ['null', '"low"'],
  ])('replaces the value %s where the policy goes first', (before, after) => {
    const members: MemberValue[] = [{ path: ['reasoning_effort'], value: 'low' }];
    const text = (value: string) => `{"a":0,"reasoning\\u005feffort" : ${value} ,"model":"auto",${MESSAGES}}`;
    expect(edited(text(before), members, true)).toBe(text(after));
    expect(edited(text(before), members, false)).toBe(text(before === 'null' ? after : before));
  });

  test('replaces a nested value where the policy goes first', () => {
    const text = (value: string) =>
      `{"chat_template_kwargs":{"b":[1],"enable_thinking":${value}},"model":"auto",${MESSAGES}}`;
    expect(edited(text('true'), [THINK], true)).toBe(text('false'));
    const odd = `{"chat_template_kwargs":7,"model":"auto",${MESSAGES}}`;
    expect(edited(odd, [THINK], true)).toBe(odd.replace('7', '{"enable_thinking":false}'));
  });

  test('names of Object’s own members are members like any other', () => {
    const text = `{"model":"auto",${MESSAGES}}`;
    const members: MemberValue[] = [{ path: ['constructor'], value: 1 }];
    expect(JSON.parse(edited(text, members))).toMatchObject({ constructor: 1 });
  });

  test('a second value in a body means the same as in its object', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.boolean(),
        fc.string(),
        (before, other, override, blank) => {
          const body = {
            other,
            chat_template_kwargs: before,
            model: 'auto',
            messages: [{ role: 'user', content: blank }],
          };
          const text = JSON.stringify(body, undefined, override ? 1 : 0);
          const after = JSON.parse(edited(text, [THINK], override));
          const isObject = typeof before === 'object' && before !== null && !Array.isArray(before);
          const own = isObject ? (before as Record<string, unknown>)['enable_thinking'] : before;
          const kept = own !== undefined && own !== null && !override;
          const kwargs = kept
            ? before
            : isObject
              ? { ...before, enable_thinking: false }
              : { enable_thinking: false };
          expect(after).toEqual(JSON.parse(JSON.stringify({ ...body, chat_template_kwargs: kwargs })));
        },
      ),
    );
  });
});
