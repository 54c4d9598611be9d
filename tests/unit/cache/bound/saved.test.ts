import { describe, expect, test } from '@jest/globals';
import { familyLine, routeLine, SavedBounds, savedLine } from '../../../../src/cache/bound/saved.js';
import { createErrorBound } from '../../../../src/cache/bound.js';
import type { Json } from '../../../../src/lib/json.js';

const bound = createErrorBound({ maxErrorRate: 0.1, verifySampleRate: 0, random: () => 0.5 });
const { basis } = bound.decide('e', { similarity: 0.9 });
bound.observe('e', basis, true);
const state = bound.snapshot();
const LINE = routeLine('a', 'pair', state);
const taking = () => new SavedBounds(new Map([['a', { bound, judge: 'pair' }]]));

describe('SavedBounds', () => {
  test('gives back what was written', () => {
    const saved = taking();
    expect(saved.take(LINE)).toBe(true);
    for (const family of state.records.families) expect(saved.take(familyLine('a', family))).toBe(true);
    const back = saved.states().get('a');
    expect(back?.shared).toEqual(state.shared);
    expect(back?.risk).toEqual(state.risk);
    expect(back?.records.families[0]?.entries).toEqual(['e']);
    expect(back?.records.families[0]?.rows[0]).toBeCloseTo(state.records.families[0]?.rows[0] ?? 9, 4);
  });

  test.each<[string, Readonly<Record<string, Json>>]>([
    ['another route', { route: 'b' }],
    ['another judge', { judge: 'exact' }],
    ['other evidence', { weights: [1, 2] }],
  ])('passes over %s and its families', (_, change) => {
    const saved = taking();
    expect(saved.take({ ...LINE, ...change })).toBe(true);
    expect(saved.take({ family: 'a', rows: [0.5, 1], entries: ['e'] })).toBe(true);
    expect(saved.states().size).toBe(0);
  });

  test.each<[string, Readonly<Record<string, Json>>]>([
    ['no kind', {}],
    ['a route without weights', { route: 'a', judge: 'pair', covariance: [], counts: [] }],
    ['a weight that is no number', { ...LINE, weights: [1, 'a'] }],
    ['a count below 0', { ...LINE, counts: [-1, 0] }],
    ['a family of half an observation', { family: 'a', rows: [1], entries: [] }],
    ['a family of no names', { family: 'a', rows: [], entries: [1] }],
  ])('refuses a line of %s', (_, line) => {
    expect(taking().take(line)).toBe(false);
  });

  test('reads objects alone', () => {
    expect(savedLine('{"a":1}')).toEqual({ a: 1 });
    expect([savedLine('[1]'), savedLine('{')]).toEqual([undefined, undefined]);
  });
});
