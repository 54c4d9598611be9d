import { describe, expect, test } from '@jest/globals';
import { Evictions } from '../../../../src/adapters/milvus/evictions.js';
import { entryOf, pkOf, rowOf, TEXT_BYTES_MAX } from '../../../../src/adapters/milvus/rows.js';
import { at, DIMENSION, entry } from '../../../contract/backend-setup.js';

const PLACE = { epoch: 7, vectorField: 'embedding', dimension: DIMENSION };
const USAGE = { promptTokens: 3, completionTokens: 4 };

describe('a row', () => {
  test('gives back the entry that it was made of', () => {
    const completion = {
      api: 'completions' as const,
      object: { text: 'naïve 日本 "quoted"' },
      usage: USAGE,
      finishReasons: ['stop', null],
    };
    for (const vector of [undefined, at(33)]) {
      const kept = entry('k', { completion, vector, pinned: true });
      const row = rowOf(kept, PLACE);
      expect(row?.['embedding']).toHaveLength(DIMENSION);
      expect(row === undefined ? undefined : entryOf(row)).toEqual(kept);
    }
  });

  test('is not made where a field would be too long or a number is none', () => {
    const long = 'x'.repeat(TEXT_BYTES_MAX + 1);
    const completion = { ...entry('k').completion, object: { text: long } };
    expect(rowOf(entry('k', { completion }), PLACE)).toBeUndefined();
    expect(rowOf(entry('k', { ask: long }), PLACE)).toBeUndefined();
    expect(rowOf(entry('k', { model: long }), PLACE)).toBeUndefined();
    expect(rowOf(entry('k', { expiresAtMs: Number.NaN }), PLACE)).toBeUndefined();
    const wide = new Float32Array(TEXT_BYTES_MAX);
    expect(rowOf(entry('k', { vector: wide }), { ...PLACE, dimension: wide.length })).toBeUndefined();
  });

  test('that somebody else wrote gives none', () => {
    const row = rowOf(entry('k', { vector: at(0) }), PLACE);
    if (row === undefined) throw new Error('there is a row');
    const answers = ['{', '[]', '{"api":"other"}', '{"api":"chat","object":[],"finishReasons":[]}', 5];
    for (const answer of answers) expect(entryOf({ ...row, answer })).toBeUndefined();
    expect(entryOf({ ...row, ask: 5 })).toBeUndefined();
    expect(entryOf({ ...row, expires: 'soon' })).toBeUndefined();
    expect(entryOf({ ...row, meaning: 'AAA=' })?.vector).toBeUndefined();
    expect(entryOf({ ...row, meaning: 5 })?.vector).toBeUndefined();
  });

  test('belongs to one question of one partition in one epoch', () => {
    const keys = [pkOf('p', 'k', 1), pkOf('p', 'k', 2), pkOf('p', 'l', 1), pkOf('q', 'k', 1)];
    expect(new Set(keys).size).toBe(4);
  });
});

describe('known evictions', () => {
  test('are told once each, and end when the id comes back', () => {
    const evictions = new Evictions();
    expect(evictions.isGone('a')).toBe(false);
    evictions.add('a', 10);
    expect([evictions.has('a', 10), evictions.has('a', 11), evictions.isGone('a')]).toEqual([
      true,
      false,
      true,
    ]);
    evictions.welcome('a');
    evictions.welcome('b');
    expect([evictions.has('a', 10), evictions.isGone('a')]).toEqual([true, false]);
    evictions.add('a', 11);
    expect(evictions.isGone('a')).toBe(true);
  });

  test('are not kept without end', () => {
    const evictions = new Evictions();
    for (let count = 0; count < 5000; count += 1) evictions.add(`${count}`, count);
    expect([evictions.isGone('0'), evictions.isGone('4999')]).toEqual([false, true]);
  });
});
