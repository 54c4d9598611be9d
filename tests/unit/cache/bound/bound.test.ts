import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createErrorBound, type ErrorBound } from '../../../../src/cache/bound.js';
import { seededRandom } from '../../../../src/lib/random.js';
import { simulate, type World } from './simulated.js';

const curve = (similarity: number, threshold: number, slope: number) =>
  1 / (1 + Math.exp(-slope * (similarity - threshold)));

/** Each entry has a threshold and a slope of its own, as in the vCache paper. */
const OWN_CURVES: World<{ threshold: number; slope: number }> = {
  entry: (random) => ({ threshold: 0.72 + 0.2 * random(), slope: 40 + 60 * random() }),
  right: ({ threshold, slope }, similarity) => curve(similarity, threshold, slope),
};
const GOOD: World<null> = { entry: () => null, right: () => 0.998 };
const BAD: World<null> = { entry: () => null, right: () => 0.9 };
/** Similarity says nothing: half of the entries are right for everybody, the rest seldom. */
const BY_ENTRY: World<boolean> = { entry: (random) => random() < 0.5, right: (good) => (good ? 1 : 0.3) };
/** The nearer, the worse. */
const UPSIDE_DOWN: World<null> = {
  entry: () => null,
  right: (_, similarity) => (similarity > 0.85 ? 0.5 : 0.999),
};
const SEEDS = [1, 2, 3];

/** The promise is one of a mean; what one run adds by chance is in the margin. */
function errorOf<E>(world: World<E>, maxErrorRate: number): number {
  const runs = SEEDS.map((seed) => simulate(world, { maxErrorRate, seed }));
  const served = runs.reduce((sum, run) => sum + run.served, 0);
  return served === 0 ? 0 : runs.reduce((sum, run) => sum + run.wrong, 0) / served;
}

describe('of what is served, no larger share is wrong than allowed', () => {
  const worlds = { OWN_CURVES, GOOD, BAD, BY_ENTRY, UPSIDE_DOWN } as Record<string, World<unknown>>;
  test.each(Object.keys(worlds))('%s', (name) => {
    const world = worlds[name] as World<unknown>;
    for (const maxErrorRate of [0.02, 0.05]) {
      expect(errorOf(world, maxErrorRate)).toBeLessThanOrEqual(maxErrorRate);
    }
  });

  test('where nothing is good enough, next to nothing is served', () => {
    for (const seed of SEEDS) {
      const { served, requests } = simulate(BAD, { maxErrorRate: 0.01, seed });
      expect(served / requests).toBeLessThan(0.02);
    }
  });

  test('a world that turns wrong over night is noticed', () => {
    const world: World<null> = { entry: () => null, right: (_, __, at) => (at > 0.5 ? 0.5 : 0.999) };
    for (const seed of SEEDS) {
      const run = simulate(world, { maxErrorRate: 0.02, seed, requests: 8000 });
      expect(run.early).toBeGreaterThan(0.7);
      expect(run.late).toBeLessThan(0.05);
    }
  });
});

test('the hit rate rises with what is learnt', () => {
  for (const world of [OWN_CURVES, GOOD, BY_ENTRY, UPSIDE_DOWN] as World<unknown>[]) {
    const runs = SEEDS.map((seed) => simulate(world, { maxErrorRate: 0.05, seed }));
    const early = runs.reduce((sum, run) => sum + run.early, 0);
    const late = runs.reduce((sum, run) => sum + run.late, 0);
    expect(late).toBeGreaterThan(early);
    expect(late / SEEDS.length).toBeGreaterThan(0.1);
  }
});

function taught(options: { right: number; verifySampleRate?: number }): ErrorBound {
  const bound = createErrorBound({
    maxErrorRate: 0.05,
    verifySampleRate: options.verifySampleRate ?? 0,
    random: seededRandom(9),
  });
  for (let turn = 0; turn < options.right; turn += 1) {
    bound.observe('a', bound.decide('a', { similarity: 0.95 }).basis, true);
  }
  return bound;
}

/** Few of the decisions of a bound that is new to serving serve, since it checks itself at first. */
function serves(bound: ErrorBound, entryId: string, similarity = 0.95): boolean {
  return Array.from({ length: 200 }, () => bound.decide(entryId, { similarity })).some(
    ({ action }) => action === 'serve',
  );
}

