import { describe, expect, test } from '@jest/globals';
import { END_CHARS_MAX, leadOf, windowOf } from '../../../../src/adapters/onnx/text-window.js';
import { tokensOf } from '../../../../src/adapters/onnx/token-window.js';
import { readWordPiece } from '../../../../src/adapters/onnx/wordpiece.js';
import { tokenizerJson } from './fixture.js';

const words = readWordPiece(tokenizerJson());
const read = (text: string, tokensMax = 512) => tokensOf(windowOf(text), words, tokensMax);
const one = (text: string) => words.tokenize(text, 1e6);

test('leadOf counts the blanks that a window leaves out', () => {
  expect(['text ', ' \n text', ''].map(leadOf)).toEqual([0, 3, 0]);
});

describe('windowOf', () => {
  test('keeps a short text whole, without its blank ends', () => {
    expect(windowOf('  short text\n')).toEqual({ head: 'short text', tail: '' });
    const longest = 'x'.repeat(2 * END_CHARS_MAX);
    expect(windowOf(longest)).toEqual({ head: longest, tail: '' });
  });

  test('keeps both ends of a long one', () => {
    const { head, tail } = windowOf(`first ${'x'.repeat(1_000_000)} last`);
    expect([head.length, tail.length]).toEqual([END_CHARS_MAX, END_CHARS_MAX]);
    expect([head.startsWith('first'), tail.endsWith('last')]).toEqual([true, true]);
  });

  test('blank padding does not hide what stands between', () => {
    const padding = ' '.repeat(100_000);
    expect(windowOf(`${padding}the text${padding}`)).toEqual({ head: 'the text', tail: '' });
  });
});

describe('tokensOf', () => {
  test('a text that fits is read whole', () => {
    const window = read('word '.repeat(510));
    expect([window.ids.length, window.truncated]).toEqual([512, false]);
    expect(window.content?.ids).toEqual(window.ids.slice(1, -1));
  });

  test('says where in a text its tokens stand, unless some were left out', () => {
    const { content } = read('  Zürich is warm');
    expect(content).toMatchObject({ starts: [0, 7, 10], ends: [6, 9, 14], continues: [false, false, false] });
    expect(read('word '.repeat(511)).content).toBeUndefined();
    expect(read('word '.repeat(5000)).content).toBeUndefined();
  });

  test('one token more, and head and tail stand for it', () => {
    const { ids, truncated } = read(`alpha ${'word '.repeat(509)}omega`);
    expect([ids.length, truncated]).toEqual([512, true]);
    expect([ids[0], ids[1]]).toEqual([words.startId, ...one('alpha')]);
    expect([ids[510], ids[511]]).toEqual([...one('omega'), words.endId]);
  });

  test('both ends of a very long text are read, each half of the room', () => {
    const { ids, truncated } = read('left '.repeat(100_000) + 'right '.repeat(100_000));
    const [left] = one('left');
    const [right] = one('right');
    expect(truncated).toBe(true);
    expect(ids.filter((id) => id === left)).toHaveLength(255);
    expect(ids.filter((id) => id === right)).toHaveLength(255);
  });

  test('a long text of few tokens still counts as cut', () => {
    const window = read('x'.repeat(100_000));
    expect(window).toEqual({ ids: [words.startId, 100, 100, words.endId], truncated: true, unknownShare: 1 });
  });

  test('the share of unknown tokens leaves start and end out', () => {
    expect(read('hello 可 再').unknownShare).toBeCloseTo(read('hello').unknownShare + 2 / 3);
    expect(read('').unknownShare).toBe(0);
    expect(read('').ids).toEqual([words.startId, words.endId]);
  });

  test('of a hundred megabytes only both ends are read', () => {
    const text = 'The quarterly report is attached. '.repeat(3_000_000);
    expect(read(text).ids).toHaveLength(read(text.slice(0, 34_000)).ids.length);
  });
});
