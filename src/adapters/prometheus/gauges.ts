import type { Registry } from 'prom-client';
import { type BackGauges, registerBackMetrics } from './back-metrics.js';
import { type CollectorFigures, registerCollectorMetrics } from './collector-metrics.js';
import { type RouteHits, registerHitMetrics } from './hit-metrics.js';
import { type ModelLearning, registerLearningMetrics } from './learning-metrics.js';
import {
  type ModelRest,
  type PoolFigures,
  registerModelMetrics,
  registerPoolMetrics,
} from './pool-metrics.js';
import { type ReloadFigures, registerReloadMetrics } from './reload-metrics.js';
import { scrapedCounter, scrapedGauge, single } from './scraped.js';

/** Values that are read when somebody scrapes, not pushed. */
export interface Gauges {
  readonly cacheEntries: () => number;
  readonly cacheBytes: () => number;
  readonly cacheEvictions: () => number;
  readonly encoderQueue: () => number;
  /** Of the routes whose hits are watched. */
  readonly cacheHits?: () => readonly RouteHits[];
  /** Of the decisions that learn; absent where none does. */
  readonly learning?: () => readonly ModelLearning[];
  /** Of the pools and models that are watched while they work; absent where nobody does. */
  readonly pools?: () => PoolFigures;
  /** Of the models that rest after failures; absent where none falls back to another. */
  readonly models?: () => readonly ModelRest[];
  /** Of the store behind the near one; absent where there is none. */
  readonly cacheBack?: () => BackGauges;
  /** Of the configuration file; absent where nobody looks at it again. */
  readonly reload?: () => ReloadFigures;
  /** Of what goes to a collector of OpenTelemetry; absent where none is named. */
  readonly collector?: () => CollectorFigures;
}

/** Registers all of them, and what is being run. */
export function registerGauges(registry: Registry, gauges: Gauges, version: string): void {
  const gauge = (...of: Parameters<typeof single>) => scrapedGauge(registry, single(...of));
  gauge('sextant_cache_entries', 'Entries that the cache holds.', gauges.cacheEntries);
  gauge('sextant_cache_bytes', 'Estimated bytes that the cache holds.', gauges.cacheBytes);
  scrapedCounter(
    registry,
    single('sextant_cache_evictions_total', 'Entries evicted to stay within bounds.', gauges.cacheEvictions),
  );
  gauge('sextant_encoder_queue_length', 'Texts that wait for the encoder.', gauges.encoderQueue);
  scrapedGauge(registry, {
    name: 'sextant_build_info',
    help: 'Always 1: which Sextant runs, and on which Node.',
    labelNames: ['version', 'node'],
    samples: () => [{ labels: { version, node: process.versions.node }, value: 1 }],
  });
  if (gauges.cacheBack !== undefined) registerBackMetrics(registry, gauges.cacheBack);
  if (gauges.cacheHits !== undefined) registerHitMetrics(registry, gauges.cacheHits);
  if (gauges.pools !== undefined) registerPoolMetrics(registry, gauges.pools);
  if (gauges.models !== undefined) registerModelMetrics(registry, gauges.models);
  if (gauges.learning !== undefined) registerLearningMetrics(registry, gauges.learning);
  if (gauges.reload !== undefined) registerReloadMetrics(registry, gauges.reload);
  if (gauges.collector !== undefined) registerCollectorMetrics(registry, gauges.collector);
}
