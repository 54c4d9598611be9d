import { describe, expect, test } from '@jest/globals';
import { chooseHit } from '../../../src/cache/choose.js';
import type { CacheEntry, Neighbour } from '../../../src/cache/contract.js';
import type { JsonObject } from '../../../src/lib/json.js';

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
  test('serves the nearest that the verification lets through', () => {
    const near = neighbour(REWORDED, 0.94);
    expect(choose([near])).toEqual({ hit: near, nearest: 0.94, reason: 'verified' });
  });

  test('passes over one that it does not, to a next one that is near enough', () => {
    const near = neighbour(REWORDED, 0.9);
    expect(choose([neighbour(NEGATED, 0.93), near])).toEqual({
      hit: near,
      nearest: 0.93,
      reason: 'verified',
    });
    const far = neighbour(REWORDED, 0.79);
    expect(choose([neighbour(NEGATED, 0.93), far])).toEqual({
      hit: undefined,
      nearest: 0.93,
      reason: 'negation',
    });
  });

  test('serves nothing from below the threshold, from nothing, or by a similarity that is no number', () => {
    expect(choose([])).toEqual({ hit: undefined, nearest: undefined, reason: 'empty' });
    expect(choose([neighbour(ASK, 0.7999)])).toEqual({
      hit: undefined,
      nearest: 0.7999,
      reason: 'similarity',
    });
    expect(choose([neighbour(ASK, Number.NaN)]).hit).toBeUndefined();
    expect(choose([neighbour(ASK, 0.8)]).hit).toBeDefined();
  });

  // Both stored questions pass for the asked one, yet they deny one another.
  const vague = 'I want to reset it, so how does a full reset of my phone or my tablet work?';
  const one = 'How do I reset my phone?';
  const other = 'How do I reset my tablet?';

  test('serves nothing when two are as near, deny one another, and answer differently', () => {
    const pair = [neighbour(one, 0.95, 'A'), neighbour(other, 0.94, 'B')];
    expect(choose(pair.slice(0, 1), vague).hit).toBeDefined();
    expect(choose(pair.slice(1), vague).hit).toBeDefined();
    expect(choose(pair, vague)).toEqual({ hit: undefined, nearest: 0.95, reason: 'ambiguous' });
  });

  test('two that answer alike, or one that is clearly nearer, are not ambiguous', () => {
    expect(choose([neighbour(one, 0.95, 'A'), neighbour(other, 0.94, 'A')], vague).hit).toBeDefined();
    expect(choose([neighbour(one, 0.95, 'A'), neighbour(other, 0.92, 'B')], vague).hit).toBeDefined();
    expect(choose([neighbour(one, 0.95, {}), neighbour(other, 0.94, {})], vague).hit).toBeDefined();
    const texts = [{ choices: [{ text: 'A' }] }, { choices: [{ text: 'B' }] }] as const;
    expect(choose([neighbour(one, 0.95, texts[0]), neighbour(other, 0.94, texts[1])], vague).reason).toBe(
      'ambiguous',
    );
  });

  test('unlike answers to one question in other words are no contradiction', () => {
    const near = neighbour(REWORDED, 0.95, 'Sun, wind.');
    expect(
      choose([near, neighbour('What are the primary sources of renewable energy?', 0.945, 'Wind, sun.')]).hit,
    ).toBe(near);
  });
});
