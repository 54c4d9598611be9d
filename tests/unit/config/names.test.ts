import { describe, expect, test } from '@jest/globals';
import { closestName, suggestion } from '../../../src/config/names.js';

describe('closestName', () => {
  test.each([
    ['prot', 'port'],
    ['lisen', 'listen'],
    ['Listen', 'listen'],
    ['context-window', 'context_window'],
    ['ports', 'port'],
    ['modle', 'model'],
  ])('%s was meant as %s', (written, meant) => {
    expect(closestName(written, ['listen', 'port', 'context_window', 'model'])).toBe(meant);
  });

  test.each(['banana', 'x', '', 'p'.repeat(101)])('%s was meant as none', (written) => {
    expect(closestName(written, ['listen', 'port', 'context_window'])).toBeUndefined();
  });

  test('takes the nearest, and the first of two as near', () => {
    expect(closestName('code_word', ['code_work', 'code_words', 'code_like'])).toBe('code_work');
    expect(closestName('coder', ['code', 'coder'])).toBe('coder');
  });
});

test('suggestion lists what there is, once each and not without end', () => {
  expect(suggestion('zzz', ['a', 'b', 'a'])).toBe('choose one of a, b');
  expect(suggestion('zzz', [])).toBe('there is none to choose from');
  expect(
    suggestion(
      'zzzzzz',
      Array.from({ length: 20 }, (_, at) => `name-${at}`),
    ),
  ).toMatch(/name-11, …$/);
});
