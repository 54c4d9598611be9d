import type { Registry } from 'prom-client';
import type { HitFigures } from '../../cache/hit-tally.js';
import { type Sample, scrapedCounter, scrapedGauge } from './scraped.js';

/** What is known of the hits of one route. */
export interface RouteHits {
  readonly route: string;
  readonly figures: HitFigures;
  /** The bound that the policy sets; absent where a threshold decides. */
  readonly maxErrorRate: number | undefined;
}

/** Shows how often hits are wrong, beside what the policy allows. Read when somebody scrapes. */
export function registerHitMetrics(registry: Registry, read: () => readonly RouteHits[]): void {
  const ofEach = (samplesOf: (hits: RouteHits) => readonly Sample[]) => () => read().flatMap(samplesOf);
  scrapedCounter(registry, {
    name: 'sextant_cache_verified_total',
    help: 'Answers of the cache that were compared with the answer of a model, or judged by feedback.',
    labelNames: ['route', 'kind', 'outcome'],
    samples: ofEach(({ route, figures }) =>
      Object.entries(figures.checks).flatMap(([kind, outcomes]) =>
        Object.entries(outcomes).map(([outcome, value]) => ({ labels: { route, kind, outcome }, value })),
      ),
    ),
  });
  scrapedGauge(registry, {
    name: 'sextant_cache_false_hit_ratio',
    help: 'Share of served hits that is wrong, by the sample: its estimate, and the ends of its interval of 95 %.',
    labelNames: ['route', 'value'],
    samples: ofEach(({ route, figures }) => [
      ...known({ route, value: 'estimate' }, figures.falseHitRatio),
      { labels: { route, value: 'low' }, value: figures.falseHitInterval.low },
      { labels: { route, value: 'high' }, value: figures.falseHitInterval.high },
    ]),
  });
  scrapedGauge(registry, {
    name: 'sextant_cache_false_hits_per_request',
    help: 'The same wrong hits as a share of all requests for which the semantic cache was searched.',
    labelNames: ['route'],
    samples: ofEach(({ route, figures }) => known({ route }, figures.falseHitsPerRequest)),
  });
  scrapedGauge(registry, {
    name: 'sextant_cache_max_error_rate',
    help: 'Share of served hits that the policy allows to be wrong.',
    labelNames: ['route'],
    samples: ofEach(({ route, maxErrorRate }) => known({ route }, maxErrorRate)),
  });
}

function known(labels: Sample['labels'], value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}
