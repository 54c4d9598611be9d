import { expect, test } from '@jest/globals';
import { compileDecisions } from '../../../src/decision/decide.js';
import { classify, type Readers, SignalBoard } from '../../../src/exchange/classify.js';
import type { RoutePolicy } from '../../../src/exchange/policy.js';
import { ok, type Result } from '../../../src/lib/result.js';
import type { SextantError } from '../../../src/lib/sextant-error.js';
import type { Embedding, Signal } from '../../../src/signals/contract.js';
import { harness } from '../../support/exchange-service.js';
import { HandTime } from '../../support/hand-timers.js';
import { embeddingOf, promptView } from '../../support/prompt-view.js';
import { has, route } from '../../support/rules.js';

/** Matches as soon as it sees an embedding. */
function near(name: string, change: Partial<Signal> = {}): Signal {
  return {
    name,
    cost: 'encoder',
    evaluate: (_view, embedding) =>
      embedding === undefined
        ? { state: 'unknown', reason: 'there is no embedding' }
        : { state: 'known', matched: true, score: 1, detail: 'seen' },
    ...change,
  };
}

function setUp(signals: readonly Signal[], guarded = false) {
  const base = harness().service.policyOf(undefined);
  if (base === undefined) throw new Error('there is no policy');
  const decisions = compileDecisions(signals.map(({ name }, index) => route(name, -index, has(name))));
  const policy: RoutePolicy = {
    ...base,
    guarded,
    signals: new Map(signals.map((signal) => [signal.name, signal])),
    decisions,
  };
  const time = new HandTime();
  let answer: (embedding: Result<Embedding, SextantError>) => void = () => undefined;
  const pass = new Promise<Result<Embedding, SextantError>>((resolve) => {
    answer = resolve;
  });
  const readers: Readers = {
    embed: () => pass,
    readWhole: () => Promise.reject(new Error('nobody reads here')),
    search: () => Promise.reject(new Error('nobody searches here')),
    timers: time,
  };
  const board = new SignalBoard(policy, promptView('hi'));
  return { board, time, answer, decided: classify(policy, decisions, board, readers) };
}

test('a signal with a deadline is unknown once that has passed', async () => {
  const { board, time, decided } = setUp([near('hasty', { deadlineMs: 20 })]);
  await time.pass(25);
  const outcome = await decided;
  expect(outcome.ok && outcome.value.decision).toBeUndefined();
  expect(board.values.get('hasty')).toEqual({ state: 'unknown', reason: 'it was not known within 20 ms' });
});

test('one that is in time is known, and others wait as long as they may', async () => {
  const { board, time, answer, decided } = setUp([
    near('hasty', { deadlineMs: 20 }),
    near('calm', { deadlineMs: 60 }),
    near('patient'),
  ]);
  await time.pass(30);
  answer(ok(embeddingOf([1])));
  const outcome = await decided;
  expect(outcome.ok && outcome.value.decision?.name).toBe('calm');
  expect(board.values.get('hasty')?.state).toBe('unknown');
});

test('on a guarded route lateness by its own deadline is no failure of the request', async () => {
  const { time, decided } = setUp([near('hasty', { deadlineMs: 20 })], true);
  await time.pass(25);
  expect((await decided).ok).toBe(true);
});

test('a signal that throws is unknown', async () => {
  const broken = near('broken', {
    cost: 'rule',
    evaluate: () => {
      throw new Error('a fault');
    },
  });
  const { board, decided } = setUp([broken]);
  expect((await decided).ok).toBe(true);
  expect(board.values.get('broken')).toEqual({ state: 'unknown', reason: 'it failed' });
});

test('what looks beyond the key of cached answers is told, if a rule asks for it', () => {
  const inner = near('inner', { cost: 'rule' });
  const who = near('who', {
    cost: 'rule',
    outsideKey: true,
    evaluate: () => ({ state: 'known', matched: true, score: 1, detail: 'staff' }),
  });
  const { board } = setUp([inner, who]);
  expect(board.beyondKey()).toEqual([['who', 'match']]);
});
