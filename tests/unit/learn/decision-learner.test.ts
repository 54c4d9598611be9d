import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { driftOf } from '../../../src/learn/bandit.js';
import { DecisionLearner, type LearningRule } from '../../../src/learn/decision-learner.js';
import { createExploreBudget } from '../../../src/learn/explore-budget.js';
import { seededRandom } from '../../../src/lib/random.js';

const RULE: LearningRule = { exploreMax: 0.05, minOutcomes: 30, halfLifeOutcomes: 200 };
const MODELS = ['large', 'small'];

function learnerOf(rule: Partial<LearningRule> = {}, seed = 1) {
  return new DecisionLearner({ ...RULE, ...rule }, MODELS, { random: seededRandom(seed), nowMs: 0 });
}

function teach(learner: DecisionLearner, scores: readonly number[], model = 'large'): void {
  for (const [at, score] of scores.entries())
    learner.learn({ id: `id-${at}`, atMs: at, model, score, expected: 0.8, weight: 1 });
}

/** A prompt on which the large model is expected to be better by one tenth, more or less. */
function simulate(learner: DecisionLearner, requests: number, truth: Readonly<Record<string, number>>) {
  const random = seededRandom(7);
  let large = 0;
  let explored = 0;
  for (let at = 0; at < requests; at++) {
    const expected = { large: 0.75 + 0.2 * random(), small: 0.65 + 0.2 * random() };
    const { corrections, drawn } = learner.ask();
    const believed = best(expected, corrections);
    const model = drawn === undefined ? believed : best(expected, drawn);
    learner.sent(model, model !== believed);
    if (model !== believed) explored++;
    if (model === 'large') large++;
    const quality = expected[model] + (truth[model] ?? 0);
    const score = random() < quality ? 1 : 0;
    learner.learn({ id: `r${at}`, atMs: at, model, score, expected: expected[model], weight: 1 });
  }
  return { large: large / requests, explored: explored / requests };
}

function best(expected: Readonly<Record<'large' | 'small', number>>, by: ReadonlyMap<string, number>) {
  const of = (model: 'large' | 'small') => expected[model] + (by.get(model) ?? 0);
  return of('large') >= of('small') ? 'large' : 'small';
}

describe('a budget of exploration', () => {
  test('holds in every stretch of requests, and from the first one on', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        fc.array(fc.boolean(), { maxLength: 300 }),
        (share, wanted) => {
          const budget = createExploreBudget(share);
          const explored = wanted.map((wants) => {
            const may = budget.request() && wants;
            if (may) budget.spend();
            return may ? 1 : 0;
          });
          const sums = [0];
          for (const one of explored) sums.push((sums.at(-1) ?? 0) + one);
          for (let from = 0; from < sums.length; from++) {
            for (let to = from + 1; to < sums.length; to++) {
              const held = (sums[to] ?? 0) - (sums[from] ?? 0);
              const most = from === 0 ? Math.floor(to * share) : Math.ceil((to - from) * share);
              if (held > most) return false;
            }
          }
          return true;
        },
      ),
      { numRuns: 30 },
    );
  });

  test('of nothing is never spent', () => {
    const budget = createExploreBudget(0);
    expect(Array.from({ length: 1000 }, () => budget.request())).not.toContain(true);
  });
});

