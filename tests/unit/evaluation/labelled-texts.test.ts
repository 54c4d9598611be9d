import { describe, expect, test } from '@jest/globals';
import { readLabelledTexts } from '../../../src/evaluation/labelled-texts.js';
import { jsonLines, scratch } from './files.js';

const folder = scratch();
const NAMES = { text: 'text', label: 'intent' };

describe('examples', () => {
  test('come from CSV with quotes, commas and line breaks inside of fields', async () => {
    const csv =
      '\ufeffid,intent,text\r\n1, refund ,"say ""please"", sir"\r\n\r\n2,greeting,"two\nlines"\r\n3,greeting,hi\r\n';
    expect(await readLabelledTexts(folder.file('good.csv', csv), NAMES)).toEqual([
      { line: 2, text: 'say "please", sir', label: 'refund' },
      { line: 4, text: 'two\nlines', label: 'greeting' },
      { line: 6, text: 'hi', label: 'greeting' },
    ]);
  });

  test('come from JSON Lines under the names that were asked for', async () => {
    const path = folder.file('good.jsonl', jsonLines([{ body: 'a', kind: 'x' }]));
    const rows = await readLabelledTexts(path, { text: 'body', label: 'kind' });
    expect(rows).toEqual([{ line: 1, text: 'a', label: 'x' }]);
  });

  test.each([
    [
      'missing column',
      'text,label\na,b\n',
      ':1: there is no column "intent" (--label); it has "text", "label"',
    ],
    ['nothing', '', ': is empty'],
    ['names alone', 'text,intent\n', ': has no rows'],
    ['too many fields', 'text,intent\na,b\nc,d,e\n', ':3: the row has more or fewer fields'],
    ['open quote', 'text,intent\n"a,b\n', 'a quoted field is never closed'],
    ['stray quote', 'text,intent\na,b\n"a"x,b\n', ':3: a quote stands where none may be'],
    ['empty text', 'text,intent\na,b\n " ",c\n', ':3: '],
    ['empty label', 'text,intent\na,\n', ':2: "intent" is empty'],
    ['long label', `text,intent\na,${'b'.repeat(201)}\n`, ':2: "intent" is longer than 200'],
  ])('are refused with file and line: %s', async (name, content, complaint) => {
    const path = folder.file(`${name}.csv`, content);
    await expect(readLabelledTexts(path, NAMES)).rejects.toThrow(complaint);
    await expect(readLabelledTexts(path, NAMES)).rejects.toThrow(path);
  });

  test('that are blank are refused', async () => {
    const path = folder.file('blank.jsonl', jsonLines([{ text: ' ', intent: 'x' }]));
    await expect(readLabelledTexts(path, NAMES)).rejects.toThrow(`${path}:1: "text" is empty`);
  });
});
