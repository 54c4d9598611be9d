import { wilsonInterval } from '../learn/metrics.js';
import type { JsonObject } from '../lib/json.js';
import { ENTRIES_MIN, type PairRow, unrelatedTo } from './cache-rows.js';
import {
  ACCEPTS,
  type CacheTools,
  LOWEST_THRESHOLD,
  runTrials,
  type Served,
  type Step,
  storeEntries,
  type Trial,
} from './cache-trials.js';
import { DataError } from './data-error.js';
import { type Evaluation, type Figure, rounded, share } from './evaluation.js';

/** How one policy did on the rows. */
export interface PolicyFigures {
  /** As in the JSON: `shipped`, `guards`, `threshold_0.80`. */
  readonly name: string;
  readonly hits: number;
  /** Right hits of all hits; null without any. */
  readonly precision: number | null;
  /** Rows with `same` 1 that got their entry; null without such rows. */
  readonly recall: number | null;
  /** Rows with `same` 0 that were served at all; null without such rows. */
  readonly falseHitRate: number | null;
}

/** One point of a curve. `policy` `judge` is the shipped one, by the probability from which the judge accepts. */
export interface CurvePoint extends Omit<PolicyFigures, 'name'> {
  readonly policy: 'plain' | 'guards' | 'shipped' | 'judge';
  readonly threshold: number;
}

export interface CacheEvaluation extends Evaluation {
  readonly policies: readonly PolicyFigures[];
  readonly kinds: readonly (PolicyFigures & { readonly n: number })[];
  readonly curve: readonly CurvePoint[];
}

/** One threshold, as most caches have it. */
const BASELINES = [0.8, 0.85, 0.92];
const CURVE_STEP = 0.01;

/**
 * How good the semantic cache is on pairs, each of them tried on its own among entries that nobody asks for.
 *
 * @throws DataError when too few of the entries are unrelated to the rows
 */
export async function evaluateCache(
  rows: readonly PairRow[],
  entries: readonly string[],
  tools: CacheTools,
): Promise<CacheEvaluation> {
  const unrelated = unrelatedTo(rows, entries);
  if (unrelated.length < ENTRIES_MIN)
    throw new DataError(
      `only ${unrelated.length} of the entries are not among the questions of the rows; at least ${ENTRIES_MIN} are needed`,
    );
  await storeEntries(unrelated, tools);
  const trials = await runTrials(rows, tools);
  const { similarity } = tools.thresholds;
  const shipped = figuresOf('shipped', trials, ({ asShipped }) => asShipped.served);
  const guards = figuresOf('guards', trials, (trial) => servedAt(trial.guards, similarity));
  const plain = BASELINES.map((threshold) =>
    figuresOf(`threshold_${threshold.toFixed(2)}`, trials, (trial) => servedAt(trial.plain, threshold)),
  );
  const kinds = kindsOf(trials);
  return {
    json: {
      n: rows.length,
      ...jsonOf(shipped),
      threshold: similarity,
      judge:
        tools.judge === undefined
          ? null
          : { candidate: tools.thresholds.candidate, accept: tools.judge.accept },
      entries: unrelated.length,
      baselines: Object.fromEntries([...plain, guards].map((each) => [each.name, jsonOf(each)])),
      ...(kinds.length === 0
        ? {}
        : { kinds: Object.fromEntries(kinds.map((kind) => [kind.name, { n: kind.n, ...jsonOf(kind) }])) }),
      missed: missedOf(trials),
    },
    figures: shippedFigures(trials, shipped),
    notes:
      tools.judge === undefined ? ['no pair judge is in the models folder: the checks decide alone'] : [],
    policies: [...plain, guards, shipped],
    kinds,
    curve: curveOf(trials, tools.judge !== undefined),
  };
}

function servedAt(steps: readonly Step[], threshold: number): Served {
  return steps.findLast(({ from }) => from >= threshold)?.served ?? 'none';
}

function figuresOf(name: string, trials: readonly Trial[], pick: (trial: Trial) => Served): PolicyFigures {
  let [hits, right, same, servedFalse] = [0, 0, 0, 0];
  for (const trial of trials) {
    const served = pick(trial);
    if (trial.row.same) same += 1;
    if (served === 'none') continue;
    hits += 1;
    if (!trial.row.same) servedFalse += 1;
    else if (served === 'right') right += 1;
  }
  return {
    name,
    hits,
    precision: ratio(right, hits),
    recall: ratio(right, same),
    falseHitRate: ratio(servedFalse, trials.length - same),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function jsonOf({ hits, precision, recall, falseHitRate }: Omit<PolicyFigures, 'name'>): JsonObject {
  return {
    precision: rounded(precision),
    recall: rounded(recall),
    false_hit_rate: rounded(falseHitRate),
    hits,
  };
}

function kindsOf(trials: readonly Trial[]): readonly (PolicyFigures & { readonly n: number })[] {
  const kinds = new Set(trials.map(({ row }) => row.kind).filter((kind) => kind !== undefined));
  return [...kinds].map((kind) => {
    const some = trials.filter(({ row }) => row.kind === kind);
    return { ...figuresOf(kind, some, ({ asShipped }) => asShipped.served), n: some.length };
  });
}

/** Why rows with `same` 1 were not served, and how often. */
function missedOf(trials: readonly Trial[]): JsonObject {
  const counts = new Map<string, number>();
  for (const { row, asShipped } of trials) {
    if (!row.same || asShipped.served !== 'none') continue;
    counts.set(asShipped.reason, (counts.get(asShipped.reason) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([, one], [, other]) => other - one));
}

function shippedFigures(trials: readonly Trial[], shipped: PolicyFigures): readonly Figure[] {
  const same = trials.filter(({ row }) => row.same).length;
  const figure = (name: string, value: number | null, n: number) =>
    share(name, value, { n, interval: value === null ? null : wilsonInterval(Math.round(value * n), n) });
  return [
    figure('precision', shipped.precision, shipped.hits),
    figure('recall', shipped.recall, same),
    figure('false hits', shipped.falseHitRate, trials.length - same),
  ];
}

function curveOf(trials: readonly Trial[], judged: boolean): readonly CurvePoint[] {
  const points: CurvePoint[] = [];
  const add = (policy: CurvePoint['policy'], threshold: number, pick: (trial: Trial) => Served) => {
    const { name: _, ...figures } = figuresOf('', trials, pick);
    points.push({ policy, threshold, ...figures });
  };
  const steps = Math.round((1 - LOWEST_THRESHOLD) / CURVE_STEP);
  for (const policy of ['plain', 'guards', 'shipped'] as const) {
    for (let step = 0; step < steps; step += 1) {
      const threshold = Number((LOWEST_THRESHOLD + step * CURVE_STEP).toFixed(2));
      add(policy, threshold, (trial) => servedAt(trial[policy], threshold));
    }
  }
  for (const [index, accept] of judged ? ACCEPTS.entries() : []) {
    add('judge', accept, ({ byAccept }) => byAccept[index] ?? 'none');
  }
  return points;
}

/** The points as CSV, with a header line. `recall` is the share of the rewordings that hit. */
export function curveCsv(points: readonly CurvePoint[]): string {
  const lines = points.map(({ policy, threshold, precision, recall, falseHitRate, hits }) =>
    [
      policy,
      threshold,
      rounded(precision) ?? '',
      rounded(recall) ?? '',
      rounded(falseHitRate) ?? '',
      hits,
    ].join(','),
  );
  return `${['policy,threshold,precision,recall,false_hit_rate,hits', ...lines].join('\n')}\n`;
}
