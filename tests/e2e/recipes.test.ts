import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { askAll, type DemoReport } from '../../src/cli/demo-once.js';
import { type DemoStack, startDemoStack } from '../../src/cli/demo-stack.js';
import { openRecipe, recipeNames } from '../../src/cli/recipes.js';
import { ensureBuilt } from '../support/built.js';
import { envoyForTests } from '../support/envoy-binary.js';

const silent = (): void => undefined;
/** Thousands of tokens would be a line that nobody reads, and a second of the guard's time. */
const UNTRIED: readonly string[] = ['whole-files'];

beforeAll(ensureBuilt, 120_000);

// What the recipes say of themselves, held against a real Envoy, the shipped models and simulators that answer at once.
describe.each([
  // Routine questions and look-ups stay small; whatever is complex, ambiguous or angry does not.
  { name: 'customer-service', small: 'support-small', smallShare: [0.5, 0.75], cacheShare: 0.15 },
  // Most coding help is answered at once; design and debugging are escalated.
  { name: 'code-assistant', small: 'coder-small', smallShare: [0.5, 0.75], cacheShare: 0.1 },
  // Departments share answers.
  { name: 'enterprise-knowledge-base', small: 'knowledge-small', smallShare: [0.5, 0.75], cacheShare: 0.25 },
])('recipe $name', ({ name, small, smallShare, cacheShare }) => {
  const recipe = openRecipe(name);
  let stack: DemoStack;
  let report: DemoReport;

  beforeAll(async () => {
    const envoy = await envoyForTests();
    const { signal } = new AbortController();
    stack = await startDemoStack({ recipe, envoy, port: 0, instant: true, log: silent, signal });
    report = await askAll(stack, recipe.questions, silent);
  }, 120_000);
  afterAll(() => stack?.stop());

  test('sends every example where it says, and answers from the cache what it says', () => {
    const wrong = report.rows
      .filter(({ deviations }) => deviations.length > 0)
      .map(({ question, deviations }) => ({ prompt: question.prompt, deviations }));
    expect(wrong).toEqual([]);
    expect(report.summary.wrong_hits).toBe(0);
    expect(report.good).toBe(true);
  });

  test('keeps to its shares', () => {
    const { asked, from_cache: fromCache } = report.summary;
    const asks = Object.values(asked).reduce((sum, count) => sum + count, 0);
    const share = (asked[small] ?? 0) / asks;
    expect(share).toBeGreaterThanOrEqual(smallShare[0] ?? 1);
    expect(share).toBeLessThanOrEqual(smallShare[1] ?? 0);
    expect(fromCache / report.rows.length).toBeGreaterThanOrEqual(cacheShare);
  });

  test('shows each of its decisions, and near questions that must miss', () => {
    const decisions = new Set(report.rows.map(({ seen }) => seen.decision));
    const named = stack.config.decisions.map((decision) => decision.name);
    expect(named.filter((decision) => !decisions.has(decision) && !UNTRIED.includes(decision))).toEqual([]);
    expect(recipe.questions.length).toBeGreaterThanOrEqual(20);
    expect(recipe.questions.length).toBeLessThanOrEqual(40);
    expect(recipe.questions.filter(({ shows }) => shows.endsWith('must miss')).length).toBeGreaterThan(1);
  });
});

test('every recipe but the demonstration’s is replayed above', () => {
  expect(recipeNames().toSorted()).toEqual([
    'code-assistant',
    'customer-service',
    'demo',
    'enterprise-knowledge-base',
  ]);
});
