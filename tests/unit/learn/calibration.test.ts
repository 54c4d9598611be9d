import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  brierScore,
  calibrationError,
  fitTemperature,
  negativeLogLikelihood,
} from '../../../src/learn/calibration.js';
import { seededRandom } from '../../../src/lib/random.js';

/** Rows of two classes whose right class is drawn with the probability that logits / `temperature` give. */
function drawn(temperature: number) {
  const random = seededRandom(5);
  const count = 4000;
  const values = new Float32Array(count * 2);
  const labels = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const logit = 8 * (random() - 0.5);
    values[2 * index] = logit;
    labels[index] = random() < 1 / (1 + Math.exp(-logit / temperature)) ? 0 : 1;
  }
  return { values, labels, width: 2 };
}

describe('the temperature', () => {
  test.each([0.5, 1, 3])('is found again when it was %d', (temperature) => {
    expect(fitTemperature(drawn(temperature)) / temperature).toBeCloseTo(1, 0);
  });

  test('makes no other one better', () => {
    const rows = drawn(2);
    const best = negativeLogLikelihood(rows, fitTemperature(rows));
    for (const other of [0.1, 0.5, 1, 1.8, 2.2, 5, 15])
      expect(negativeLogLikelihood(rows, other)).toBeGreaterThanOrEqual(best - 1e-9);
  });

  test('is 1 when nothing is known', () => {
    expect(fitTemperature({ values: new Float32Array(0), labels: [], width: 2 })).toBe(1);
  });
});

describe('the calibration error', () => {
  test.each([
    [[], 0],
    [[{ probability: 1, outcome: 1 }], 0],
    [[{ probability: 1, outcome: 0 }], 1],
    [
      [
        { probability: 0.75, outcome: 1 },
        { probability: 0.75, outcome: 0 },
      ],
      0.25,
    ],
    // Two bins, each off by 0.1 in a direction of its own: they do not make up for each other.
    [
      [
        { probability: 0.1, outcome: 0 },
        { probability: 0.9, outcome: 1 },
      ],
      0.1,
    ],
  ])('of %j is %d', (forecasts, error) => {
    expect(calibrationError(forecasts)).toBeCloseTo(error, 9);
  });

  test('and the Brier score stay within 0 and 1', () => {
    const forecast = fc.record({
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      outcome: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(fc.array(forecast), (forecasts) => {
        for (const figure of [calibrationError(forecasts), brierScore(forecasts)]) {
          expect(figure).toBeGreaterThanOrEqual(0);
          expect(figure).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });

  test('the Brier score is the mean squared distance', () => {
    expect(brierScore([{ probability: 0.5, outcome: 1 }])).toBe(0.25);
    expect(brierScore([])).toBe(0);
  });
});
