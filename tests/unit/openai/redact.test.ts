import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../../src/lib/json.js';
import { numbersTaken, PlaceholderBook } from '../../../src/openai/placeholders.js';
import { promptTexts } from '../../../src/openai/prompt-texts.js';
import { type Redacted, redact } from '../../../src/openai/redact.js';

/** Whatever stands between angle brackets is a secret; its first letter says of which kind. */
function redacted(body: string): Redacted {
  const { texts } = promptTexts(body, JSON.parse(body) as JsonObject);
  const found = texts.map((text) => ({
    text,
    secrets: [...text.text.matchAll(/<([^<>]*)>/g)].map(({ index, 0: { length }, 1: inside = '' }) => {
      return { type: inside.startsWith('1') ? 'NUMBER' : 'MAIL', start: index + 1, end: index + length - 1 };
    }),
  }));
  return redact(body, found);
}

const chat = (...contents: readonly unknown[]): string =>
  JSON.stringify({ messages: contents.map((content) => ({ role: 'user', content })) });

function called(args: string): string {
  return JSON.stringify({
    messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'a', arguments: args } }] }],
  });
}

describe('placeholders', () => {
  test('are the same for the same value of the same kind, and count up by kind', () => {
    const { body, placeholders } = redacted(
      chat('<a> and <b>', [{ type: 'text', text: '<1> or <a>' }], '<b>'),
    );
    expect(body).toBe(
      chat('<[MAIL_1]> and <[MAIL_2]>', [{ type: 'text', text: '<[NUMBER_1]> or <[MAIL_1]>' }], '<[MAIL_2]>'),
    );
    expect([...placeholders.values]).toEqual([
      ['[MAIL_1]', 'a'],
      ['[MAIL_2]', 'b'],
      ['[NUMBER_1]', '1'],
    ]);
    expect(placeholders.heads).toEqual(['[MAIL_', '[NUMBER_']);
    expect(placeholders.charsMax).toBe('[NUMBER_1]'.length);
  });

  test.each([
    ['[MAIL_7]', '[MAIL_8]'],
    ['[MAIL_7] and [MAIL_3]', '[MAIL_8]'],
    ['[NUMBER_7] [MAIL] [MAIL_] [MAIL_x] [mail_9]', '[MAIL_1]'],
    ['[MAIL_999999999]', '[MAIL_1000000000]'],
    ['[MAIL_9999999999]', '[MAIL_1]'],
  ])('keep clear of %s in the client’s own text', (own, wanted) => {
    expect(redacted(chat(`${own} <a>`)).body).toContain(`<${wanted}>`);
    const beside = JSON.stringify({
      messages: [{ role: 'user', content: '<a>' }],
      tools: [{ description: own }],
    });
    expect(redacted(beside).body).toContain(`<${wanted}>`);
    const escaped = chat(`${own} <a>`).replaceAll('[M', '\\u005bM').replaceAll('[N', '\\u005bN');
    expect(redacted(escaped).body).toContain(`<${wanted}>`);
  });

  test('of kinds that are not looked for may be anything', () => {
    expect(numbersTaken(['[A_1] [B_2]'], new Set(['B']))).toEqual(new Map([['B', 2]]));
    expect(new PlaceholderBook(new Map([['B', 2]])).nameOf('B', 'x')).toBe('[B_3]');
  });
});

describe('what is not secret stays, byte for byte', () => {
  test('spacing, numbers, escapes and fields that nobody knows', () => {
    const body =
      '{ "messages" :[{"content": "\\u00e9 <\\"\\u0061\\n> \\ud83d\\ude00","role":"user" , "x": 1.50e3}]}';
    expect(redacted(body).body).toBe(body.replace('\\"\\u0061\\n', '[MAIL_1]'));
    expect([...redacted(body).placeholders.values.values()]).toEqual(['"a\n']);
  });

  test('in any text, however its characters are escaped', () => {
    const word = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[<>[\]]/g, ''));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word)), fc.boolean(), (pairs, ascii) => {
        const text = pairs.map(([open, secret]) => `${open}<${secret}>`).join('');
        const plain = JSON.stringify({ prompt: text });
        const body = ascii
          ? plain.replaceAll(
              /[^\x20-\x7e]/g,
              (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
            )
          : plain;
        const { body: after, placeholders } = redacted(body);
        let restored: string = JSON.parse(after).prompt;
        for (const [name, value] of placeholders.values) restored = restored.replaceAll(name, () => value);
        expect(restored).toBe(text);
      }),
    );
  });
});

describe('arguments of calls', () => {
  test.each<[what: string, args: string, after: string, values: readonly string[]]>([
    ['a string', '{"to": "<a>"}', '{"to": "<[MAIL_1]>"}', ['a']],
    [
      'escapes in it',
      JSON.stringify({ to: 'x\n<"a"\n> \\ é' }),
      JSON.stringify({ to: 'x\n<[MAIL_1]> \\ é' }),
      ['"a"\n'],
    ],
    ['escaped characters', '{"to": "<\\u0061\\t\\/>"}', '{"to": "<[MAIL_1]>"}', ['a\t/']],
    ['a name', '{"<a>": 1}', '{"<[MAIL_1]>": 1}', ['a']],
    [
      'over the end of a string',
      '{"a": "<b", "c": "d>"}',
      '{"a": "<[MAIL_1]", "[MAIL_2]": "[MAIL_3]>"}',
      ['b', 'c', 'd'],
    ],
    [
      'numbers between two',
      '["<b", 12, -1.5e3, true, "c>"]',
      '["<[MAIL_1]", "[MAIL_2]", "[MAIL_3]", true, "[MAIL_4]>"]',
      ['b', '12', '-1.5e3', 'c'],
    ],
    ['what is no JSON', 'call <a>"', 'call <[MAIL_1]>"', ['a']],
  ])('%s', (_, args, after, values) => {
    const { body, placeholders } = redacted(called(args));
    expect(body).toBe(called(after));
    expect([...placeholders.values.values()]).toEqual(values);
  });

  test('a number becomes a string', () => {
    const body = called('{"card": 4111, "n": 5}');
    const { texts } = promptTexts(body, JSON.parse(body) as JsonObject);
    const found = texts.map((text) => ({ text, secrets: [{ type: 'CARD', start: 9, end: 13 }] }));
    expect(redact(body, found).body).toBe(called('{"card": "[CARD_1]", "n": 5}'));
  });
});
