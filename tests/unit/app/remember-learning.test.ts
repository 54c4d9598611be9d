import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { rememberLearning } from '../../../src/app/remember-learning.js';
import { DecisionLearner } from '../../../src/learn/decision-learner.js';
import { HARD, LARGE, SMALL } from '../../support/exchange-service.js';

const folder = mkdtempSync(join(tmpdir(), 'sextant-learnt-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RULE = { exploreMax: 0.05, minOutcomes: 1, halfLifeOutcomes: 200 };
const MODELS = ['large', 'small'];
const DECISIONS = [{ ...HARD, action: { kind: 'route' as const, models: MODELS } }];

let path: string;
let tests = 0;
let warnings: string[];
beforeEach(() => {
  path = join(folder, `deeper${tests++}`, 'learnt.jsonl');
  warnings = [];
});

function learner(): DecisionLearner {
  return new DecisionLearner(RULE, MODELS, { random: () => 0.5, nowMs: 0 });
}

/** As a process does that starts. */
async function started(
  own: DecisionLearner,
  { quality = 0.8, decision = 'hard' }: { readonly quality?: number; readonly decision?: string } = {},
) {
  const models = [{ ...SMALL, quality }, LARGE];
  const logger = {
    info: () => undefined,
    warn: (_: object, message: string) => warnings.push(message),
    error: () => undefined,
  };
  const policies = new Map([['main', { models, choices: new Map() }]]);
  const decisions = DECISIONS.map((each) => ({ ...each, name: decision }));
  const parts = { learners: new Map([[decision, own]]), policies, logger };
  const file = await rememberLearning({ learningPath: path, decisions }, parts);
  if (file === undefined) throw new Error('nothing is kept');
  return file;
}

function teach(own: DecisionLearner, outcomes: number): void {
  for (let at = 0; at < outcomes; at++) {
    const model = at % 3 === 0 ? 'small' : 'large';
    own.ask();
    own.sent(model, at % 25 === 0);
    own.learn({
      id: `id-${at}`,
      atMs: at,
      model,
      score: at % 2,
      expected: at % 7 === 0 ? undefined : 0.8,
      weight: 1,
    });
    own.learnSign('reask', { id: `s-${at}`, atMs: at, model, score: at % 2, expected: 0.8, weight: 0.2 });
  }
}

test('what was learnt outlives the process, down to the last outcome, and can be rolled back', async () => {
  const before = learner();
  const file = await started(before);
  teach(before, 60);
  before.rollBack(1, 70);
  teach(before, 70);
  await file.close();
  const after = learner();
  await (await started(after)).close();
  expect(after.report()).toEqual(before.report());
  for (const each of [before, after]) teach(each, 30);
  expect(after.report()).toEqual(before.report());
  expect(after.rollBack(2, 99)).toBe(true);
  expect(warnings).toEqual([]);
});

test('the file is its owner’s alone, and holds no more than names, ids and numbers', async () => {
  const own = learner();
  const file = await started(own);
  await file.close();
  expect(existsSync(path)).toBe(false);
  teach(own, 3);
  await file.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  const words = new Set(readFileSync(path, 'utf8').match(/"(?:id|s)-\d+"/g));
  expect(words.size).toBe(3);
});

test('nothing is taken up of a decision that is gone, or beside other expectations', async () => {
  const before = learner();
  const file = await started(before);
  teach(before, 10);
  await file.close();
  for (const other of [{ quality: 0.9 }, { decision: 'soft' }]) {
    const after = learner();
    await (await started(after, other)).close();
    expect(after.report().outcomes).toBe(0);
  }
  expect(warnings).toHaveLength(2);
  expect(existsSync(path)).toBe(true);
});

test.each([
  ['cut off', (text: string) => text.slice(0, -40)],
  ['altered', (text: string) => text.replace('"outcomes":', '"outcomes": ')],
  ['no such file of ours', () => 'a shopping list\n'],
  ['empty', () => ''],
])('a file that is %s is put aside', async (_, harm) => {
  const before = learner();
  const file = await started(before);
  teach(before, 10);
  await file.close();
  const text = harm(readFileSync(path, 'utf8'));
  writeFileSync(path, text);
  const after = learner();
  const again = await started(after);
  expect(after.report().outcomes).toBe(0);
  expect(warnings).toEqual([expect.stringContaining('put aside')]);
  expect(readFileSync(`${path}.broken`, 'utf8')).toBe(text);
  teach(after, 2);
  await again.close();
  const third = learner();
  await started(third);
  expect(third.report().outcomes).toBe(2);
});

test('a file that cannot be read or written keeps nobody from serving', async () => {
  const own = learner();
  path = folder;
  const file = await started(own);
  teach(own, 1);
  await file.close();
  expect(warnings).toEqual([expect.stringContaining('read'), expect.stringContaining('written')]);
});

test('nothing is kept where no file is named, or nothing learns', async () => {
  const parts = { policies: new Map(), logger: { info() {}, warn() {}, error() {} } };
  const nowhere = { learningPath: undefined, decisions: DECISIONS };
  expect(
    await rememberLearning(nowhere, { ...parts, learners: new Map([['hard', learner()]]) }),
  ).toBeUndefined();
  const nothing = { learningPath: path, decisions: DECISIONS };
  expect(await rememberLearning(nothing, { ...parts, learners: new Map() })).toBeUndefined();
});
