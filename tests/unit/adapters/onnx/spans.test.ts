import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spansOf, tagTableOf } from '../../../../src/adapters/onnx/spans.js';

const TAGS = ['O', 'B-PERSON', 'I-PERSON', 'B-AGE', 'I-AGE'];
const table = tagTableOf({ tags: TAGS, threshold: 0.5 });

/** Logits of a token that is of a tag with this probability, the rest going to `O`. */
function row(tag: string, share = 0.9): number[] {
  const logits = TAGS.map(() => Math.log(1e-9));
  logits[0] = Math.log(tag === 'O' ? 1 : 1 - share);
  if (tag !== 'O') logits[TAGS.indexOf(tag)] = Math.log(share);
  return logits;
}

/** Words are parted by blanks, pieces of a word by `|`; each piece has a tag. */
function decode(marked: string, tags: readonly (readonly [string, number?])[]) {
  const starts: number[] = [];
  const ends: number[] = [];
  const continues: boolean[] = [];
  let at = 0;
  for (const word of marked.split(' ')) {
    word.split('|').forEach((piece, index) => {
      starts.push(at);
      at += piece.length;
      ends.push(at);
      continues.push(index > 0);
    });
    at += 1;
  }
  const logits = Float32Array.from(tags.flatMap(([tag, share]) => row(tag, share)));
  const text = marked.replaceAll('|', '');
  return spansOf({ starts, ends, continues, logits }, table).map((span) => {
    return [span.type, text.slice(span.start, span.end), Number(span.score.toFixed(2))];
  });
}

describe('spansOf', () => {
  test('joins words of a type, and a tag that begins one parts two', () => {
    const tags = [['B-PERSON'], ['I-PERSON'], ['O'], ['B-PERSON'], ['B-PERSON']] as const;
    expect(decode('Ada Lovelace met Max Moritz', tags)).toEqual([
      ['PERSON', 'Ada Lovelace', 0.9],
      ['PERSON', 'Max', 0.9],
      ['PERSON', 'Moritz', 0.9],
    ]);
  });

  test('a word that continues what was not begun begins it', () => {
    const tags = [['O'], ['I-PERSON'], ['I-AGE'], ['O']] as const;
    expect(decode('by Ada 36 !', tags)).toEqual([
      ['PERSON', 'Ada', 0.9],
      ['AGE', '36', 0.9],
    ]);
  });

  test('never begins or ends inside of a word', () => {
    const tags = [['O', 1], ['B-PERSON', 0.9], ['I-PERSON', 0.8], ['O']] as const;
    expect(decode('Love|la|ce met', tags)).toEqual([['PERSON', 'Lovelace', 0.57]]);
    expect(decode('Love|la|ce met', [['B-PERSON', 0.9], ['O'], ['O'], ['O']])).toEqual([]);
  });

  test('the score is the mean over all tokens', () => {
    const tags = [
      ['B-PERSON', 0.6],
      ['I-PERSON', 0.8],
      ['I-PERSON', 1 - 1e-9],
    ] as const;
    expect(decode('Ada Love|lace', tags)).toEqual([['PERSON', 'Ada Lovelace', 0.8]]);
  });

  test('what is less sure than the threshold is left out', () => {
    const strict = { ...table, threshold: 0.95 };
    const one = { starts: [0], ends: [3], continues: [false] };
    expect(spansOf({ ...one, logits: Float32Array.from(row('B-AGE', 0.94)) }, strict)).toEqual([]);
    expect(spansOf({ ...one, logits: Float32Array.from(row('B-AGE', 0.96)) }, strict)).toHaveLength(1);
  });

  test('a type whose tags together outweigh "O" wins, though none does alone', () => {
    const logits = Float32Array.from([0.4, 0.31, 0.29, 1e-9, 1e-9].map(Math.log));
    const [span] = spansOf({ starts: [2], ends: [5], continues: [false], logits }, table);
    expect(span).toMatchObject({ type: 'PERSON', start: 2, end: 5 });
  });

  test('a token that continues a word whose beginning was cut off is a word', () => {
    const logits = Float32Array.from([...row('I-PERSON'), ...row('O')]);
    const spans = spansOf({ starts: [0, 3], ends: [2, 5], continues: [true, false], logits }, table);
    expect(spans).toMatchObject([{ type: 'PERSON', start: 0, end: 2 }]);
  });

  test('spans ascend, overlap nothing, and keep to words, whatever the head says', () => {
    const token = fc.record({
      continues: fc.boolean(),
      logits: fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 5, maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        const continues = tokens.map((each) => each.continues);
        const starts = tokens.map((_, index) => index * 3);
        const ends = tokens.map((_, index) => index * 3 + (continues[index + 1] === true ? 3 : 2));
        const logits = Float32Array.from(tokens.flatMap((each) => each.logits));
        const borders = starts.filter((_, index) => continues[index] !== true || index === 0);
        let before = 0;
        for (const { start, end, score } of spansOf({ starts, ends, continues, logits }, table)) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(borders).toContain(start);
          expect([...borders.map((border) => border - 1), ends.at(-1)]).toContain(end);
          expect(score).toBeGreaterThanOrEqual(0.5);
          expect(score).toBeLessThanOrEqual(1.000001);
          before = end;
        }
      }),
    );
  });
});
