import type { Registry } from 'prom-client';
import { type Scraped, scrapedCounter, scrapedGauge } from './scraped.js';

/** What is known of one model of a decision that learns. */
export interface ModelLearning {
  readonly decision: string;
  readonly model: string;
  readonly requests: number;
  readonly explored: number;
  readonly outcomes: number;
  /** What outcomes add to the expected quality. */
  readonly correction: number;
  /** True when the live quality is not what was expected. */
  readonly outside: boolean;
}

/** Shows what outcomes have taught. Read when somebody scrapes. */
export function registerLearningMetrics(registry: Registry, read: () => readonly ModelLearning[]): void {
  const ofEach = (name: string, help: string, of: (seen: ModelLearning) => number): Scraped => ({
    name,
    help,
    labelNames: ['decision', 'model'],
    samples: () =>
      read().map((seen) => ({
        labels: { decision: seen.decision, model: seen.model },
        value: of(seen),
      })),
  });
  const counter = (...of: Parameters<typeof ofEach>) => scrapedCounter(registry, ofEach(...of));
  const gauge = (...of: Parameters<typeof ofEach>) => scrapedGauge(registry, ofEach(...of));
  counter('sextant_learning_requests_total', 'Requests of decisions that learn.', (seen) => seen.requests);
  counter(
    'sextant_learning_explored_total',
    'Requests of them that went to a model which the expectation would not have chosen.',
    (seen) => seen.explored,
  );
  gauge(
    'sextant_learning_outcomes',
    'Outcomes that the present state was learnt from; a rollback takes some away.',
    (seen) => seen.outcomes,
  );
  gauge(
    'sextant_learning_correction',
    'What outcomes add to the quality that is expected of the model.',
    (seen) => seen.correction,
  );
  gauge('sextant_learning_drift', '1 where the live quality is not what was expected.', (seen) =>
    seen.outside ? 1 : 0,
  );
}
