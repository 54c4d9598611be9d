import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  FILE_BYTES_MAX,
  readJsonLines,
  TEXT_CHARS_MAX,
  textField,
} from '../../../src/evaluation/data-file.js';
import { scratch } from './files.js';

const folder = scratch();

describe('a file of JSON Lines', () => {
  test('gives its rows with their lines, empty lines passed over', async () => {
    const path = folder.file('good.jsonl', '{"text":"a"}\r\n\n  \n{"text":"b\u2028c"}');
    const { rows } = await readJsonLines(path);
    expect(rows).toEqual([
      { line: 1, fields: { text: 'a' } },
      { line: 4, fields: { text: 'b\u2028c' } },
    ]);
  });

  test.each([
    ['no JSON', '{"a":1}\nhello secret\n', ':2: is not JSON'],
    ['no object', '[1]', ':1: is JSON but no object'],
    ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), ':1: is not UTF-8'],
    ['no rows', '\n\n', ': has no rows'],
  ])('is refused with file and line where it holds %s', async (name, content, complaint) => {
    const path = folder.file(`${name}.jsonl`, content);
    await expect(readJsonLines(path)).rejects.toThrow(`${path}${complaint}`);
    await expect(readJsonLines(path)).rejects.not.toThrow('secret');
  });

  test('is refused where it is missing, or larger than what is read at once', async () => {
    const missing = join(folder.path, 'missing.jsonl');
    await expect(readJsonLines(missing)).rejects.toThrow(`${missing}: cannot be read (ENOENT)`);
    const large = folder.file('large.jsonl', '');
    truncateSync(large, FILE_BYTES_MAX + 1);
    await expect(readJsonLines(large)).rejects.toThrow('larger than');
  });
});

describe('a text field', () => {
  const file = { path: 'x.jsonl', rows: [] };

  test('is the first of the names that the row has', () => {
    const row = { line: 3, fields: { question: 'q', other: 1 } };
    expect(textField(file, row, ['text', 'question'])).toBe('q');
  });

  test.each([
    [{ other: 'a' }, 'x.jsonl:3: there is no "text" or "question"'],
    [{ text: 5 }, 'x.jsonl:3: "text" is no text'],
    [{ text: 'a'.repeat(TEXT_CHARS_MAX + 1) }, 'x.jsonl:3: "text" is longer than'],
    [JSON.parse('{"__proto__": {"text": "a"}}'), 'x.jsonl:3: there is no "text"'],
  ])('is missed, or refused, with file and line', (fields, complaint) => {
    expect(() => textField(file, { line: 3, fields }, ['text', 'question'])).toThrow(complaint);
  });
});
