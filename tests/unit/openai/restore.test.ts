import { describe, expect, test } from '@jest/globals';
import { PlaceholderBook } from '../../../src/openai/placeholders.js';
import { createAnswerRestorer, type RestoreOptions } from '../../../src/openai/restore.js';
import { TextRestorer } from '../../../src/openai/restore-text.js';

const MAIL = 'jane."é"@x\\.com';
const book = new PlaceholderBook(new Map());
book.nameOf('MAIL', MAIL);
for (let number = 2; number < 12; number += 1) book.nameOf('MAIL', `mail ${number}`);
book.nameOf('IP_ADDRESS', '::1');

const JSON_TYPE = 'application/json; charset=utf-8';
const SSE_TYPE = 'text/event-stream';

/** What goes on after each piece, and at last. */
function restored(pieces: readonly string[], change: Partial<RestoreOptions> = {}): readonly string[] {
  const options = {
    placeholders: book,
    contentType: JSON_TYPE,
    contentEncoding: undefined,
    contentIsJson: false,
    ...change,
  };
  const restorer = createAnswerRestorer(options);
  if (restorer === undefined) throw new Error('there is nothing to restore');
  const out = pieces.map((piece) => restorer.push(Buffer.from(piece)));
  return [...out, restorer.finish()].map((bytes) => Buffer.from(bytes).toString('utf8'));
}

describe('a text in pieces', () => {
  test.each<[what: string, pieces: readonly string[], out: readonly string[]]>([
    ['nothing to restore', ['Hello ', 'you.'], ['Hello ', 'you.', '']],
    ['a whole placeholder', ['To [MAIL_2]!'], ['To mail 2!', '']],
    ['one in pieces', ['a [', 'MA', 'IL_', '1', '1', '] b'], ['a ', '', '', '', '', 'mail 11 b', '']],
    ['one that does not end', ['[MAIL_', '1'], ['', '', '[MAIL_1']],
    ['an unknown number', ['[MAIL_99] [MAIL_', '123]'], ['[MAIL_99] ', '[MAIL_123]', '']],
    ['an unknown kind', ['[MAX', '_1]'], ['[MAX', '_1]', '']],
    ['the beginning of two kinds', ['[', 'I', 'P_ADDRESS_1]'], ['', '', '::1', '']],
    [
      'a lookalike',
      ['[MAIL_x', '] [MAIL] [MAIL_]', ' [mail_1]'],
      ['[MAIL_x', '] [MAIL] [MAIL_]', ' [mail_1]', ''],
    ],
    ['brackets in brackets', ['[[MAIL_2', ']] [MAIL_[MAIL_3]'], ['[', 'mail 2] [MAIL_mail 3', '']],
    ['too many digits', ['[MAIL_000000', '1]'], ['', '[MAIL_0000001]', '']],
    ['longer than any', [`[MAIL_${'1'.repeat(9)}`], [`[MAIL_${'1'.repeat(9)}`, '']],
  ])('%s', (_, pieces, out) => {
    const restorer = new TextRestorer(book, (value) => value);
    const pushed = pieces.map((piece) => restorer.push(piece));
    expect([...pushed, restorer.flush()]).toEqual(out);
    expect(restorer.holds).toBe(false);
  });
});

describe('an answer of JSON', () => {
  test('keeps every byte that is no placeholder, and escapes values where they stand', () => {
    const body =
      '{ "id":"[x]", "n": 1.50e3 ,"choices":[{"message":{"content" : "To [MAIL_1], [IP_ADDRESS_1]\\n\\u00e9 é"}}]}';
    expect(restored([body])).toEqual([
      body.replace('[MAIL_1]', JSON.stringify(MAIL).slice(1, -1)).replace('[IP_ADDRESS_1]', '::1'),
      '',
    ]);
  });

  test('escapes values in arguments twice, wherever they are spaced', () => {
    const args = JSON.stringify({ to: '[MAIL_1]' });
    const object = {
      name: 'arguments',
      list: ['arguments', '[MAIL_1]'],
      arguments: args,
      content: '[MAIL_1]',
    };
    const [out = ''] = restored([JSON.stringify(object, null, 1)]);
    const answer = JSON.parse(out);
    expect(JSON.parse(answer.arguments)).toEqual({ to: MAIL });
    expect(answer).toMatchObject({ name: 'arguments', list: ['arguments', MAIL], content: MAIL });
  });

  test('escapes values in content twice where the client asked for JSON', () => {
    const body = JSON.stringify({
      content: JSON.stringify({ to: '[MAIL_1]' }),
      text: '"[MAIL_1]"',
      other: '[MAIL_1]',
    });
    const [out = ''] = restored([body], { contentIsJson: true });
    const answer = JSON.parse(out);
    expect(JSON.parse(answer.content)).toEqual({ to: MAIL });
    expect(JSON.parse(answer.text)).toBe(MAIL);
    expect(answer.other).toBe(MAIL);
  });

  test('holds back the beginning of a placeholder alone', () => {
    expect(restored(['{"a":"x [MA', 'IL_2] y', ' \\', '"[MAIL_', '3] z\\\\', '"}'])).toEqual([
      '{"a":"x ',
      'mail 2 y',
      ' \\',
      '"',
      'mail 3 z\\\\',
      '"}',
      '',
    ]);
  });

  test('that is cut, or ends in what is no placeholder, loses nothing', () => {
    expect(restored(['{"a":"[MAIL_', '1"}'])).toEqual(['{"a":"', '[MAIL_1"}', '']);
    expect(restored(['{"a":"[MAIL_'])).toEqual(['{"a":"', '[MAIL_']);
    expect(restored([' ', '{'])).toEqual([' ', '{', '']);
  });

  test('of a long name is read to its end', () => {
    const body = `{"${'a'.repeat(50)}":"[MAIL_2]","arguments":"[MAIL_2]"}`;
    expect(restored([...body]).join('')).toBe(body.replaceAll('[MAIL_2]', 'mail 2'));
  });
});

