/** What each model of a pool made of each prompt. Rows × models; `NaN` where the model was not asked. */
export interface PoolOutcomes {
  readonly models: number;
  /** 1 a good answer, 0 a bad one. */
  readonly correct: Float32Array;
  /** What the answer cost, in any unit. */
  readonly cost: Float32Array;
}

/** What was expected before anybody was asked. Rows × models. */
export interface PoolForecast {
  /** Probability of a good answer, 0 to 1. */
  readonly quality: Float32Array;
  /** In the unit of the outcomes. */
  readonly cost: Float32Array;
}

/** Names and formulas are those of docs/routing.md. */
export interface PoolFigures {
  /** Accuracy at half the best model's cost, above the straight line. Percentage points. */
  readonly pointsOverLineAtHalfCost: number;
  /** The lowest that the curve comes to lie above the line, from the cheapest model's cost to the best one's. */
  readonly minPointsOverLine: number;
  /** Smallest cost that reaches the best model's accuracy, as a share of its cost; null where none does. */
  readonly costAtEqualAccuracy: number | null;
  /** Accuracy for what the best model costs. */
  readonly accuracyAtEqualCost: number;
  /** Percentage points of the best pick over the best single model, whatever they cost. */
  readonly gainOverBest: number;
  readonly cheapest: Single;
  readonly best: Single;
}

export interface Single {
  readonly model: number;
  readonly accuracy: number;
  readonly cost: number;
}

/** The picks for each weight of cost, from the one that asks for quality alone to the one that asks for cost alone. */
export interface Sweep {
  readonly picks: readonly Int16Array[];
  readonly cheapest: number;
  readonly best: number;
}

const STEPS = 160;
/** Weights of cost go from where the dearest model hardly matters to where nothing else does. */
const LOWEST = 1e-4;
const HIGHEST = 1e3;
const GRID = 100;

/** For each weight λ of cost, the model with the highest quality − λ × cost for each prompt. */
export function sweepOf(forecast: PoolForecast, outcomes: PoolOutcomes): Sweep {
  const scale = meanOf(forecast.cost);
  const lambdas = [
    0,
    ...Array.from({ length: STEPS }, (_, at) => lambdaAt(at, scale)),
    Number.POSITIVE_INFINITY,
  ];
  const singles = singlesOf(outcomes);
  const by = (better: (a: Single, b: Single) => boolean) =>
    singles.reduce((kept, each) => (better(each, kept) ? each : kept), singles[0] ?? NOBODY).model;
  return {
    picks: lambdas.map((lambda) => picksOf(forecast, outcomes, lambda)),
    cheapest: by((a, b) => a.cost < b.cost),
    best: by((a, b) => a.accuracy > b.accuracy),
  };
}

const NOBODY: Single = { model: 0, accuracy: 0, cost: 0 };

function lambdaAt(step: number, scale: number): number {
  return (LOWEST / scale) * (HIGHEST / LOWEST) ** (step / (STEPS - 1));
}

/** @param counts how often each row is drawn, for intervals by resampling; left out, every row once */
export function poolFigures(sweep: Sweep, outcomes: PoolOutcomes, counts?: Uint32Array): PoolFigures {
  const rows = outcomes.correct.length / outcomes.models;
  const cheapest = {
    model: sweep.cheapest,
    ...meansOf(outcomes, new Int16Array(rows).fill(sweep.cheapest), counts),
  };
  const best = { model: sweep.best, ...meansOf(outcomes, new Int16Array(rows).fill(sweep.best), counts) };
  const points = sweep.picks.map((picks) => meansOf(outcomes, picks, counts));
  const free = points[0]?.accuracy ?? 0;
  const curve = points.toSorted((a, b) => a.cost - b.cost || a.accuracy - b.accuracy);
  const lineAt = (cost: number) => {
    const share = best.cost === cheapest.cost ? 1 : (cost - cheapest.cost) / (best.cost - cheapest.cost);
    return cheapest.accuracy + share * (best.accuracy - cheapest.accuracy);
  };
  let lowest = Number.POSITIVE_INFINITY;
  for (let step = 0; step <= GRID; step++) {
    const cost = cheapest.cost + (step / GRID) * (best.cost - cheapest.cost);
    const accuracy = accuracyAt(curve, cost);
    if (accuracy !== undefined) lowest = Math.min(lowest, 100 * (accuracy - lineAt(cost)));
  }
  const half = best.cost / 2;
  const reaching = curve.find(({ accuracy }) => accuracy >= best.accuracy);
  return {
    pointsOverLineAtHalfCost: 100 * ((accuracyAt(curve, half) ?? 0) - lineAt(half)),
    minPointsOverLine: lowest,
    costAtEqualAccuracy: reaching === undefined ? null : reaching.cost / best.cost,
    accuracyAtEqualCost: accuracyAt(curve, best.cost) ?? 0,
    gainOverBest: 100 * (free - best.accuracy),
    cheapest,
    best,
  };
}

