import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { openConfig } from '../../../src/cli/config-option.js';
import { poolsOf } from '../../../src/cli/demo-pools.js';
import { DEMO_QUESTIONS } from '../../../src/cli/demo-questions.js';
import { packagePath } from '../../../src/cli/package-path.js';
import { openRecipe, recipeNames } from '../../../src/cli/recipes.js';
import { configWarnings } from '../../../src/config/warnings.js';

const RECIPES = recipeNames().filter((name) => name !== 'demo');

describe('recipes', () => {
  test.each(RECIPES)('%s has a good policy, a page, and examples that name its models', (name) => {
    const recipe = openRecipe(name);
    const config = openConfig(recipe.policy);
    expect(configWarnings(config)).toEqual([]);
    expect(existsSync(packagePath(`recipes/${name}/README.md`))).toBe(true);
    const models = config.models.map((model) => model.name);
    const decisions = ['default', ...config.decisions.map((decision) => decision.name)];
    for (const { expected } of recipe.questions) {
      if (expected.model !== undefined) expect(models).toContain(expected.model);
      expect(decisions).toContain(expected.decision);
    }
  });

  test('the demonstration asks the questions of the article', () => {
    expect(openRecipe('demo').questions).toBe(DEMO_QUESTIONS);
  });

  test.each(['nope', '../recipes/demo', '', '.'])('there is none called "%s"', (name) => {
    expect(() => openRecipe(name)).toThrow(
      'Choose one of: code-assistant, customer-service, demo, enterprise-knowledge-base.',
    );
  });
});

describe('the simulated pools of a recipe', () => {
  const { models } = openConfig(openRecipe('code-assistant').policy);

  test('are as slow as their models are large, and stand where the policy says', () => {
    const [small, large] = poolsOf({ models }, false);
    expect([small?.port, large?.port]).toEqual([9101, 9102]);
    expect(small?.ttftMs ?? 0).toBeLessThan(large?.ttftMs ?? 0);
    expect(small?.tokensPerSecond ?? 0).toBeGreaterThan(large?.tokensPerSecond ?? 0);
  });

  test('answer at once where nobody watches', () => {
    for (const pool of poolsOf({ models }, true)) {
      expect(pool).toMatchObject({ aliases: ['auto'], ttftMs: 0, tokensPerSecond: 0 });
    }
  });

  test('keep the pace of the article in the demonstration', () => {
    const demo = openConfig(openRecipe('demo').policy);
    expect(poolsOf(demo, false).map(({ name, tokensPerSecond }) => [name, tokensPerSecond])).toEqual([
      ['small-general', 25],
      ['large-reasoning', 40],
      ['coder', 80],
    ]);
  });
});
