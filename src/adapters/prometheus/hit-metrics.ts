import { Counter, Gauge, type Registry } from 'prom-client';
import type { HitFigures } from '../../cache/hit-tally.js';

/** What is known of the hits of one route. */
export interface RouteHits {
  readonly route: string;
  readonly figures: HitFigures;
  /** The bound that the policy sets; absent where a threshold decides. */
  readonly maxErrorRate: number | undefined;
}

/** Shows how often hits are wrong, beside what the policy allows. Read when somebody scrapes. */
export function registerHitMetrics(registry: Registry, read: () => readonly RouteHits[]): void {
  const registers = [registry];
  const each = (name: string, help: string, show: (gauge: Gauge, hits: RouteHits) => void, label?: string) =>
    new Gauge({
      name,
      help,
      labelNames: label === undefined ? ['route'] : ['route', label],
      registers,
      collect() {
        this.reset();
        for (const hits of read()) show(this, hits);
      },
    });
  new Counter({
    name: 'sextant_cache_verified_total',
    help: 'Answers of the cache that were compared with the answer of a model, or judged by feedback.',
    labelNames: ['route', 'kind', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const { route, figures } of read()) {
        for (const [kind, outcomes] of Object.entries(figures.checks)) {
          for (const [outcome, count] of Object.entries(outcomes)) this.inc({ route, kind, outcome }, count);
        }
      }
    },
  });
  each(
    'sextant_cache_false_hit_ratio',
    'Share of served hits that is wrong, by the sample: its estimate, and the ends of its interval of 95 %.',
    (gauge, { route, figures }) => {
      if (figures.falseHitRatio !== undefined) gauge.set({ route, value: 'estimate' }, figures.falseHitRatio);
      gauge.set({ route, value: 'low' }, figures.falseHitInterval.low);
      gauge.set({ route, value: 'high' }, figures.falseHitInterval.high);
    },
    'value',
  );
  each(
    'sextant_cache_false_hits_per_request',
    'The same wrong hits as a share of all requests for which the semantic cache was searched.',
    (gauge, { route, figures }) => {
      if (figures.falseHitsPerRequest !== undefined) gauge.set({ route }, figures.falseHitsPerRequest);
    },
  );
  each(
    'sextant_cache_max_error_rate',
    'Share of served hits that the policy allows to be wrong.',
    (gauge, { route, maxErrorRate }) => {
      if (maxErrorRate !== undefined) gauge.set({ route }, maxErrorRate);
    },
  );
}