test.each([[{ contentType: 'text/html' }], [{ contentType: '' }], [{ contentEncoding: 'gzip' }]])(
  'an answer with %j is left alone',
  (change) => {
    expect(() => restored([], change)).toThrow('nothing to restore');
  },
);

const chunk = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'a', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';
const stream = { contentType: SSE_TYPE, contentEncoding: ' Identity' };

describe('a stream', () => {
  test('has values in the chunk in which their placeholders end', () => {
    const pieces = ['To [MA', 'IL_', '2', '].', ''].map((content) => chunk({ content }));
    expect(restored([...pieces, DONE], stream)).toEqual([
      chunk({ content: 'To ' }),
      chunk({ content: '' }),
      chunk({ content: '' }),
      chunk({ content: 'mail 2.' }),
      chunk({ content: '' }),
      DONE,
      '',
    ]);
  });

  test('keeps what does not change, byte for byte', () => {
    const lines = [
      ': a comment\r\n',
      'event: x\rid: 1\r\n\r\n',
      'data:{"choices" : [ {"index":0,"delta":{"content":"[x] \\u00e9 é","role":"[MAIL_2]"},"logprobs":{"content":[{"token":"[MAIL_2]"}]}}], "n":1.0}\n\n',
      'data: {"choices":[],"usage":{"completion_tokens":3}}\n\n',
      'data: {"error":{"message":"[MAIL_2]"}}\n\n',
      'data: [1]\n\ndata: 7\n\ndata: {"choices":7}\n\ndata: {"choices":[7]}\n\ndata: nothing [MAIL_2]\n\ndata\n',
    ];
    expect(restored(lines, stream)).toEqual([...lines, '']);
    const invalid = Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a]);
    const restorer = createAnswerRestorer({ ...stream, placeholders: book, contentIsJson: false });
    expect(Buffer.from(restorer?.push(invalid) ?? [])).toEqual(invalid);
  });

  test('keeps what stands around a value in its chunk', () => {
    const line =
      'data:  {"choices" : [ {"index":0, "delta":{"content":"\\u00e9 [MAIL_2] é"} , "x":1.0}]}\r\n\r\n';
    expect(restored([line], stream)[0]).toBe(line.replace('\\u00e9 [MAIL_2]', 'é mail 2'));
  });

  test('holds each text of each choice on its own', () => {
    const parts = [
      chunk({ content: '[MAIL_', reasoning_content: '[MAIL_' }),
      chunk({ content: 'x[MAIL_' }, { index: 1 }),
      chunk({ reasoning_content: '2]', content: '3]' }),
      chunk({ content: '4]' }, { index: 1 }),
    ];
    expect(restored(parts, stream).slice(0, 4)).toEqual([
      chunk({ content: '', reasoning_content: '' }),
      chunk({ content: 'x' }, { index: 1 }),
      chunk({ reasoning_content: 'mail 2', content: 'mail 3' }),
      chunk({ content: 'mail 4' }, { index: 1 }),
    ]);
  });

  test('restores arguments of calls, each on its own', () => {
    const call = (index: number, args: string) => ({ index, function: { arguments: args } });
    const bare = (args: string) => ({ function: { arguments: args } });
    const parts = [
      chunk({ tool_calls: [{ ...call(0, '{"a": "[MAIL'), id: '[MAIL_2]' }, call(1, '{"b": "[MAIL_')] }),
      chunk({ tool_calls: [call(1, '3]"}'), call(0, '_1]"}')] }),
      chunk({ tool_calls: [bare('[MAIL_'), { custom: { input: '[MAIL_1' } }] }, { index: 1 }),
      chunk(
        { tool_calls: [bare('2]'), { custom: { input: ']' } }, { x: { arguments: '[MAIL_2]' } }] },
        { index: 1 },
      ),
      chunk({ function_call: { arguments: '"[MAIL_' } }),
      chunk({ function_call: { arguments: '1]"' } }),
    ];
    const inner = JSON.stringify(MAIL).slice(1, -1);
    expect(restored(parts, stream).slice(0, 6)).toEqual([
      chunk({ tool_calls: [{ ...call(0, '{"a": "'), id: '[MAIL_2]' }, call(1, '{"b": "')] }),
      chunk({ tool_calls: [call(1, 'mail 3"}'), call(0, `${inner}"}`)] }),
      chunk({ tool_calls: [bare(''), { custom: { input: '' } }] }, { index: 1 }),
      chunk(
        { tool_calls: [bare('mail 2'), { custom: { input: MAIL } }, { x: { arguments: '[MAIL_2]' } }] },
        { index: 1 },
      ),
      chunk({ function_call: { arguments: '"' } }),
      chunk({ function_call: { arguments: `${inner}"` } }),
    ]);
  });

  test('restores text completions, and content that is JSON', () => {
    const event = (text: string) => `data: ${JSON.stringify({ choices: [{ index: 0, text }] })}\n\n`;
    expect(
      restored([event('"[MAIL_'), event('1]"')], { ...stream, contentIsJson: true }).slice(0, 2),
    ).toEqual([event('"'), event(JSON.stringify(MAIL).slice(1))]);
  });

  test('says what was held back before a text ends', () => {
    const finish = { finish_reason: 'length' };
    expect(restored([chunk({ content: 'a [MAIL_' }), chunk({ content: '1' }, finish), DONE], stream)).toEqual(
      [chunk({ content: 'a ' }), chunk({ content: '[MAIL_1' }, finish), DONE, ''],
    );
    expect(restored([chunk({ content: 'a [MAIL_' }), chunk({}, finish)], stream)).toEqual([
      chunk({ content: 'a ' }),
      chunk({ content: '[MAIL_' }) + chunk({}, finish),
      '',
    ]);
  });

  test('says what was held back of all texts before the stream ends, or is cut', () => {
    const call = (args: string) => ({ tool_calls: [{ index: 2, function: { arguments: args } }] });
    const custom = (input: string) => ({ tool_calls: [{ index: 3, custom: { input } }] });
    const first =
      chunk({ content: '[' }) +
      chunk(call('[MA')) +
      chunk(custom('[M')) +
      chunk({ function_call: { arguments: '[' } });
    const rest =
      chunk({ content: '[' }) +
      chunk(call('[MA')) +
      chunk(custom('[M')) +
      chunk({ function_call: { arguments: '[' } });
    expect(restored([first, DONE], stream)[1]).toBe(rest + DONE);
    expect(restored([first, 'data: [DONE]'], stream)[2]).toBe(`${rest}data: [DONE]`);
    expect(restored([first], stream)[1]).toBe(rest);
    expect(restored([first, 'data: {"cho'], stream)[2]).toBe('data: {"cho');
    const text = (piece: string) => ({ id: 'a', choices: [{ index: 0, text: piece, finish_reason: null }] });
    expect(restored([`data: ${JSON.stringify(text('[M'))}\n\n`], stream)[1]).toBe(
      `data: ${JSON.stringify(text('[M'))}\n\n`,
    );
  });

  test('lets a line pass that is longer than any event', () => {
    const long = `data: ${'x'.repeat(4 * 1024 * 1024)}`;
    expect(restored([long, '[MAIL_2]', '[MAIL_2]\n', chunk({ content: '[MAIL_2]' })], stream)).toEqual([
      long,
      '[MAIL_2]',
      '[MAIL_2]\n',
      chunk({ content: 'mail 2' }),
      '',
    ]);
    expect(restored([long, 'x'], stream).at(-1)).toBe('');
  });

  test('of more texts than any answer has restores the first ones', () => {
    const many = Object.fromEntries(Array.from({ length: 4097 }, (_, at) => [`f${at}`, '[MAIL_2]']));
    const [out = ''] = restored([chunk(many)], stream);
    const { delta } = JSON.parse(out.slice(6)).choices[0];
    expect([delta.f4095, delta.f4096]).toEqual(['mail 2', '[MAIL_2]']);
  });
});
