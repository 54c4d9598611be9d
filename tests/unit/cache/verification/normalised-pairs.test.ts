import { describe, expect, test } from '@jest/globals';
import { verifyAsk } from '../../../../src/cache/verify.js';
import { EQUAL_PAIRS, FINAL_PAIRS, OPEN_PAIRS, REFUSED_PAIRS } from './normalised-pairs.js';

describe('verifyAsk on pairs that normalising decides', () => {
  test.each(EQUAL_PAIRS)('%j and %j agree', (one, other) => {
    expect(verifyAsk(one, other)).toMatchObject({ agrees: true, final: false });
    expect(verifyAsk(other, one)).toMatchObject({ agrees: true, final: false });
  });

  test.each(OPEN_PAIRS)('%j and %j are left to a judge', (one, other) => {
    expect(verifyAsk(one, other)).toMatchObject({ final: false });
    expect(verifyAsk(other, one)).toMatchObject({ final: false });
  });

  test.each(FINAL_PAIRS)('%j and %j differ for certain', (one, other) => {
    expect(verifyAsk(one, other)).toMatchObject({ agrees: false, final: true });
    expect(verifyAsk(other, one)).toMatchObject({ agrees: false, final: true });
  });

  test.each(REFUSED_PAIRS)('%j and %j do not agree', (one, other) => {
    expect(verifyAsk(one, other)).toMatchObject({ agrees: false });
    expect(verifyAsk(other, one)).toMatchObject({ agrees: false });
  });
});
