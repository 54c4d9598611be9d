import { describe, expect, test } from '@jest/globals';
import { chooseHit } from '../../../src/cache/choose.js';
import type { CacheEntry, Neighbour } from '../../../src/cache/contract.js';
import type { PairJudge } from '../../../src/cache/pair-judge.js';
import type { JsonObject } from '../../../src/lib/json.js';
import { SextantError } from '../../../src/lib/sextant-error.js';

function neighbour(ask: string, similarity: number, object: JsonObject | string = ask): Neighbour {
  const answer = typeof object === 'string' ? { choices: [{ message: { content: object } }] } : object;
  const entry: CacheEntry = {
    id: ask,
    partition: 'p',
    tenant: 't',
    pinned: false,
    exactKey: ask,
    ask,
    vector: undefined,
    completion: { api: 'chat', object: answer, usage: undefined, finishReasons: ['stop'] },
    model: 'm',
    decision: 'd',
    createdAtMs: 0,
    expiresAtMs: 1,
    bytes: 1,
  };
  return { entry, similarity };
}

const ASK = 'What are the main renewable energy sources?';
const REWORDED = 'Which are the most important renewable energy sources?';
const NEGATED = 'What are the main non-renewable energy sources?';
const choose = (neighbours: readonly Neighbour[], ask = ASK) =>
  chooseHit({ ask, neighbours, threshold: 0.8 });

describe('chooseHit', () => {
  test('serves the nearest that the verification lets through', async () => {
    const near = neighbour(REWORDED, 0.94);
    expect(await choose([near])).toEqual({ hit: near, nearest: 0.94, reason: 'verified' });
  });

  test('passes over one that it does not, to a next one that is near enough', async () => {
    const near = neighbour(REWORDED, 0.9);
    expect(await choose([neighbour(NEGATED, 0.93), near])).toEqual({
      hit: near,
      nearest: 0.93,
      reason: 'verified',
    });
    const far = neighbour(REWORDED, 0.79);
    expect(await choose([neighbour(NEGATED, 0.93), far])).toEqual({
      hit: undefined,
      nearest: 0.93,
      reason: 'negation',
    });
  });

  test('serves nothing from below the threshold, from nothing, or by a similarity that is no number', async () => {
    expect(await choose([])).toEqual({ hit: undefined, nearest: undefined, reason: 'empty' });
    expect(await choose([neighbour(ASK, 0.7999)])).toEqual({
      hit: undefined,
      nearest: 0.7999,
      reason: 'similarity',
    });
    expect((await choose([neighbour(ASK, Number.NaN)])).hit).toBeUndefined();
    expect((await choose([neighbour(ASK, 0.8)])).hit).toBeDefined();
  });

  // Both stored questions pass for the asked one, yet they deny one another.
  const vague = 'I want to reset it, so how does a full reset of my phone or my tablet work?';
  const one = 'How do I reset my phone?';
  const other = 'How do I reset my tablet?';

  test('serves nothing when two are as near, deny one another, and answer differently', async () => {
    const pair = [neighbour(one, 0.95, 'A'), neighbour(other, 0.94, 'B')];
    expect((await choose(pair.slice(0, 1), vague)).hit).toBeDefined();
    expect((await choose(pair.slice(1), vague)).hit).toBeDefined();
    expect(await choose(pair, vague)).toEqual({ hit: undefined, nearest: 0.95, reason: 'ambiguous' });
  });

  test('two that answer alike, or one that is clearly nearer, are not ambiguous', async () => {
    expect((await choose([neighbour(one, 0.95, 'A'), neighbour(other, 0.94, 'A')], vague)).hit).toBeDefined();
    expect((await choose([neighbour(one, 0.95, 'A'), neighbour(other, 0.92, 'B')], vague)).hit).toBeDefined();
    expect((await choose([neighbour(one, 0.95, {}), neighbour(other, 0.94, {})], vague)).hit).toBeDefined();
    const texts = [{ choices: [{ text: 'A' }] }, { choices: [{ text: 'B' }] }] as const;
    expect(
      (await choose([neighbour(one, 0.95, texts[0]), neighbour(other, 0.94, texts[1])], vague)).reason,
    ).toBe('ambiguous');
  });

  test('unlike answers to one question in other words are no contradiction', async () => {
    const near = neighbour(REWORDED, 0.95, 'Sun, wind.');
    const other = neighbour('What are the primary sources of renewable energy?', 0.945, 'Wind, sun.');
    expect((await choose([near, other])).hit).toBe(near);
  });
});

