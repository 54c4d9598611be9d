import { expect, test } from '@jest/globals';
import { createHitTally } from '../../../src/cache/hit-tally.js';

test('knows nothing before the first check', () => {
  const { falseHitRatio, falseHitInterval, falseHitsPerRequest } = createHitTally().read();
  expect([falseHitRatio, falseHitInterval, falseHitsPerRequest]).toEqual([
    undefined,
    { low: 0, high: 1 },
    undefined,
  ]);
});

test('a check stands for as many as its rate says, and neither exploring nor doubt counts', () => {
  const tally = createHitTally();
  for (let turn = 0; turn < 200; turn += 1) tally.asked();
  for (let turn = 0; turn < 100; turn += 1) tally.served();
  for (let turn = 0; turn < 9; turn += 1) tally.checked('verify-sample', 'right', 0.1);
  tally.checked('verify-sample', 'wrong', 1);
  tally.checked('verify-sample', 'unsure', 0.01);
  tally.checked('explore', 'wrong');
  tally.checked('feedback', 'wrong');
  const read = tally.read();
  expect(read.falseHitRatio).toBeCloseTo(1 / 91, 10);
  expect(read.falseHitsPerRequest).toBeCloseTo((1 / 91) * 0.5, 10);
  expect(read.falseHitInterval.low).toBeLessThan(1 / 91);
  expect(read.falseHitInterval.high).toBeGreaterThan(0.1);
  expect(read.checks).toEqual({
    explore: { right: 0, wrong: 1, unsure: 0 },
    'verify-sample': { right: 9, wrong: 1, unsure: 1 },
    feedback: { right: 0, wrong: 1, unsure: 0 },
  });
});