describe('a decision that learns', () => {
  test('takes half of its traffic from a model that got worse by 20 points, within 500 outcomes', () => {
    const learner = learnerOf();
    const before = simulate(learner, 1000, {});
    expect(before.large).toBeGreaterThan(0.6);
    simulate(learner, 500, { large: -0.2 });
    const after = simulate(learner, 500, { large: -0.2 });
    expect(after.large).toBeLessThan(before.large / 2);
    expect(after.explored).toBeLessThanOrEqual(RULE.exploreMax);
    const [large] = learner.report().models;
    expect(large?.drift).toMatchObject({ outside: true });
    expect(large?.explored).toBeGreaterThan(0);
  });

  test('gives it back once the model is well again', () => {
    const learner = learnerOf();
    simulate(learner, 1000, { large: -0.2 });
    simulate(learner, 1000, {});
    expect(simulate(learner, 500, {}).large).toBeGreaterThan(0.5);
  });

  test('believes what was expected until there are outcomes enough', () => {
    const learner = learnerOf({ minOutcomes: 3 });
    teach(learner, [0, 0]);
    expect(learner.ask().corrections.get('large')).toBe(0);
    teach(learner, [0]);
    expect(learner.ask().corrections.get('large')).toBeLessThan(-0.03);
    expect(learner.ask().corrections.get('small')).toBe(0);
  });

  test('takes for chance what chance may make', () => {
    const learner = learnerOf();
    const lucky = Array.from({ length: 100 }, (_, at) => (at % 50 < 41 ? 1 : 0));
    teach(learner, lucky);
    expect(learner.report().models[0]).toMatchObject({ quality: expect.any(Number), correction: 0 });
    teach(
      learner,
      Array.from({ length: 100 }, () => 0),
    );
    expect(learner.ask().corrections.get('large')).toBeLessThan(-0.3);
  });

  test('counts a sign for less than a judgement', () => {
    const [sign, judgement] = [learnerOf({ minOutcomes: 1 }), learnerOf({ minOutcomes: 1 })];
    for (const [learner, weight] of [
      [sign, 0.5],
      [judgement, 1],
    ] as const) {
      for (let at = 0; at < 10; at++)
        learner.learn({ id: `id-${at}`, atMs: 0, model: 'large', score: 0, expected: 0.8, weight });
    }
    const of = (learner: DecisionLearner) => learner.ask().corrections.get('large') ?? 0;
    expect(of(sign)).toBeLessThan(0);
    expect(of(judgement)).toBeLessThan(of(sign));
  });

  test('rolls back to exactly what it knew, and goes on from there as it would have', () => {
    const scores = fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(scores, scores, (later, again) => {
        const once = learnerOf();
        const first = Array.from({ length: 50 }, (_, at) => (at % 3 === 0 ? 0 : 1));
        teach(once, first);
        const kept = once.snapshot();
        teach(once, later);
        expect(once.rollBack(1, 9)).toBe(true);
        expect(once.snapshot()).toEqual(kept);
        teach(once, again);
        const straight = learnerOf();
        teach(straight, first);
        teach(straight, again);
        expect(once.snapshot()).toEqual(straight.snapshot());
      }),
      { numRuns: 20 },
    );
  });

  test('keeps a bounded trail of what changed, by which outcomes', () => {
    const learner = learnerOf();
    teach(
      learner,
      Array.from({ length: 50 }, () => 0),
    );
    expect(learner.rollBack(7, 60)).toBe(false);
    expect(learner.rollBack(0, 60)).toBe(true);
    const { changes } = learner.report();
    expect(changes).toEqual([
      expect.objectContaining({ kind: 'learnt', version: 1, atMs: 49, ids: ['id-0', 'id-49'] }),
      expect.objectContaining({ kind: 'rolled-back', version: 0, atMs: 60 }),
    ]);
    expect(changes[0]?.models[0]).toMatchObject({ model: 'large', outcomes: 50, before: 0 });
    expect(changes[1]?.models[0]?.before).toBe(changes[0]?.models[0]?.after);
    teach(
      learner,
      Array.from({ length: 50 * 210 }, () => 1),
    );
    const report = learner.report();
    expect(report.changes).toHaveLength(200);
    expect(report.versions).toHaveLength(50);
    expect(report.versions[0]).toEqual({ version: 0, atMs: 0, outcomes: 0 });
    expect(report.versions.at(-1)?.version).toBe(211);
  });

  test('says nothing of a drift where nothing was expected, or too little is known', () => {
    const learner = learnerOf();
    expect(learner.report().models[0]).toMatchObject({ quality: undefined, drift: undefined });
    teach(learner, [1]);
    expect(learner.report().models[0]).toMatchObject({ quality: 1, expected: 0.8, drift: undefined });
    const arm = learner.snapshot().arms.get('large');
    expect(arm && driftOf(arm, 1)).toMatchObject({ outside: false });
    learner.learn({ id: 'x', atMs: 0, model: 'small', score: 1, expected: undefined, weight: 1 });
    const stranger = learner.snapshot().arms.get('small');
    expect(stranger && driftOf(stranger, 1)).toBeUndefined();
    expect(learner.report().models[1]).toMatchObject({ quality: 1, expected: undefined });
  });

  test('counts nothing of a model that it does not know', () => {
    const learner = learnerOf();
    learner.ask();
    learner.sent('stranger', false);
    expect(learner.report().models.map(({ requests }) => requests)).toEqual([0, 0]);
  });
});

describe('signs', () => {
  /** Of these answers so many of each hundred get a complaint. */
  function hear(learner: DecisionLearner, complaints: Readonly<Record<string, number>>, answers = 300): void {
    const random = seededRandom(3);
    for (let at = 0; at < answers; at++) {
      const model = at % 4 === 0 ? 'small' : 'large';
      const score = 100 * random() < (complaints[model] ?? 0) ? 0 : 1;
      learner.learnSign('reask', { id: `s${at}`, atMs: at, model, score, expected: 0.8, weight: 0.2 });
    }
  }
  const corrections = (learner: DecisionLearner) => learner.ask().corrections;

  test('are measured by how usual they are, not by what an answer is expected to be worth', () => {
    for (const usual of [2, 50, 90]) {
      const learner = learnerOf();
      hear(learner, { small: usual, large: usual });
      expect(corrections(learner)).toEqual(
        new Map([
          ['large', 0],
          ['small', 0],
        ]),
      );
      expect(learner.report().models[0]?.quality).toBeCloseTo(0.8, 1);
    }
  });

  test('blame the model that gets more of them than the others', () => {
    const learner = learnerOf();
    hear(learner, { small: 5, large: 5 });
    hear(learner, { small: 5, large: 45 });
    expect(corrections(learner).get('large')).toBeLessThan(-0.05);
    expect(corrections(learner).get('small')).toBeGreaterThanOrEqual(0);
    expect(learner.report().models[0]).toMatchObject({ drift: { outside: true } });
  });

  test('teach nothing before their scale is known, and keep a scale for each kind', () => {
    const learner = learnerOf();
    hear(learner, { small: 50, large: 50 }, 20);
    expect(learner.report().outcomes).toBe(0);
    hear(learner, { small: 50, large: 50 }, 1);
    expect(learner.report().outcomes).toBe(1);
    const other = { id: 'o', atMs: 0, model: 'large', score: 0, expected: undefined, weight: 0.3 };
    learner.learnSign('feedback', other);
    expect(learner.report().outcomes).toBe(1);
  });

  test('fade what is known by as much as they count', () => {
    const of = (weight: number, times: number) => {
      const learner = learnerOf();
      teach(learner, [0]);
      for (let at = 0; at < times; at++)
        learner.learn({ id: 'f', atMs: 0, model: 'small', score: 1, expected: 0.8, weight });
      return learner.snapshot().arms.get('large')?.weight;
    };
    expect(of(0.2, 50)).toBeCloseTo(of(1, 10) ?? 0, 9);
  });
});
