import { expect, test } from '@jest/globals';
import { paceOf } from '../../../src/openai/answer-pace.js';

test.each([
  [50, 1000, { pieceChars: 4, piecesPerSecond: 50 }],
  [50, 8000, { pieceChars: 4, piecesPerSecond: 50 }],
  [50, 80_000, { pieceChars: 40, piecesPerSecond: 5 }],
  [1, 0, { pieceChars: 4, piecesPerSecond: 1 }],
])('%d tokens a second of an answer of %d characters', (tokensPerSecond, chars, pace) => {
  expect(paceOf(tokensPerSecond, { chars })).toEqual(pace);
});
