import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  endsFirst,
  halvesOf,
  type Stretch,
  trimmed,
  windowsOf,
  without,
} from '../../../../src/adapters/onnx/windows.js';
import { readWordPiece } from '../../../../src/adapters/onnx/wordpiece.js';
import { tokenizerJson } from './fixture.js';

const MANY = 1000;
const prose = (chars: number) => 'The quarterly report is attached. '.repeat(1 + chars / 34).slice(0, chars);

/** Texts of a few thousand characters: words, runs without a blank, other scripts, characters of two units. */
const longText = fc
  .array(
    fc.oneof(
      fc.constantFrom(prose(700), 'x'.repeat(900), '可再生能源'.repeat(60), '\u{1f600}'.repeat(150), ' '),
      fc.constantFrom(' '.repeat(1200), '\n', 'def f(x): return {x!r}\n'.repeat(30), '한국어 '.repeat(80)),
      fc.string({ unit: 'binary', maxLength: 60 }),
    ),
    { maxLength: 9 },
  )
  .map((parts) => parts.join(''));

const parts = (text: string, offset: number) =>
  offset > 0 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(offset - 1, offset + 1));

describe('windowsOf', () => {
  test('a text that fits one pass is one window', () => {
    expect(windowsOf('short', MANY)).toEqual([{ start: 0, end: 5 }]);
    expect(windowsOf(prose(1400), MANY)).toEqual([{ start: 0, end: 1400 }]);
  });

  test('a blank text has none', () => {
    expect([windowsOf('', MANY), windowsOf(' \n'.repeat(3000), MANY)]).toEqual([[], []]);
  });

  test('a longer one has overlapping windows that end behind a blank', () => {
    const text = prose(5000);
    const windows = windowsOf(text, MANY);
    expect(windows.length).toBeLessThanOrEqual(7);
    windows.forEach(({ start, end }, index) => {
      expect(end - start).toBeLessThanOrEqual(1000);
      if (index === 0) return;
      expect(text[start - 1]).toBe(' ');
      const overlap = (windows[index - 1]?.end ?? 0) - start;
      expect(overlap).toBeGreaterThanOrEqual(200);
      expect(overlap).toBeLessThanOrEqual(300);
    });
  });

  test('windows cover every character, none parts a pair or goes back', () => {
    fc.assert(
      fc.property(longText, (text) => {
        const windows = windowsOf(text, MANY);
        for (const left of without({ start: 0, end: text.length }, windows)) {
          expect(text.slice(left.start, left.end).trim()).toBe('');
        }
        windows.forEach(({ start, end }, index) => {
          expect(start).toBeGreaterThan(windows[index - 1]?.start ?? -1);
          expect(end).toBeGreaterThan(windows[index - 1]?.end ?? 0);
          expect(end - start).toBeLessThanOrEqual(1400);
          expect([parts(text, start), parts(text, end)]).toEqual([false, false]);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('with a bound on their number the end of the text is still among them', () => {
    fc.assert(
      fc.property(longText, fc.integer({ min: 1, max: 4 }), (text, countMax) => {
        const windows = windowsOf(text, countMax);
        expect(windows.length).toBeLessThanOrEqual(countMax);
        const last = windows.at(-1);
        if (text.slice(-1000).trim() !== '') expect(last?.end).toBe(text.length);
      }),
    );
  });

  test('the windows of most texts fit the encoder, those of dense scripts as well', () => {
    const words = readWordPiece(tokenizerJson());
    for (const unit of ['可再生能源。', '한국어 문장 ', 'Привет мир ', '{"a":[1,2]},', prose(34)]) {
      const text = unit.repeat(4000 / unit.length);
      for (const { start, end } of windowsOf(text, MANY)) {
        const tokens = words.tokenize(text.slice(start, end), 1e6).length;
        expect([unit, Math.max(tokens, 510)]).toEqual([unit, 510]);
      }
    }
  });

  test('of a hundred megabytes only the windows that are wanted are looked at', () => {
    expect(windowsOf('x'.repeat(100_000_000), 64)).toHaveLength(64);
  });
});

test('endsFirst begins with both ends', () => {
  expect([endsFirst([]), endsFirst([1]), endsFirst([1, 2]), endsFirst([1, 2, 3, 4])]).toEqual([
    [],
    [1],
    [1, 2],
    [1, 4, 2, 3],
  ]);
});

describe('halvesOf', () => {
  test('overlap, cover the window and part no pair', () => {
    fc.assert(
      fc.property(longText, fc.nat(500), (text, from) => {
        const whole = windowsOf(text, MANY)[from % 5];
        if (whole === undefined) return;
        const halves = halvesOf(text, whole);
        if (whole.end - whole.start < 64) expect(halves).toEqual([]);
        else {
          const [first, second] = halves as readonly [Stretch, Stretch];
          expect([first.start, second.end]).toEqual([whole.start, whole.end]);
          expect(second.start).toBeLessThan(first.end);
          expect(second.start).toBeGreaterThan(whole.start);
          expect(first.end).toBeLessThan(whole.end);
          expect([parts(text, first.end), parts(text, second.start)]).toEqual([false, false]);
        }
      }),
    );
  });
});

describe('without', () => {
  test.each<[readonly (readonly [number, number])[], readonly (readonly [number, number])[]]>([
    [[], [[10, 20]]],
    [
      [[12, 14]],
      [
        [10, 12],
        [14, 20],
      ],
    ],
    [
      [
        [15, 30],
        [0, 12],
      ],
      [[12, 15]],
    ],
    [
      [
        [0, 5],
        [25, 30],
      ],
      [[10, 20]],
    ],
    [
      [
        [10, 16],
        [12, 14],
        [16, 20],
      ],
      [],
    ],
  ])('of 10 to 20 without %j there is left %j', (taken, left) => {
    const stretchOf = ([start, end]: readonly [number, number]) => ({ start, end });
    expect(without({ start: 10, end: 20 }, taken.map(stretchOf))).toEqual(left.map(stretchOf));
  });
});

test('trimmed leaves blanks out', () => {
  const text = 'a  bc \n d';
  expect(trimmed(text, { start: 1, end: 7 })).toEqual({ start: 3, end: 5 });
  expect(trimmed(text, { start: 5, end: 8 })).toBeUndefined();
});
