import { expect, test } from '@jest/globals';
import { answersAgree } from '../../../src/cache/answers-agree.js';
import type { JsonObject } from '../../../src/lib/json.js';
import type { Completion } from '../../../src/openai/completion.js';

const of = (object: JsonObject): Completion => ({
  api: 'chat',
  object,
  usage: undefined,
  finishReasons: ['stop'],
});
const chat = (...texts: readonly string[]) =>
  of({ choices: texts.map((content) => ({ message: { content } })) });

test.each([
  ['Paris', 'paris.', 'right'],
  ['The  capital\nis Paris.', 'the capital is Paris', 'right'],
  ['42', '43', 'wrong'],
  ['3.5', '35', 'wrong'],
])('%j and %j are %s without a judge', async (one, other, agreement) => {
  expect(await answersAgree(chat(one), chat(other))).toBe(agreement);
});

test.each([
  [0.9, 'right'],
  [0.7, 'right'],
  [0.5, 'unsure'],
  [0.3, 'unsure'],
  [0.1, 'wrong'],
  [Number.NaN, 'wrong'],
])('a judge that says %d makes it %s', async (likely, agreement) => {
  expect(await answersAgree(chat('It is Paris'), chat('Paris it is'), async () => likely)).toBe(agreement);
});

test('a judge that fails teaches nothing', async () => {
  const failing = () => Promise.reject(new Error('late'));
  expect(await answersAgree(chat('a'), chat('b'), failing)).toBe('unsure');
});

test('every choice counts, and what has no text says nothing', async () => {
  expect(await answersAgree(chat('a', 'b'), chat('a', 'b'))).toBe('right');
  expect(await answersAgree(chat('a', 'b'), chat('a'))).toBe('wrong');
  expect(await answersAgree(of({ choices: [{ text: 'a' }] }), of({ choices: [{ text: 'A' }] }))).toBe(
    'right',
  );
  for (const odd of [{}, { choices: [] }, { choices: [1] }, { choices: [{ message: { content: null } }] }]) {
    expect(await answersAgree(of(odd), chat('a'))).toBe('unsure');
  }
});
