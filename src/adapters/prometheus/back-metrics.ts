import type { Registry } from 'prom-client';
import { scrapedCounter, scrapedGauge, single } from './scraped.js';

export interface BackGauges {
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly queueLength: number;
  readonly queueBytes: number;
  readonly dropped: number;
  readonly failures: number;
  readonly skipped: number;
  readonly tooLarge: number;
}

const OPEN = { closed: 0, 'half-open': 0.5, open: 1 } as const;

/** Shows how the shared store behind the near one is doing. */
export function registerBackMetrics(registry: Registry, read: () => BackGauges): void {
  const one = (name: string, help: string, figureOf: (back: BackGauges) => number) =>
    single(name, help, () => figureOf(read()));
  const gauge = (...of: Parameters<typeof one>) => scrapedGauge(registry, one(...of));
  const counter = (...of: Parameters<typeof one>) => scrapedCounter(registry, one(...of));
  gauge(
    'sextant_cache_back_open',
    '1 while the shared store of the cache is left alone because it fails, 0.5 while it is probed, 0 when all is well.',
    ({ breaker }) => OPEN[breaker],
  );
  gauge(
    'sextant_cache_back_queue_length',
    'Writes that wait for the shared store.',
    ({ queueLength }) => queueLength,
  );
  gauge(
    'sextant_cache_back_queue_bytes',
    'What the entries among them weigh.',
    ({ queueBytes }) => queueBytes,
  );
  counter('sextant_cache_back_dropped_total', 'Writes given up.', ({ dropped }) => dropped);
  counter(
    'sextant_cache_back_failures_total',
    'Reads and writes of the shared store that failed or came too late.',
    ({ failures }) => failures,
  );
  counter(
    'sextant_cache_back_too_large_total',
    'Entries that the shared store could not hold, because a text of theirs is too long.',
    ({ tooLarge }) => tooLarge,
  );
  counter(
    'sextant_cache_back_skipped_total',
    'Reads that were not tried, because the shared store was known to be away or busy.',
    ({ skipped }) => skipped,
  );
}
