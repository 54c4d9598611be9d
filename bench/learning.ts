import { built } from './built.js';
import { madeStream, poolStream } from './learning-rows.js';
import { openStreams, type Stream, type StreamPlan, type StreamResult } from './learning-stream.js';
import { isHeld, type Row, renderTable } from './table.js';

/**
 * Measures how soon a decision that learns turns away from a model that got worse by 20 points, by the code that serves
 * and over as many streams as there are seeds; then what learning costs where no model gets worse. With DATA_DIR also
 * over the outcomes of ten models, of which the shipped router has seen none. Ends with status 1 when a target is missed.
 *
 * Usage: node learning.js [DATA_DIR]
 */
const SEEDS = 20;
const HEALTHY = 1000;
const DEGRADED = 1000;
const POINTS = 0.2;
const OUTCOMES_MAX = 500;

const { DEFAULTS } = await built<{
  readonly DEFAULTS: {
    readonly learning: StreamPlan['rule'];
    readonly selection: { readonly qualityBias: number };
  };
}>('config/defaults.js');
const { seededRandom } = await built<{ readonly seededRandom: (seed: number) => () => number }>(
  'lib/random.js',
);
const replay = await openStreams(built);
const rule = DEFAULTS.learning;
const [dataDir] = process.argv.slice(2);

const streams: readonly (readonly [string, Stream])[] = [
  ['made, 3 models', madeStream(seededRandom(1))],
  ...(dataDir === undefined ? [] : [['MMLU-Pro, 10 models', await poolStream(built, dataDir)] as const]),
];
const rows: Row[] = [];
for (const [name, stream] of streams) rows.push(...(await measure(name, stream)));
console.log(`\n${renderTable(rows)}`);
process.exitCode = rows.every(isHeld) ? 0 : 1;

async function measure(name: string, stream: Stream): Promise<readonly Row[]> {
  const worse = await overSeeds(stream, POINTS);
  const well = await overSeeds(stream, 0);
  console.log(
    `\n${name}: ${stream.rows.length} prompts, ${SEEDS} streams, the mean of them and where 95 of 100 lie`,
  );
  console.log(table(worse, well));
  const halved = worse.map(({ halvedAfter }) => halvedAfter);
  const explored = [...worse, ...well].map((result) => result.explored);
  return [
    {
      what: `${name}: outcomes until half of its traffic has left, the slowest stream`,
      unit: 'outcomes',
      measured: Math.max(...halved),
      target: OUTCOMES_MAX,
      hold: 'at most',
    },
    {
      what: `${name}: share of the former traffic, outcomes 401 to 500`,
      unit: 'of before',
      measured: mean(worse.map(({ after, before }) => (after[4] ?? Number.NaN) / before)),
      target: 0.5,
      hold: 'at most',
    },
    {
      what: `${name}: exploration, the most of any stream`,
      unit: '% of requests',
      measured: 100 * Math.max(...explored),
      target: 100 * rule.exploreMax,
      hold: 'at most',
    },
  ];
}

async function overSeeds(stream: Stream, points: number): Promise<readonly StreamResult[]> {
  const results: StreamResult[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const bias = DEFAULTS.selection.qualityBias;
    results.push(await replay(stream, { seed, rule, bias, healthy: HEALTHY, degraded: DEGRADED, points }));
  }
  return results;
}

function table(worse: readonly StreamResult[], well: readonly StreamResult[]): string {
  const windows = worse[0]?.after.length ?? 0;
  const line = (what: string, values: readonly number[], unit = '%') =>
    `  ${what.padEnd(58)} ${interval(values, unit)}`;
  const model = [...new Set(worse.map((each) => each.model))].join(', ');
  return [
    line(
      `share of ${model} before`,
      worse.map(({ before }) => before),
    ),
    ...Array.from({ length: windows }, (_, at) =>
      line(
        `  after it got worse, outcomes ${at * 100 + 1} to ${(at + 1) * 100}`,
        worse.map(({ after }) => after[at] ?? Number.NaN),
      ),
    ),
    line(
      '  of somebody who knows',
      worse.map(({ oracle }) => oracle.share),
    ),
    line(
      'outcomes until its share has halved',
      worse.map(({ halvedAfter }) => halvedAfter),
      '',
    ),
    line(
      'requests that explored',
      worse.map(({ explored }) => explored),
    ),
    line(
      'quality lost since, against somebody who knows',
      worse.map(({ oracle, served }) => oracle.quality - served.quality),
    ),
    line(
      '  without learning',
      worse.map(({ oracle, unlearnt }) => oracle.quality - unlearnt.quality),
    ),
    line(
      'worth lost since, against somebody who knows',
      worse.map(({ oracle, served }) => oracle.worth - served.worth),
    ),
    line(
      '  without learning',
      worse.map(({ oracle, unlearnt }) => oracle.worth - unlearnt.worth),
    ),
    line(
      'where nothing gets worse, learning adds in worth',
      well.map(({ served, unlearnt }) => served.worth - unlearnt.worth),
    ),
    line(
      '  in quality',
      well.map(({ served, unlearnt }) => served.quality - unlearnt.quality),
    ),
    line(
      '  in cost',
      well.map(({ served, unlearnt }) => served.cost / unlearnt.cost - 1),
    ),
  ].join('\n');
}

function interval(values: readonly number[], unit: string): string {
  const show = (value: number) => (unit === '%' ? `${(100 * value).toFixed(1)} %` : value.toFixed(0));
  return `${show(mean(values))}  [${show(quantile(values, 0.025))}, ${show(quantile(values, 0.975))}]`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below or at which that share of them lies. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
