import type { DemoQuestion } from './demo-questions.js';

/** What a client saw of one answer, and what the simulators saw of its question. */
export interface Observed {
  readonly status: number;
  /** The answer headers; empty where one was missing. */
  readonly model: string;
  readonly decision: string;
  /** `miss`, `hit-exact`, …, without the reason. */
  readonly cache: string;
  readonly similarity: string;
  /** Milliseconds that Sextant says it spent; undefined where it said none. */
  readonly overheadMs: number | undefined;
  /** Client milliseconds to the last byte. */
  readonly ms: number;
  readonly content: string;
  /** Names of the simulators that were asked meanwhile, one for each request. */
  readonly asked: readonly string[];
}

/** The last line of the demonstration. */
export interface Summary {
  readonly cold_ms: number;
  readonly exact_hit_ms: number;
  readonly semantic_hit_ms: number;
  readonly speedup: number;
  readonly overhead_ms_p50: number;
  readonly wrong_hits: number;
  /** How many questions each model was asked, by its name. */
  readonly asked: Readonly<Record<string, number>>;
  readonly from_cache: number;
  readonly refused: number;
}

/** Everything in which an answer differs from what its question expects; empty when all is as it should be. */
export function deviations(question: DemoQuestion, seen: Observed): readonly string[] {
  const { expected } = question;
  const { model, cache } = expected;
  const refused = model === undefined;
  const asked = refused || isHit(cache) ? 'nobody' : model;
  const rows: readonly (readonly [string, string, string])[] = [
    ['status', refused ? '403' : '200', String(seen.status)],
    ['model', model ?? 'none', seen.model],
    ['decision', expected.decision, seen.decision],
    ['cache', cache ?? seen.cache, seen.cache],
    ['asked upstream', asked, seen.asked.join('+') || 'nobody'],
  ];
  return rows
    .filter(([, wanted, found]) => wanted !== found)
    .map(([what, wanted, found]) => `${what}: expected ${wanted}, got ${found || '(nothing)'}`);
}

/**
 * How many answers were served to a question that they do not belong to. A served answer must equal, byte for byte, the
 * answer of the question whose entry it may come from; an answer that was made afresh must equal none of the stored
 * ones, or it was served in secret.
 */
export function wrongHits(questions: readonly DemoQuestion[], seen: readonly Observed[]): number {
  return questions.filter((question, at) => isWrong(questions, seen, question, at)).length;
}

function isWrong(
  questions: readonly DemoQuestion[],
  seen: readonly Observed[],
  question: DemoQuestion,
  at: number,
): boolean {
  const answer = seen[at];
  if (answer === undefined || answer.status !== 200) return false;
  const { servedFrom } = question.expected;
  if (isHit(answer.cache)) {
    return servedFrom === undefined || answer.content !== seen[servedFrom]?.content;
  }
  // Two tenants may ask the same and get the same; what was served from the cache is another row's answer by right.
  const earlier = seen
    .slice(0, at)
    .filter((row, before) => !isHit(row.cache) && questions[before]?.prompt !== question.prompt);
  return servedFrom === undefined && earlier.some(({ content }) => content === answer.content);
}

/**
 * The figures of a run, rounded to tenths of a millisecond. Times are medians: of the answers from which others were
 * served later, and of the hits of either kind.
 */
export function summarise(questions: readonly DemoQuestion[], seen: readonly Observed[]): Summary {
  const served = new Set(questions.flatMap(({ expected }) => expected.servedFrom ?? []));
  const medianMs = (counts: (at: number) => boolean): number =>
    tenths(median(seen.filter((_, at) => counts(at)).map(({ ms }) => ms)));
  const expects = (at: number) => questions[at]?.expected.cache;
  const cold = medianMs((at) => served.has(at));
  const reworded = medianMs((at) => expects(at) === 'hit-semantic');
  const overheads = seen.map((answer) => answer.overheadMs).filter((ms) => ms !== undefined);
  return {
    cold_ms: cold,
    exact_hit_ms: medianMs((at) => expects(at) === 'hit-exact'),
    semantic_hit_ms: reworded,
    speedup: tenths(cold / reworded),
    overhead_ms_p50: Number(median(overheads).toFixed(2)),
    wrong_hits: wrongHits(questions, seen),
    asked: counted(seen.flatMap(({ asked }) => asked)),
    from_cache: seen.filter(({ cache }) => isHit(cache)).length,
    refused: seen.filter(({ status }) => status === 403).length,
  };
}

function isHit(cache: string | undefined): boolean {
  return cache?.startsWith('hit') === true;
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function tenths(value: number): number {
  return Number(value.toFixed(1));
}
