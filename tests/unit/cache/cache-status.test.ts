import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CacheStatus, cacheStatus } from '../../../src/cache/cache-status.js';

describe('cacheStatus', () => {
  test.each<[CacheStatus, string]>([
    [{ kind: 'hit', ttlS: 59.9 }, 'Sextant; hit; ttl=59'],
    [{ kind: 'hit', ttlS: Number.NaN, detail: 'hit-exact' }, 'Sextant; hit; ttl=0; detail=hit-exact'],
    [{ kind: 'miss' }, 'Sextant; fwd=miss'],
    [{ kind: 'miss', stored: true, detail: 'negation' }, 'Sextant; fwd=miss; stored; detail=negation'],
    [{ kind: 'request', stored: false }, 'Sextant; fwd=request'],
    [{ kind: 'bypass', detail: 'no-identity' }, 'Sextant; fwd=bypass; detail=no-identity'],
    [{ kind: 'bypass', detail: '' }, 'Sextant; fwd=bypass'],
    [{ kind: 'bypass', detail: 'two words' }, 'Sextant; fwd=bypass; detail="two words"'],
    [{ kind: 'bypass', detail: 'a"b\\c\r\né' }, 'Sextant; fwd=bypass; detail="a\\"b\\\\c???"'],
  ])('%j', (status, expected) => {
    expect(cacheStatus(status)).toBe(expected);
  });

  test('no detail breaks out of the header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (detail) => {
        expect(cacheStatus({ kind: 'miss', detail })).toMatch(
          /^Sextant; fwd=miss(?:; detail=(?:[A-Za-z][\w.:/-]*|"(?:[ !#-[\]-~]|\\["\\])*"))?$/,
        );
      }),
    );
  });
});
