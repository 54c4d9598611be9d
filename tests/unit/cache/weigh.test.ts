import { expect, test } from '@jest/globals';
import { entryBytes } from '../../../src/cache/weigh.js';
import type { Json } from '../../../src/lib/json.js';

function weigh(ask: string, object: { [key: string]: Json }, vector?: Float32Array): number {
  const completion = { api: 'chat' as const, object, usage: undefined, finishReasons: [] };
  return entryBytes({ ask, vector, completion });
}

test('an entry weighs its text, its vector twice, and something for being there', () => {
  const empty = weigh('', {});
  expect(empty).toBeGreaterThan(0);
  expect(weigh('abc', {}) - empty).toBe(3);
  expect(weigh('äbc', {}) - empty).toBe(6);
  expect(weigh('', {}, new Float32Array(384)) - empty).toBe(2 * 4 * 384);
  expect(weigh('', { content: 'x'.repeat(1000) }) - empty).toBeGreaterThanOrEqual(1000);
  expect(weigh('', { list: [1, true, null, { deep: 'x'.repeat(50) }] }) - empty).toBeGreaterThan(100);
});

test('an answer may be as deep as it likes', () => {
  let deep: Json = 'end';
  for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
  expect(weigh('', { deep })).toBeGreaterThan(200_000);
});