describe('one entry', () => {
  test('is explored until enough is known', () => {
    expect(serves(taught({ right: 10 }), 'a')).toBe(false);
    expect(taught({ right: 10 }).servedFrom()).toBeGreaterThan(1);
    expect(serves(taught({ right: 200 }), 'a')).toBe(true);
    expect(taught({ right: 200 }).servedFrom()).toBeLessThanOrEqual(1);
  });

  test('loses what it earned when it turns out wrong, and others keep more of it', () => {
    const bound = taught({ right: 200 });
    const before = bound.decide('a', { similarity: 0.95 }).probability;
    for (let turn = 0; turn < 5; turn += 1) {
      bound.observe('a', bound.decide('a', { similarity: 0.95 }).basis, false);
    }
    const after = bound.decide('a', { similarity: 0.95 }).probability;
    expect(after).toBeLessThan(before);
    expect(after).toBeLessThan(bound.decide('b', { similarity: 0.95 }).probability);
  });

  test('shares what it earned with the entries that hold the same answer', () => {
    const bound = taught({ right: 200 });
    const alone = bound.decide('b', { similarity: 0.9 }).probability;
    bound.join('a', 'b');
    expect(bound.sameFamily('a', 'b')).toBe(true);
    expect(bound.sameFamily('a', 'c')).toBe(false);
    expect(bound.sameFamily('c', 'c')).toBe(true);
    expect(bound.decide('b', { similarity: 0.9 }).probability).toBeGreaterThan(alone);
    bound.forget('b');
    expect(bound.decide('b', { similarity: 0.9 }).probability).toBeCloseTo(alone, 10);
    expect(bound.sameFamily('a', 'b')).toBe(false);
  });

  test('that is sure enough is checked at the rate that was asked for, and always after a surprise', () => {
    const bound = taught({ right: 400, verifySampleRate: 0.25 });
    for (let turn = 0; turn < 200; turn += 1) bound.decide('a', { similarity: 0.95 });
    const actions = Array.from({ length: 1000 }, () => bound.decide('a', { similarity: 0.95 }));
    const checked = actions.filter(({ action }) => action === 'verify-sample');
    expect(checked.length / actions.length).toBeGreaterThan(0.2);
    expect(checked.length / actions.length).toBeLessThan(0.3);
    expect(new Set(actions.map(({ checkRate }) => checkRate))).toEqual(new Set([0.25]));
    // A surprise makes it look again.
    bound.observe('a', bound.decide('a', { similarity: 0.95 }).basis, false);
    expect(bound.decide('b', { similarity: 0.999 })).toMatchObject({ action: 'verify-sample', checkRate: 1 });
  });
});

test("a judge's score and the lead over a rival count once they prove right", () => {
  const bound = taught({ right: 0 });
  const random = seededRandom(3);
  for (let turn = 0; turn < 500; turn += 1) {
    const same = random() < 0.5;
    const evidence = { similarity: 0.9, score: same ? 0.9 : 0.1, rival: same ? 0.7 : 0.89 };
    bound.observe(`e${turn}`, bound.decide(`e${turn}`, evidence).basis, same);
  }
  const at = (score: number, rival: number) => bound.decide('new', { similarity: 0.9, score, rival });
  expect(at(0.9, 0.7).probability).toBeGreaterThan(0.95);
  expect(at(0.1, 0.89).probability).toBeLessThan(0.05);
  expect(at(0.9, 0.89).probability).toBeLessThan(at(0.9, 0.7).probability);
});

test('comes back from a snapshot as it was, through JSON', () => {
  const bound = taught({ right: 200 });
  bound.join('a', 'b');
  const copy = createErrorBound({ maxErrorRate: 0.05, verifySampleRate: 0, random: seededRandom(9) });
  copy.observe('other', copy.decide('other', { similarity: 0.9 }).basis, false);
  copy.restore(JSON.parse(JSON.stringify(bound.snapshot())));
  for (const id of ['a', 'b', 'c']) {
    const { probability } = copy.decide(id, { similarity: 0.93, score: 0.6 });
    expect(probability).toBeCloseTo(bound.decide(id, { similarity: 0.93, score: 0.6 }).probability, 12);
  }
  expect(copy.servedFrom()).toBe(bound.servedFrom());
  expect(copy.decide('other', { similarity: 0.9 }).probability).toBe(
    copy.decide('unknown', { similarity: 0.9 }).probability,
  );
});

test('no evidence, however odd, makes a number that is none', () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, 1, 0, -1, 2, Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, fc.option(number, { nil: undefined }), number, fc.boolean()), {
        maxLength: 60,
      }),
      (rows) => {
        const bound = createErrorBound({ maxErrorRate: 0.1, verifySampleRate: 0, random: () => 0.5 });
        for (const [similarity, score, rival, right] of rows) {
          const { basis, probability } = bound.decide('a', { similarity, score, rival });
          expect(probability).toBeGreaterThanOrEqual(0);
          expect(probability).toBeLessThanOrEqual(1);
          bound.observe('a', basis, right);
        }
      },
    ),
    { numRuns: 50 },
  );
});