/** The same prompts with some of the models alone. */
export function onlyModels<T extends Readonly<Record<string, unknown>>>(
  values: T,
  { models, kept }: { readonly models: number; readonly kept: readonly number[] },
): T {
  const cut = (table: Float32Array) => {
    const rows = table.length / models;
    return Float32Array.from(
      { length: rows * kept.length },
      (_, at) => table[Math.floor(at / kept.length) * models + (kept[at % kept.length] ?? 0)] ?? Number.NaN,
    );
  };
  const entries = Object.entries(values).map(([name, value]) => {
    if (value instanceof Float32Array) return [name, cut(value)];
    return [name, name === 'models' ? kept.length : value];
  });
  return Object.fromEntries(entries) as T;
}

/** Accuracy and mean cost of each model where it was asked. */
function singlesOf({ models, correct, cost }: PoolOutcomes): readonly Single[] {
  return Array.from({ length: models }, (_, model) => {
    let [asked, right, paid] = [0, 0, 0];
    for (let at = model; at < correct.length; at += models) {
      const outcome = correct[at] ?? Number.NaN;
      if (Number.isNaN(outcome)) continue;
      asked++;
      right += outcome;
      paid += cost[at] ?? 0;
    }
    return { model, accuracy: right / Math.max(1, asked), cost: paid / Math.max(1, asked) };
  });
}

/** -1 where no model of the pool was asked. Of equals the cheaper one, then the one named first. */
function picksOf(forecast: PoolForecast, { models, correct }: PoolOutcomes, lambda: number): Int16Array {
  const picks = new Int16Array(correct.length / models).fill(-1);
  for (let row = 0; row < picks.length; row++) {
    let best = Number.NEGATIVE_INFINITY;
    let bestCost = 0;
    for (let model = 0; model < models; model++) {
      const at = row * models + model;
      if (Number.isNaN(correct[at] ?? Number.NaN)) continue;
      const cost = forecast.cost[at] ?? 0;
      const score = lambda === Number.POSITIVE_INFINITY ? -cost : (forecast.quality[at] ?? 0) - lambda * cost;
      if (score < best || (score === best && cost >= bestCost)) continue;
      best = score;
      bestCost = cost;
      picks[row] = model;
    }
  }
  return picks;
}

interface Point {
  readonly accuracy: number;
  readonly cost: number;
}

function meansOf(
  { models, correct, cost }: PoolOutcomes,
  picks: Int16Array,
  counts: Uint32Array | undefined,
): Point {
  let [asked, right, paid] = [0, 0, 0];
  for (let row = 0; row < picks.length; row++) {
    const pick = picks[row] ?? -1;
    const outcome = pick < 0 ? Number.NaN : (correct[row * models + pick] ?? Number.NaN);
    if (Number.isNaN(outcome)) continue;
    const count = counts === undefined ? 1 : (counts[row] ?? 0);
    asked += count;
    right += count * outcome;
    paid += count * (cost[row * models + pick] ?? 0);
  }
  return { accuracy: right / Math.max(1, asked), cost: paid / Math.max(1, asked) };
}

/** Straight from point to point; beyond the last one nothing more is spent; undefined before the first. */
function accuracyAt(curve: readonly Point[], cost: number): number | undefined {
  let before: Point | undefined;
  for (const point of curve) {
    if (point.cost > cost) {
      if (before === undefined) return undefined;
      const share = (cost - before.cost) / (point.cost - before.cost);
      return before.accuracy + share * (point.accuracy - before.accuracy);
    }
    before = point;
  }
  return before?.accuracy;
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 || sum === 0 ? 1 : sum / values.length;
}
