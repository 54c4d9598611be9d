import { Counter, Gauge, type Registry } from 'prom-client';

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
  const labelNames = ['decision', 'model'];
  const registers = [registry];
  const counter = (name: string, help: string, countOf: (seen: ModelLearning) => number) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const seen of read()) this.inc({ decision: seen.decision, model: seen.model }, countOf(seen));
      },
    });
  const gauge = (name: string, help: string, of: (seen: ModelLearning) => number) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const seen of read()) this.set({ decision: seen.decision, model: seen.model }, of(seen));
      },
    });
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
