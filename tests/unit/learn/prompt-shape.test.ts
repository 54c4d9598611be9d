import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { promptShape, SHAPE_WIDTH } from '../../../src/learn/prompt-shape.js';

const QUESTION = 'Which of the following is not a prime?';
const CHOICE = `${QUESTION}\nA. 4\nB. 5\nand more\nC. 7\nAnswer:`;
/** Where the number of answers to choose from stands. */
const OPTIONS_AT = 15;

test('any text has a shape of the same width, of finite numbers', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const shape = promptShape(text);
      expect(shape).toHaveLength(SHAPE_WIDTH);
      expect(shape.every(Number.isFinite)).toBe(true);
    }),
  );
});

test('the stem of a question is the same with and without its options', () => {
  const [bare, whole] = [promptShape(QUESTION), promptShape(CHOICE)];
  expect([...whole.subarray(0, OPTIONS_AT)]).toEqual([...bare.subarray(0, OPTIONS_AT)]);
  expect(bare[OPTIONS_AT]).toBe(0);
  expect(whole[OPTIONS_AT]).toBe(3);
});

test('options are counted in the order of their letters, and no more than the alphabet has', () => {
  expect(promptShape(`${QUESTION}\nB. 5\nA. 4`)[OPTIONS_AT]).toBe(1);
  const many = Array.from({ length: 40 }, (_, at) => `${String.fromCharCode(65 + at)}. ${at}`).join('\n');
  expect(promptShape(many)[OPTIONS_AT]).toBe(26);
});

test('sums of money and numbers below zero count as numbers, words do not', () => {
  const numeric = (option: string) => promptShape(`How much?\nA. ${option}`)[OPTIONS_AT + 5];
  expect(['$4', '-3', '(2', ' .5'].map(numeric)).toEqual([1, 1, 1, 1]);
  expect(['four', '---- 4', ''].map(numeric)).toEqual([0, 0, 0]);
});

test('a word counts four times at most', () => {
  const most = (text: string) => Math.max(...promptShape(text).subarray(OPTIONS_AT + 17));
  expect(most('zebra not zebra')).toBe(1);
  expect(most('not '.repeat(9))).toBe(4);
});
