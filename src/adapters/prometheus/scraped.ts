import { Counter, Gauge, type Registry } from 'prom-client';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric that is read when somebody scrapes: its samples are those of that moment, and no others. */
export interface Scraped {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  samples(): Iterable<Sample>;
}

/** A figure that stands for itself. */
export function single(name: string, help: string, value: () => number): Scraped {
  return { name, help, labelNames: [], samples: () => [{ labels: {}, value: value() }] };
}

export function scrapedGauge(registry: Registry, { name, help, labelNames, samples }: Scraped): void {
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of samples()) this.set(labels, value);
    },
  });
}

/** Of what somebody else counts. */
export function scrapedCounter(registry: Registry, { name, help, labelNames, samples }: Scraped): void {
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of samples()) this.inc(labels, value);
    },
  });
}
