import type { Registry } from 'prom-client';
import { scrapedGauge } from './scraped.js';

/** What is known of the pools and their models at this moment. */
export interface PoolFigures {
  /** 0 to 1; pools of which nothing is known are left out. */
  readonly loads: readonly { readonly cluster: string; readonly load: number }[];
  /** Milliseconds; what was not seen is undefined. */
  readonly latencies: readonly {
    readonly model: string;
    readonly firstTokenMs: number | undefined;
    readonly perTokenMs: number | undefined;
  }[];
}

/** Shows by what models are chosen while they work. Read when somebody scrapes. */
export function registerPoolMetrics(registry: Registry, read: () => PoolFigures): void {
  scrapedGauge(registry, {
    name: 'sextant_pool_load',
    help: 'How much of what a pool can take it has, 0 to 1, as it says itself.',
    labelNames: ['cluster'],
    samples: () => read().loads.map(({ cluster, load }) => ({ labels: { cluster }, value: load })),
  });
  const seconds = (
    name: string,
    help: string,
    msOf: (seen: PoolFigures['latencies'][number]) => number | undefined,
  ) =>
    scrapedGauge(registry, {
      name,
      help,
      labelNames: ['model'],
      samples: () =>
        read().latencies.flatMap((seen) => {
          const ms = msOf(seen);
          return ms === undefined ? [] : [{ labels: { model: seen.model }, value: ms / 1000 }];
        }),
    });
  seconds(
    'sextant_model_first_token_seconds',
    'Mean time to the first token of the streams of late.',
    ({ firstTokenMs }) => firstTokenMs,
  );
  seconds(
    'sextant_model_token_seconds',
    'Mean time of each further token of the answers of late.',
    ({ perTokenMs }) => perTokenMs,
  );
}

/** How a model that others stand in for is doing. */
export interface ModelRest {
  readonly model: string;
  readonly state: 'well' | 'due' | 'cooling';
}

const RESTING = { well: 0, due: 0.5, cooling: 1 } as const;

/** Shows which models are left alone because they fail. */
export function registerModelMetrics(registry: Registry, read: () => readonly ModelRest[]): void {
  scrapedGauge(registry, {
    name: 'sextant_model_resting',
    help: '1 while a model is left alone because it failed, 0.5 when it is due to be tried again, 0 when all is well.',
    labelNames: ['model'],
    samples: () => read().map(({ model, state }) => ({ labels: { model }, value: RESTING[state] })),
  });
}
