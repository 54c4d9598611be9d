import type { Registry } from 'prom-client';
import { scrapedCounter } from './scraped.js';

/** Batches that a collector of OpenTelemetry took, and those that it did not, by signal. */
export type CollectorFigures = Readonly<
  Record<'traces' | 'metrics', { readonly sent: number; readonly failed: number }>
>;

/** Shows whether what is sent to a collector arrives. */
export function registerCollectorMetrics(registry: Registry, read: () => CollectorFigures): void {
  scrapedCounter(registry, {
    name: 'sextant_otlp_batches_total',
    help: 'Batches for the collector of OpenTelemetry: sent, or failed, in which case they are lost.',
    labelNames: ['signal', 'outcome'],
    samples: () =>
      Object.entries(read()).flatMap(([signal, { sent, failed }]) => [
        { labels: { signal, outcome: 'sent' }, value: sent },
        { labels: { signal, outcome: 'failed' }, value: failed },
      ]),
  });
}
