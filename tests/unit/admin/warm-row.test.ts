import { describe, expect, test } from '@jest/globals';
import { warmRowOf } from '../../../src/admin/warm-row.js';
import type { JsonObject } from '../../../src/lib/json.js';

const USER = { role: 'user', content: 'Why?' };
const SYSTEM = { role: 'system', content: 'Be kind.' };
const NOBODY = { route: undefined, tenant: undefined, authorization: undefined };

describe('a row is read', () => {
  test.each<[JsonObject, JsonObject]>([
    [{ question: 'Why?' }, { messages: [USER] }],
    [{ ask: 'Why?' }, { messages: [USER] }],
    [
      { question: 'Why?', system: 'Be kind.', model: 'auto' },
      { model: 'auto', messages: [SYSTEM, USER] },
    ],
    [{ request: { messages: [USER], temperature: 0 } }, { messages: [USER], temperature: 0 }],
  ])('%j', (asked, request) => {
    expect(warmRowOf({ ...asked, answer: 'So.' })).toEqual({ ...NOBODY, request, answer: 'So.' });
  });

  test('with its caller, its route and a whole completion', () => {
    const named = { route: 'main', tenant: 'acme', authorization: 'Bearer a' };
    const answer = { choices: [] };
    expect(warmRowOf({ ...named, question: 'Why?', answer })).toEqual({
      ...{ ...named, answer },
      request: { messages: [USER] },
    });
  });
});

test.each<[JsonObject, string | undefined, RegExp]>([
  [{ answer: 'So.' }, 'question', /no question/],
  [{ question: ' ', answer: 'So.' }, 'question', /not empty/],
  [{ question: 5, answer: 'So.' }, 'question', /not empty/],
  [{ question: 'Why?', answer: 'So.', tenant: '' }, 'tenant', /not empty/],
  [{ question: 'Why?' }, 'answer', /answer must be/],
  [{ question: 'Why?', answer: ['So.'] }, 'answer', /answer must be/],
  [{ request: 'Why?', answer: 'So.' }, 'request', /an object/],
  [{ request: {}, question: 'Why?', answer: 'So.' }, undefined, /leave those out/],
  [{ request: {}, model: 'auto', answer: 'So.' }, undefined, /leave those out/],
  [{ question: 'Why?', answer: 'So.', ttl: 5 }, undefined, /a field besides/],
])('%j is refused', (row, param, message) => {
  expect(() => warmRowOf(row)).toThrow(
    expect.objectContaining({ code: 'invalid_field', param, message: expect.stringMatching(message) }),
  );
});
