import { Gauge, type Registry } from 'prom-client';

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
  const registers = [registry];
  new Gauge({
    name: 'sextant_pool_load',
    help: 'How much of what a pool can take it has, 0 to 1, as it says itself.',
    labelNames: ['cluster'],
    registers,
    collect() {
      this.reset();
      for (const { cluster, load } of read().loads) this.set({ cluster }, load);
    },
  });
  const seconds = (
    name: string,
    help: string,
    msOf: (seen: PoolFigures['latencies'][number]) => number | undefined,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['model'],
      registers,
      collect() {
        this.reset();
        for (const seen of read().latencies) {
          const ms = msOf(seen);
          if (ms !== undefined) this.set({ model: seen.model }, ms / 1000);
        }
      },
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
