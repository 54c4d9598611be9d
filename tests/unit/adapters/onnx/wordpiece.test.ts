import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readWordPiece } from '../../../../src/adapters/onnx/wordpiece.js';
import type { Json, JsonObject } from '../../../../src/lib/json.js';
import { FIXTURE, tokenizerJson } from './fixture.js';

const file = tokenizerJson() as JsonObject;
const normalizer = file['normalizer'] as JsonObject;
const model = file['model'] as JsonObject;
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

  describe('tokenizeWithOffsets', () => {
    const slices = (text: string) => {
      const { starts, ends } = words.tokenizeWithOffsets(text, 1e6);
      return starts.map((start, index) => text.slice(start, ends[index]));
    };

    test.each(FIXTURE.map((row) => [row.text.slice(0, 40), row.text] as const))(
      'gives the ids of tokenize for %j',
      (_name, text) => {
        expect(words.tokenizeWithOffsets(text, 1e6).ids).toEqual(words.tokenize(text, 1e6));
      },
    );

    test('gives the ids of tokenize for any text, and offsets that ascend inside of it', () => {
      const mixed = fc.array(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 5 }),
          fc.constantFrom(
            '\u0301',
            'é',
            'İ',
            'ΑΣ',
            '한',
            '可',
            '\u{1d15f}',
            '\u200d',
            '\ud83d',
            'ﬀ',
            ' ',
            '가\u302e\u0323',
          ),
        ),
        { maxLength: 30 },
      );
      fc.assert(
        fc.property(mixed, fc.nat(40), (parts, tokensMax) => {
          const text = parts.join('');
          const { ids, starts, ends } = words.tokenizeWithOffsets(text, tokensMax);
          expect(ids).toEqual(words.tokenize(text, tokensMax));
          expect([starts.length, ends.length]).toEqual([ids.length, ids.length]);
          starts.forEach((start, index) => {
            const end = ends[index] ?? -1;
            expect(start).toBeLessThan(end);
            expect(end).toBeLessThanOrEqual(text.length);
            expect(start).toBeGreaterThanOrEqual(starts[index - 1] ?? 0);
            expect(end).toBeGreaterThanOrEqual(ends[index - 1] ?? 0);
          });
        }),
        { numRuns: 500 },
      );
    });

    test('slices of plain text are the pieces', () => {
      const vocab = new Map(Object.entries(model['vocab'] as JsonObject).map(([piece, id]) => [id, piece]));
      const plain = fc.string({ unit: 'grapheme-ascii', maxLength: 80 });
      fc.assert(
        fc.property(plain, (text) => {
          const { ids } = words.tokenizeWithOffsets(text, 1e6);
          const pieces = ids.map((id) => String(vocab.get(id)));
          slices(text).forEach((slice, index) => {
            const piece = pieces[index] ?? '';
            const same = slice.toLowerCase() === piece || `##${slice.toLowerCase()}` === piece;
            expect(same || ids[index] === words.unknownId).toBe(true);
          });
        }),
      );
    });

    test.each([
      ['Zürich Ça', ['Zürich', 'Ça']],
      ['Ame\u0301lie!', ['Ame\u0301lie', '!']],
      ['a\u200bb\u00adc  \u0001d', ['a\u200bb\u00adc', 'd']],
      ['İzmir', ['İ', 'zmir']],
      ['中文 ok', ['中', '文', 'ok']],
      ['\u{1f600}\u{1f600} end', ['\u{1f600}\u{1f600}', 'end']],
      [`${'é'.repeat(101)} x`, ['é'.repeat(101), 'x']],
    ])('knows where the pieces of %j stand in the original', (text, whole) => {
      const { starts, ends } = words.tokenizeWithOffsets(text, 1e6);
      const borders = new Set([...starts, ...ends]);
      let from = 0;
      for (const part of whole) {
        const start = text.indexOf(part, from);
        expect([part, borders.has(start), borders.has(start + part.length)]).toEqual([part, true, true]);
        from = start + part.length;
      }
    });

    test('tells tokens that go on with a word from those that begin one', () => {
      const { ids, continues } = words.tokenizeWithOffsets('reading unaffable 可再 x!', 1e6);
      expect(continues).toHaveLength(ids.length);
      expect(continues.filter((goesOn) => !goesOn)).toHaveLength(6);
      const vocab = new Map(Object.entries(model['vocab'] as JsonObject).map(([piece, id]) => [id, piece]));
      ids.forEach((id, index) => {
        if (id !== words.unknownId) expect(continues[index]).toBe(vocab.get(id)?.startsWith('##'));
      });
    });

    test('megabytes of unusual characters are no burden', () => {
      const pages = 'é\u0301可\u200d\u{1f600} '.repeat(100_000);
      expect(words.tokenizeWithOffsets(pages, 1e6).ids.length).toBeGreaterThan(100_000);
    });
  });

  test('a megabyte of long words is no burden', () => {
    const pages = `${'z'.repeat(99)} `.repeat(6100);
    expect(words.tokenize(pages, 1e6).length).toBeGreaterThanOrEqual(6100);
  });

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
