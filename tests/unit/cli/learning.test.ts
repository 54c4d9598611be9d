import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { learningPages } from '../../../src/admin/learning-pages.js';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';
import { learnOutcomes, type OutcomeLearning } from '../../../src/app/learn-outcomes.js';
import { HARD } from '../../support/exchange-service.js';
import { sextant } from '../../support/sextant.js';

// The first command of each kind loads what it needs.
jest.setTimeout(60_000);

const RULE = {
  exploreMax: 0.05,
  minOutcomes: 30,
  halfLifeOutcomes: 200,
  from: new Set(['outcomes'] as const),
};
const DECISION = { ...HARD, action: { kind: 'route' as const, models: ['large', 'small'] } };

let taught: OutcomeLearning;
let admin: AdminServer | undefined;
beforeEach(() => start(['hard']));
afterEach(() => admin?.close());

async function start(names: readonly string[]) {
  await admin?.close();
  const clock = { nowMs: () => Date.UTC(2026, 0, 2, 3, 4, 5), monotonicMs: () => 0 };
  const learnings = new Map(names.map((name) => [name, RULE]));
  const decisions = names.map((name) => ({ ...DECISION, name }));
  taught = learnOutcomes({ learnings, decisions }, { clock, random: () => 0.5 });
  admin = await startAdmin({
    ...{ address: '127.0.0.1', port: 0, ready: () => true, classify: async () => ({}) },
    metrics: { contentType: 'text/plain', text: async () => '' },
    routes: learningPages(taught.desk),
  });
}

function answer(count: number): void {
  for (let at = 0; at < count; at++) {
    const id = `id-${at}`;
    taught.learning?.ask('hard')?.sent({ id, model: 'large', expected: 0.8, explored: at === 20 });
    taught.desk.outcome(id, at % 2);
  }
}

const learning = (...args: readonly string[]) => sextant('learning', ...args, '--admin', admin?.url ?? '');

describe('sextant learning', () => {
  test('shows each model against what was expected of it, and what there is to go back to', async () => {
    answer(100);
    const { status, out } = await learning();
    expect(status).toBe(0);
    expect(out).toContain('hard: 100 outcomes, 100 requests, 1.0 % explored (at most 5.0 %)');
    expect(out).toMatch(
      /large +100 \(100\.0 %\) +1 +100 +0\.50\d +0\.800 +−0\.29\d +−0\.39\d to −0\.20\d +−0\.2\d+ +not as expected/,
    );
    expect(out).toMatch(/small +0 \(0\.0 %\) +0 +0 +– +– +– +\+0\.000\n/);
    expect(out).toContain('versions: 0 (0 outcomes, 2026-01-02T03:04:05Z), 1 (50 outcomes');
  });

  test('gives all of it as JSON', async () => {
    answer(2);
    const { out } = await learning('--json');
    expect(JSON.parse(out)).toMatchObject({
      decisions: { hard: { outcomes: 2, versions: [{ version: 0 }] } },
    });
  });

  test('rolls back, and says what cannot be', async () => {
    answer(60);
    const done = await learning('rollback', 'hard', '0');
    expect(done).toEqual({ status: 0, out: 'hard knows again what it knew at version 0', err: '' });
    expect(taught.desk.report().decisions['hard']).toMatchObject({ outcomes: 0 });
    const json = await learning('rollback', 'hard', '1', '--json');
    expect(JSON.parse(json.out)).toEqual({ decision: 'hard', version: 1 });
    expect(await learning('rollback', 'hard', '7')).toMatchObject({
      status: 1,
      err: expect.stringContaining('No such version is kept'),
    });
    expect(await learning('rollback', 'hard', 'all')).toMatchObject({ status: 2 });
  });

  test('keeps several decisions apart, and says where none learns', async () => {
    await start(['hard', 'harder']);
    expect((await learning()).out).toMatch(/hard: 0 outcomes[\s\S]*\n\nharder: 0 outcomes, 0 requests/);
    await start([]);
    expect((await learning()).out).toContain('No decision learns');
  });
});
