import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readWordPiece } from '../../../../src/adapters/onnx/wordpiece.js';
import type { Json, JsonObject } from '../../../../src/lib/json.js';
import { FIXTURE, fastestMs, tokenizerJson } from './fixture.js';

const file = tokenizerJson() as JsonObject;
const words = readWordPiece(file);

describe('readWordPiece', () => {
  test.each(FIXTURE.map((row) => [row.text.slice(0, 40), row] as const))(
    'gives the ids of Python for %j',
    (_name, row) => {
      expect([words.startId, ...words.tokenize(row.text, 1e6), words.endId]).toEqual(row.ids);
    },
  );

  test('the fixture holds more than trivia', () => {
    expect(FIXTURE.length).toBeGreaterThan(30);
    expect(FIXTURE.some((row) => row.ids.length > 100)).toBe(true);
    expect(FIXTURE.some((row) => row.ids.includes(words.unknownId))).toBe(true);
  });

  test('text that reads like a special token stays text', () => {
    const ids = words.tokenize('[SEP] [CLS] [PAD]', 100);
    expect(ids).not.toContain(words.endId);
    expect(ids).not.toContain(words.startId);
    expect(ids).not.toContain(0);
  });

  test('never gives more tokens than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(20), (text, tokensMax) => {
        const ids = words.tokenize(text, tokensMax);
        return ids.length <= tokensMax && words.tokenize(text, 1e6).slice(0, tokensMax).join() === ids.join();
      }),
    );
  });

  test('a lone surrogate is left out', () => {
    expect(words.tokenize('a\ud83d b', 10)).toEqual(words.tokenize('a b', 10));
  });

  test('a page of unknown words costs milliseconds', () => {
    const page = `${'z'.repeat(99)} `.repeat(61);
    expect(fastestMs(() => words.tokenize(page, 1e6))).toBeLessThan(100);
  });

  const normalizer = file['normalizer'] as JsonObject;
  const model = file['model'] as JsonObject;
  test.each<[string, Json]>([
    ['nothing', null],
    ['a cased one', { ...file, normalizer: { ...normalizer, lowercase: false } }],
    ['one that keeps accents', { ...file, normalizer: { ...normalizer, strip_accents: false } }],
    ['another algorithm', { ...file, model: { ...model, type: 'BPE' } }],
    ['one without vocabulary', { ...file, model: { ...model, vocab: null } }],
  ])('refuses %s', (_what, value) => {
    expect(() => readWordPiece(value)).toThrow('uncased BERT WordPiece');
  });

  test('refuses a vocabulary without the special tokens', () => {
    const vocab = { '[UNK]': 0, '[CLS]': 1, strange: 'x' };
    expect(() => readWordPiece({ ...file, model: { ...model, vocab } })).toThrow('[SEP]');
  });
});