/** Knows its probabilities by the stored question, and keeps book of what it was asked. */
function judgeOf(probabilities: Record<string, number>) {
  const asked: string[][] = [];
  const judge: PairJudge = {
    hash: 'h',
    accept: 0.9,
    reject: 0.2,
    judge: async (_, stored, deadlineMs) => {
      asked.push([...stored]);
      if (deadlineMs <= 0) throw new SextantError('deadline_exceeded', 'late');
      return stored.map((text) => probabilities[text] ?? 0);
    },
  };
  return { judge, asked };
}

describe('chooseHit with a judge of pairs', () => {
  const BOLD = 'Name the most important kinds of green power';
  const SUSPECT = 'What are the main renewable energy myths?';
  const ask = (neighbours: readonly Neighbour[], judge: PairJudge, deadlineMs = 100) =>
    chooseHit({ ask: ASK, neighbours, threshold: 0.8, judging: { judge, threshold: 0.6, deadlineMs } });

  test('serves what the judge is sure of, below the other threshold and against a suspicion', async () => {
    const bold = neighbour(BOLD, 0.62);
    expect((await ask([bold], judgeOf({ [BOLD]: 0.9 }).judge)).hit).toBe(bold);
    const suspect = neighbour(SUSPECT, 0.9);
    expect(await choose([suspect])).toMatchObject({ hit: undefined, reason: 'wording' });
    expect((await ask([suspect], judgeOf({ [SUSPECT]: 0.95 }).judge)).hit).toBe(suspect);
  });

  test('asks nothing about a certain difference, an equal text, or what lies too far', async () => {
    const { judge, asked } = judgeOf({ [NEGATED]: 1 });
    expect(await ask([neighbour(NEGATED, 0.95)], judge)).toMatchObject({
      hit: undefined,
      reason: 'negation',
    });
    const same = neighbour(` ${ASK} `, 0.99);
    expect((await ask([same], judge)).hit).toBe(same);
    expect(await ask([neighbour(BOLD, 0.59)], judge)).toMatchObject({ hit: undefined, reason: 'similarity' });
    expect(asked).toEqual([]);
  });

  test('between sure and refused, checks and similarity decide', async () => {
    const doubtful = (text: string, similarity: number, probability: number) =>
      ask([neighbour(text, similarity)], judgeOf({ [text]: probability }).judge);
    expect((await doubtful(REWORDED, 0.85, 0.5)).hit).toBeDefined();
    expect(await doubtful(REWORDED, 0.79, 0.5)).toMatchObject({ hit: undefined, reason: 'judged' });
    expect(await doubtful(REWORDED, 0.85, 0.19)).toMatchObject({ hit: undefined, reason: 'judged' });
    expect(await doubtful(SUSPECT, 0.85, 0.5)).toMatchObject({ hit: undefined, reason: 'judged' });
  });

  test('serves the one it is surest of, and looks at three at most, all at once', async () => {
    const texts = [BOLD, REWORDED, SUSPECT, 'What are the primary sources of renewable energy?'];
    const { judge, asked } = judgeOf({ [BOLD]: 0.91, [REWORDED]: 0.99, [SUSPECT]: 0.1 });
    const near = texts.map((text, index) => neighbour(text, 0.9 - index / 100));
    expect((await ask(near, judge)).hit).toBe(near[1]);
    expect(asked).toEqual([texts.slice(0, 3)]);
  });

  test('two that it is sure of, and that deny one another for certain, are ambiguous', async () => {
    const [two, three] = ['List two main green energy kinds', 'List three main green energy kinds'] as const;
    const sure = judgeOf({ [two]: 0.95, [three]: 0.95 }).judge;
    const choice = await chooseHit({
      ask: 'List two or three main green energy kinds',
      neighbours: [neighbour(two, 0.95), neighbour(three, 0.94)],
      threshold: 0.8,
      judging: { judge: sure, threshold: 0.6, deadlineMs: 100 },
    });
    expect(choice.hit).toBeUndefined();
  });

  test('a judge that fails serves nothing', async () => {
    const near = neighbour(REWORDED, 0.95);
    const { judge } = judgeOf({ [REWORDED]: 1 });
    expect(await ask([near], judge, 0)).toEqual({ hit: undefined, nearest: 0.95, reason: 'judge-failed' });
    const silent: PairJudge = { ...judge, judge: async () => [] };
    expect((await ask([near], silent)).hit).toBeUndefined();
  });
});
