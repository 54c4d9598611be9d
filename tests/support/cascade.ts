import type { CascadePolicy } from '../../src/selection/cascade.js';

/** Every sign that needs no number of its own. */
export const JUDGE: CascadePolicy['judge'] = {
  refusal: true,
  phrases: [],
  cut: true,
  repetition: true,
  broken: true,
  charsMin: 1,
  meanLogprobMin: undefined,
  minLogprobMin: undefined,
  expectedMin: undefined,
};

export const CASCADE: CascadePolicy = { to: ['large'], judge: JUDGE, bodyBytesMax: 10_000, timeoutMs: 900 };
