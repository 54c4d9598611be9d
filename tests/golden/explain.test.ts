import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { explanationText } from '../../src/cli/explain-text.js';
import { explainOf } from '../../src/exchange/explain.js';
import { type ExplainCase, explainCases, type World } from '../support/explain-cases.js';

const FOLDER = fileURLToPath(new URL('explanations', import.meta.url));
/** `SEXTANT_GOLDEN=write` writes what is said now in place of what is expected, to be read before it is committed. */
const WRITES = process.env['SEXTANT_GOLDEN'] === 'write';

/** Explains in a world whose clock goes half a millisecond further each time it is looked at. */
async function explained({ world, request, headers = {}, showPrompts = false }: ExplainCase) {
  const { service } = await world();
  let monotonicMs = 0;
  const clock = {
    nowMs: () => service.clock.nowMs(),
    monotonicMs: () => {
      monotonicMs += 0.5;
      return monotonicMs;
    },
  };
  const known = new Map(Object.entries({ authorization: 'Bearer test-token', ...headers }));
  return explainOf({ ...service, clock })({ request, headers: known, showPrompts });
}

const cases: readonly (readonly [string, ExplainCase])[] = Object.entries(explainCases());

describe('golden explanations', () => {
  test.each(cases)('%s', async (name, each) => {
    const text = `${explanationText(await explained(each))}\n`;
    const path = join(FOLDER, `${name}.txt`);
    if (WRITES) writeFileSync(path, text);
    expect(existsSync(path)).toBe(true);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  test('each file belongs to a case', () => {
    const files = readdirSync(FOLDER).map((file) => file.replace('.txt', ''));
    expect(files.toSorted()).toEqual(cases.map(([name]) => name).toSorted());
  });

  test('hold no text of the request, as JSON neither', async () => {
    for (const [, each] of cases) {
      const { showPrompts, secretText } = each;
      const json = JSON.stringify(await explained(each));
      if (showPrompts !== true && secretText !== undefined) expect(json).not.toContain(secretText);
    }
  });

  test('leave nothing behind', async () => {
    const world: World = await explainCases()['routed'].world();
    await explained({ ...explainCases()['routed'], world: async () => world });
    expect(world.store.stats().entries).toBe(0);
    expect(world.records).toEqual([]);
  });
});
