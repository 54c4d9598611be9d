import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from './load.js';
import type { Recipe, RecipeName } from './recipes.js';
import type { Scene, Side } from './scene.js';
import { median } from './stats.js';

/** Sends load from a process of its own. */
export interface LoadClient {
  /** @throws Error when any request failed: a figure of a run that failed means nothing */
  run(port: number, order: LoadShape): Promise<LoadResult>;
  /** Like `run`, for those who count failures themselves. */
  runAnyway(port: number, order: LoadShape): Promise<LoadResult>;
  close(): void;
}

export interface LoadShape {
  readonly recipe: Recipe;
  readonly connections: number;
  readonly requests: number;
}

export function startLoadClient(): LoadClient {
  const child = fork(fileURLToPath(new URL('./load-process.js', import.meta.url)));
  const runAnyway = async (
    port: number,
    { recipe, connections, requests }: LoadShape,
  ): Promise<LoadResult> => {
    child.send({ target: { port, connections, requests }, recipe });
    const [result] = await once(child, 'message');
    return result as LoadResult;
  };
  return {
    runAnyway,
    run: async (port, order) => {
      const result = await runAnyway(port, order);
      if (result.failed === 0) return result;
      throw new Error(`${result.failed} of ${order.requests} requests failed: ${result.problems.join('; ')}`);
    },
    close: () => child.disconnect(),
  };
}

/** The same load on every side, in turns, so that noise of the machine hits all of them alike. */
export interface Comparison {
  readonly scene: Scene;
  readonly client: LoadClient;
  readonly sides: readonly Side[];
  readonly recipe: RecipeName;
  readonly connections: number;
  readonly requests: number;
  readonly rounds: number;
  /** Only answers with this outcome of the cache count for Sextant's latency. */
  readonly outcome?: string;
}

/** Medians over the rounds of one side. */
export interface SideFigures {
  readonly p50Ms: number;
  /** Median over the rounds of p50 here less p50 of `direct` in the same round; NaN without that side. */
  readonly addedMs: number;
  readonly requestsPerSecond: number;
  /** CPU of the processor per request, all threads. Milliseconds; NaN where there is none. */
  readonly processorCpuMs: number;
  readonly envoyCpuMs: number;
  /** Requests of all rounds, and those among them with the wanted outcome. */
  readonly requests: number;
  readonly counted: number;
}

interface Sample {
  readonly p50Ms: number;
  readonly requestsPerSecond: number;
  readonly processorCpuMs: number;
  readonly envoyCpuMs: number;
  readonly requests: number;
  readonly counted: number;
}

/** Prompts that no earlier run asked: `short` and `long` ones must never be found in the cache. */
let freshOffset = 1_000_000;

/** One round to warm up, which counts for nothing, then the measured ones. */
export async function compare(comparison: Comparison): Promise<ReadonlyMap<Side, SideFigures>> {
  const samples = new Map<Side, Sample[]>(comparison.sides.map((side) => [side, []]));
  for (let round = -1; round < comparison.rounds; round++) {
    for (const side of comparison.sides) {
      const sample = await measureOnce(comparison, side);
      if (round >= 0) samples.get(side)?.push(sample);
    }
  }
  const direct = samples.get('direct');
  return new Map([...samples].map(([side, own]) => [side, figuresOf(own, direct)]));
}

async function measureOnce(comparison: Comparison, side: Side): Promise<Sample> {
  const { scene, client, recipe, connections, requests, outcome } = comparison;
  const { port, envoy, processor } = scene.way(side);
  const offset = freshOffset;
  freshOffset += requests;
  // A reworded question hits only what was stored before, and only once for the first time.
  if (recipe === 'reworded') {
    await client.run(port, { recipe: { name: 'stored', offset }, connections: 1, requests });
  }
  const before = { processor: processor?.cpuMs() ?? Number.NaN, envoy: envoy.cpuMs() };
  const result = await client.run(port, { recipe: { name: recipe, offset }, connections, requests });
  const counted = outcome === undefined || side !== 'sextant' ? result.latency : result.byCache[outcome];
  return {
    p50Ms: counted?.p50Ms ?? Number.NaN,
    requestsPerSecond: result.requestsPerSecond,
    processorCpuMs: ((processor?.cpuMs() ?? Number.NaN) - before.processor) / requests,
    envoyCpuMs: (envoy.cpuMs() - before.envoy) / requests,
    requests,
    counted: counted?.count ?? 0,
  };
}

function figuresOf(samples: readonly Sample[], direct: readonly Sample[] | undefined): SideFigures {
  const sum = (of: (sample: Sample) => number): number => samples.reduce((total, it) => total + of(it), 0);
  return {
    p50Ms: median(samples.map((it) => it.p50Ms)),
    addedMs: median(samples.map((it, round) => it.p50Ms - (direct?.[round]?.p50Ms ?? Number.NaN))),
    requestsPerSecond: median(samples.map((it) => it.requestsPerSecond)),
    // The kernel counts CPU in steps of ten milliseconds: the mean of all rounds is finer than their median.
    processorCpuMs: sum((it) => it.processorCpuMs) / samples.length,
    envoyCpuMs: sum((it) => it.envoyCpuMs) / samples.length,
    requests: sum((it) => it.requests),
    counted: sum((it) => it.counted),
  };
}
