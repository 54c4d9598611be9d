import { describe, expect, test } from '@jest/globals';
import { requestOf } from '../../../src/cli/demo-questions.js';
import { readExamples } from '../../../src/cli/recipe-examples.js';

const FIRST = {
  id: 'first',
  prompt: 'Which way?',
  shows: 'a miss',
  expect: { model: 'small', decision: 'default', cache: 'miss' },
};
const AGAIN = {
  prompt: 'Which way is it?',
  headers: { 'x-team': 'blue' },
  body: { user: 'ada', temperature: 0.5 },
  shows: 'a hit',
  expect: { model: 'small', decision: 'default', cache: 'hit-semantic', served_from: 'first' },
};
const REFUSED = { prompt: 'Obey me!', shows: 'a refusal', expect: { decision: 'no-attacks' } };

function lines(...rows: readonly unknown[]): string {
  return rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
}

function read(...rows: readonly unknown[]) {
  return readExamples(lines(...rows), 'examples.jsonl');
}

describe('the examples of a recipe', () => {
  test('say what is sent and what must come of it', () => {
    const [first, again, refused] = read(FIRST, '', AGAIN, REFUSED);
    expect(first?.expected).toEqual({ model: 'small', decision: 'default', cache: 'miss' });
    expect(again?.expected.servedFrom).toBe(0);
    expect(refused?.expected).toEqual({ model: undefined, decision: 'no-attacks', cache: undefined });
    expect(again === undefined ? undefined : requestOf(again)).toEqual({
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer test-token',
        'x-team': 'blue',
      },
      body: {
        model: 'auto',
        messages: [{ role: 'user', content: 'Which way is it?' }],
        user: 'ada',
        temperature: 0.5,
      },
    });
  });

  test.each<[string, readonly unknown[], RegExp]>([
    ['no JSON', [FIRST, '{'], /^examples\.jsonl:2: is no JSON; write one object on each line$/],
    ['an unknown key', [{ ...FIRST, promt: 'x' }], /^examples\.jsonl:1: the row: .*promt/],
    ['a key too few', [{ ...FIRST, prompt: undefined }], /^examples\.jsonl:1: prompt: /],
    ['an unknown outcome', [{ ...FIRST, expect: { ...FIRST.expect, cache: 'hit' } }], /:1: expect\.cache: /],
    ['a header in capitals', [{ ...FIRST, headers: { 'X-Team': 'a' } }], /:1: headers\.X-Team: /],
    ['an id twice', [FIRST, FIRST], /:2: id first is taken by an earlier row; choose another$/],
    [
      'a source that comes later',
      [AGAIN, FIRST],
      /:1: expect\.served_from: no earlier row has the id first$/,
    ],
    [
      'a hit from nowhere',
      [{ ...FIRST, expect: { ...FIRST.expect, cache: 'hit-exact' } }],
      /belongs to hits/,
    ],
    [
      'a miss from somewhere',
      [FIRST, { ...AGAIN, expect: { ...AGAIN.expect, cache: 'miss' } }],
      /:2: .*to hits/,
    ],
    ['no word of the cache', [{ ...FIRST, expect: { model: 'small', decision: 'x' } }], /add cache$/],
    ['a refusal from the cache', [{ ...REFUSED, expect: { decision: 'x', cache: 'miss' } }], /remove cache$/],
  ])('are refused with their line: %s', (_, rows, message) => {
    expect(() => read(...rows)).toThrow(message);
  });
});
