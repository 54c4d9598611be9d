import type { Registry } from 'prom-client';
import { scrapedCounter, scrapedGauge, single } from './scraped.js';

/** What became of the configuration file since the start. */
export interface ReloadFigures {
  /** How often a changed file was taken over, and how often it was refused and the old one kept. */
  readonly applied: number;
  readonly refused: number;
  /** False while the file that is there is one that was refused. */
  readonly lastSucceeded: boolean;
  /** When the configuration that is in force was taken over. Milliseconds since the Unix epoch. */
  readonly appliedAtMs: number;
}

/** Shows whether the configuration in force is the one in the file. */
export function registerReloadMetrics(registry: Registry, read: () => ReloadFigures): void {
  scrapedCounter(registry, {
    name: 'sextant_config_reloads_total',
    help: 'Changes of the configuration file: applied, or refused, in which case the old one stays in force.',
    labelNames: ['outcome'],
    samples: () => {
      const { applied, refused } = read();
      return [
        { labels: { outcome: 'applied' }, value: applied },
        { labels: { outcome: 'refused' }, value: refused },
      ];
    },
  });
  const gauge = (...of: Parameters<typeof single>) => scrapedGauge(registry, single(...of));
  gauge(
    'sextant_config_last_reload_successful',
    '0 while the configuration file is one that was refused, else 1.',
    () => (read().lastSucceeded ? 1 : 0),
  );
  gauge(
    'sextant_config_applied_timestamp_seconds',
    'When the configuration in force was taken over, in seconds since the Unix epoch.',
    () => read().appliedAtMs / 1000,
  );
}
