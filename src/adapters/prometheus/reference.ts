import { collectDefaultMetrics, type MetricObject, Registry } from 'prom-client';
import { registerExchangeMetrics } from './exchange-metrics.js';
import { type Gauges, registerGauges } from './gauges.js';

/** What somebody who writes a query needs to know of a metric. */
export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric that Sextant can show, whatever it is configured to do, in the order of their names. */
export function describeMetrics(): readonly MetricDescription[] {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerExchangeMetrics(registry);
  registerGauges(registry, ALL_GAUGES, '');
  return registry
    .getMetricsAsArray()
    .map(described)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Nobody reads them here, so that they hold nothing. */
const ALL_GAUGES: Gauges = {
  cacheEntries: () => 0,
  cacheBytes: () => 0,
  cacheEvictions: () => 0,
  encoderQueue: () => 0,
  cacheHits: () => [],
  learning: () => [],
  pools: () => ({ loads: [], latencies: [] }),
  models: () => [],
  cacheBack: () => ({
    breaker: 'closed',
    queueLength: 0,
    queueBytes: 0,
    dropped: 0,
    failures: 0,
    skipped: 0,
    tooLarge: 0,
  }),
  reload: () => ({ applied: 0, refused: 0, lastSucceeded: true, appliedAtMs: 0 }),
  collector: () => ({ traces: { sent: 0, failed: 0 }, metrics: { sent: 0, failed: 0 } }),
};

/** The library keeps the labels with each metric, and leaves them out of its types. */
function described(metric: MetricObject & { readonly labelNames?: unknown }): MetricDescription {
  const { name, help, type, labelNames } = metric;
  const labels = Array.isArray(labelNames) ? labelNames.filter((label) => typeof label === 'string') : [];
  return { name, type: String(type), help, labels };
}

/** Title, and the metrics that belong under it; each goes under the first that takes it. */
const SECTIONS: readonly (readonly [string, RegExp])[] = [
  ['Cost and savings', /_usd_|saved_tokens/],
  ['Requests and decisions', /^sextant_(requests|request|shadow|errors|cascade|streams)_/],
  ['Signals and what was read', /^sextant_(signals|domains|personal|read|unread)_/],
  ['Time that Sextant takes', /^sextant_(overhead|stage|encoder)_/],
  ['Models and pools', /^sextant_(upstream|time|estimated|model|pool)_/],
  ['Cache', /^sextant_cache_/],
  ['Learning', /^sextant_learning_/],
  ['Sextant itself', /./],
];

/** `docs/metrics.md`, whole. */
export function metricsReference(): string {
  const rest = new Set(describeMetrics().filter(({ name }) => name.startsWith('sextant_')));
  const sections = SECTIONS.map(([title, takes]) => {
    const mine = [...rest].filter(({ name }) => takes.test(name));
    for (const each of mine) rest.delete(each);
    const rows = mine.map(
      ({ name, type, labels, help }) =>
        `| \`${name}\` | ${type} | ${labels.map(code).join(', ')} | ${help} |`,
    );
    return [
      `## ${title}`,
      '',
      '| Metric | Type | Labels | What it tells |',
      '| --- | --- | --- | --- |',
      ...rows,
    ];
  });
  return `${[HEAD, ...sections.map((lines) => lines.join('\n'))].join('\n\n')}\n`;
}

const HEAD = `# Metrics

Every metric that \`/metrics\` can show. This page is made from the code: a test fails when it is out of date, and
\`SEXTANT_GOLDEN=write make test ARGS=tests/unit/adapters/prometheus\` writes it again. [Telemetry](telemetry.md) says how
to scrape, how cost and savings are counted, and which boards and alerts come along.

Labels take few values: routes, models, decisions and signals are those of the configuration, and all others come from
short lists in the code. Nothing that a client sends becomes a label. A metric appears once there is something to tell;
those of the shared cache, of learning, of pools and of reloads only where they are configured. Beside these come what
the client library knows of every Node process: memory, CPU, garbage collection and delays of the event loop, under
\`process_\` and \`nodejs_\`.`;

function code(text: string): string {
  return `\`${text}\``;
}
