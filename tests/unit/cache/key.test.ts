import { describe, expect, test } from '@jest/globals';
import { exactKeyOf, outerTrimmed } from '../../../src/cache/key.js';

const secret = Uint8Array.of(7);

describe('exactKeyOf', () => {
  test.each([
    ['C++', 'C'],
    ['()', '[]'],
    ['us', 'US'],
    ['a b', 'a  b'],
    ['a b', 'ab'],
    ['é', 'e\u0301'],
    ['\ud800', '\ud801'],
    ['\ud800', '\ufffd'],
    ['退款', '护照'],
    ['x?', 'x'],
    ['  if x:', 'if x:'],
  ])('%j and %j are two questions', (one, other) => {
    expect(exactKeyOf(secret, 'p', one)).not.toBe(exactKeyOf(secret, 'p', other));
  });

  test.each([
    ['x', 'x\n'],
    ['x', '\n\nx'],
    ['x', ' \t\r\nx  \n '],
    ['  if x:', '\n  if x:\n'],
  ])('%j and %j are one question', (one, other) => {
    expect(exactKeyOf(secret, 'p', one)).toBe(exactKeyOf(secret, 'p', other));
  });

  test('depends on partition and secret, and cannot be moved from one into the other', () => {
    const key = exactKeyOf(secret, 'p', 'x');
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(exactKeyOf(secret, 'q', 'x')).not.toBe(key);
    expect(exactKeyOf(Uint8Array.of(8), 'p', 'x')).not.toBe(key);
    expect(exactKeyOf(secret, 'p', 'x","y')).not.toBe(exactKeyOf(secret, 'p","x', 'y'));
  });

  test('outerTrimmed leaves white space only as nothing', () => {
    expect(outerTrimmed(' \n\t ')).toBe('');
    expect(outerTrimmed('')).toBe('');
  });
});
