import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

function rowsOf<T>(name: string): T[] {
  const text = readFileSync(new URL(`../../fixtures/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

describe('what the cache is evaluated on', () => {
  const traps = rowsOf<{ a: string; b: string; same: number; kind: string }>('cache-traps');
  const entries = rowsOf<{ ask: string }>('unrelated-asks').map(({ ask }) => ask);

  test('ten kinds of difference, each as often real as only apparent', () => {
    expect(traps.length).toBeGreaterThanOrEqual(400);
    const kinds = new Map<string, typeof traps>();
    for (const row of traps) kinds.set(row.kind, [...(kinds.get(row.kind) ?? []), row]);
    expect(kinds.size).toBe(10);
    for (const rows of kinds.values()) {
      const same = rows.filter((row) => row.same === 1).length;
      expect(Math.min(same, rows.length - same)).toBeGreaterThanOrEqual(22);
    }
  });

  test('no pair comes twice, and none is equal', () => {
    expect(new Set(traps.map(({ a, b }) => JSON.stringify([a, b].toSorted()))).size).toBe(traps.length);
    expect(traps.filter(({ a, b }) => a === b)).toEqual([]);
  });

  test('more than a thousand entries, none of which the pairs ask for', () => {
    expect(new Set(entries).size).toBe(entries.length);
    expect(entries.length).toBeGreaterThan(1000);
    const asked = new Set(traps.flatMap(({ a, b }) => [a.toLowerCase(), b.toLowerCase()]));
    expect(entries.filter((ask) => asked.has(ask.toLowerCase()))).toEqual([]);
  });
});
