import { expect, test } from '@jest/globals';
import { Mixture } from '../../../../bench/mixture.js';
import { Background } from '../../../../src/adapters/memory/background.js';
import type { GraphLibrary } from '../../../../src/adapters/memory/graph.js';
import { createGrowingIndex } from '../../../../src/adapters/memory/growing-index.js';
import { seededRandom } from '../../../../src/lib/random.js';

interface Item {
  readonly key: number;
  readonly vector: Float32Array;
}

const DIMENSION = 64;
const load = (): Promise<GraphLibrary> => import('usearch');

class Scene {
  readonly background = new Background();
  readonly mixture = new Mixture({ dimension: DIMENSION, clouds: 40, random: seededRandom(7) });
  readonly items = new Map<number, Item>();
  private keys = 0;
  loads = 0;

  constructor(private readonly library: () => Promise<GraphLibrary | undefined> = load) {}

  readonly index = createGrowingIndex<Item>({
    dimension: DIMENSION,
    graphFrom: 200,
    library: () => {
      this.loads += 1;
      return this.library();
    },
    background: this.background,
    keyOf: ({ key }) => key,
    vectorOf: ({ vector }) => vector,
  });

  add(count: number): void {
    for (let added = 0; added < count; added += 1) {
      this.keys += 1;
      const item = { key: this.keys, vector: this.mixture.next() };
      this.items.set(item.key, item);
      this.index.add(item, item.vector);
    }
  }

  remove(count: number): void {
    for (const item of [...this.items.values()].slice(0, count)) {
      this.items.delete(item.key);
      this.index.remove(item);
    }
  }

  /** Lets the background go on for some turns of the event loop. */
  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** How often the nearest is the one that a search through everything finds. */
  recall(tries: number): number {
    const items = [...this.items.values()];
    let found = 0;
    for (let each = 0; each < tries; each += 1) {
      const like = this.mixture.pick(items);
      const asked =
        like !== undefined && each % 2 === 0 ? this.mixture.near(like.vector) : this.mixture.next();
      const near = this.index.nearest(asked, 4, () => true);
      expect(near.every(({ item }) => this.items.has(item.key))).toBe(true);
      if (near[0]?.item === nearest(items, asked)) found += 1;
    }
    return found / tries;
  }
}

test('finds what a search through everything finds, while it grows and after', async () => {
  const scene = new Scene();
  scene.add(150);
  expect(scene.loads).toBe(0);
  expect(scene.recall(20)).toBe(1);
  scene.add(1350);
  // Nothing has moved yet, so nothing may be missing.
  expect(scene.recall(20)).toBe(1);
  await scene.turns(700);
  expect(scene.recall(50)).toBeGreaterThanOrEqual(0.98);
  await scene.turns(1000);
  expect(scene.recall(100)).toBeGreaterThanOrEqual(0.99);
  expect(scene.loads).toBe(1);
});

test('gives exact inner products, best first, at most as many as asked for', async () => {
  const scene = new Scene();
  scene.add(400);
  await scene.turns(600);
  const asked = scene.mixture.next();
  const near = scene.index.nearest(asked, 5, () => true);
  expect(near).toHaveLength(5);
  for (const [place, { item, similarity }] of near.entries()) {
    expect(similarity).toBeCloseTo(innerProduct(item.vector, asked), 6);
    expect(similarity).toBeLessThanOrEqual(near[place - 1]?.similarity ?? 1);
  }
  expect(scene.index.nearest(asked, 0, () => true)).toEqual([]);
});

test('finds what is accepted behind many that are not', async () => {
  const scene = new Scene();
  scene.add(900);
  await scene.turns(1200);
  const asked = scene.mixture.next();
  const ranked = [...scene.items.values()].sort(
    (one, other) => innerProduct(other.vector, asked) - innerProduct(one.vector, asked),
  );
  const late = new Set(ranked.slice(600));
  const near = scene.index.nearest(asked, 2, (item) => late.has(item));
  expect(near.map(({ item }) => late.has(item))).toEqual([true, true]);
});

test('never finds what was taken out, and goes on finding the rest, through turnover and emptiness', async () => {
  const scene = new Scene();
  scene.add(600);
  await scene.turns(800);
  for (let round = 0; round < 3; round += 1) {
    scene.remove(300);
    scene.add(300);
    await scene.turns(round * 100);
    expect(scene.recall(30)).toBeGreaterThanOrEqual(0.96);
  }
  // Sparse now: a new graph is built, and what comes and goes meanwhile must not be lost.
  scene.remove(450);
  await scene.turns(40);
  scene.add(20);
  scene.remove(30);
  await scene.turns(30);
  expect(scene.recall(30)).toBeGreaterThanOrEqual(0.96);
  await scene.turns(400);
  expect(scene.recall(30)).toBe(1);
  scene.remove(1000);
  await scene.turns(20);
  expect(scene.index.nearest(scene.mixture.next(), 3, () => true)).toEqual([]);
  scene.add(5);
  expect(scene.recall(10)).toBe(1);
});

test('scans whatever its size where the library cannot be had', async () => {
  const scene = new Scene(async () => undefined);
  scene.add(500);
  await scene.turns(50);
  scene.add(10);
  expect(scene.recall(20)).toBe(1);
  expect(scene.loads).toBe(1);
});

test('works take turns, and what is cleared is forgotten', async () => {
  const background = new Background();
  const steps: string[] = [];
  const work = (name: string, times: number) => {
    let left = times;
    return () => {
      steps.push(name);
      left -= 1;
      return left > 0;
    };
  };
  const first = work('a', 3);
  background.take(first);
  background.take(first);
  background.take(work('b', 2));
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(steps).toEqual(['a', 'b', 'a', 'b', 'a']);
  background.take(work('c', 9));
  background.clear();
  await new Promise((resolve) => setImmediate(resolve));
  expect(steps).toHaveLength(5);
});

function nearest(items: readonly Item[], asked: Float32Array): Item | undefined {
  let best: Item | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    const similarity = innerProduct(item.vector, asked);
    if (similarity > most) [best, most] = [item, similarity];
  }
  return best;
}

function innerProduct(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
