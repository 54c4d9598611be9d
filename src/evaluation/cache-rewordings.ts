import { wilsonInterval } from '../learn/metrics.js';
import { type CacheEvaluation, evaluateCache } from './cache.js';
import type { PairRow } from './cache-rows.js';
import type { CacheTools } from './cache-trials.js';
import { DataError } from './data-error.js';
import { checkedText, type DataFile, type DataRow, readJsonLines, textField } from './data-file.js';
import { type Evaluation, rounded, share } from './evaluation.js';

/** A question, what else people say when they mean it, and what they say when they mean something near it. */
export interface RewordingRow {
  readonly ask: string;
  readonly rewordings: readonly string[];
  readonly near: readonly string[];
  readonly kind: string | undefined;
}

/** Texts of one row, at most. */
const TEXTS_MAX = 1000;

/** @throws DataError with file and line where a row is not `{"ask": text, "rewordings": [texts], "near": [texts]}` */
export async function readRewordings(path: string): Promise<readonly RewordingRow[]> {
  const file = await readJsonLines(path);
  return file.rows.map((row) => ({
    ask: textField(file, row, ['ask']),
    rewordings: textsField(file, row, 'rewordings'),
    near: textsField(file, row, 'near'),
    kind: 'kind' in row.fields ? textField(file, row, ['kind']) : undefined,
  }));
}

/**
 * How often the cache knows a question again when it comes in other words, and how often it mistakes a near one for it,
 * at the shipped defaults. Beside it the plain threshold that makes as few mistakes.
 *
 * @throws DataError when too few of the entries are unrelated to the rows
 */
export async function evaluateRewordings(
  rows: readonly RewordingRow[],
  entries: readonly string[],
  tools: CacheTools,
): Promise<Evaluation & Pick<CacheEvaluation, 'kinds'>> {
  const pairs = rows.flatMap(pairsOf);
  const found = await evaluateCache(pairs, entries, tools);
  const shipped = found.policies.find(({ name }) => name === 'shipped');
  const hitRate = shipped?.recall ?? null;
  const wrong = wrongHits(shipped);
  const plain = bestWithin(found, wrong);
  const same = pairs.filter((pair) => pair.same).length;
  const near = pairs.length - same;
  const interval = (value: number | null, n: number) =>
    value === null ? null : wilsonInterval(Math.round(value * n), n);
  const figures = [
    share('hit rate of rewordings', hitRate, { n: same, interval: interval(hitRate, same) }),
    share('near questions served', shipped?.falseHitRate ?? null, {
      n: near,
      interval: interval(shipped?.falseHitRate ?? null, near),
    }),
    share('hit rate of the best threshold with as few wrong hits', plain?.recall ?? 0, { n: same }),
  ];
  const json = {
    questions: rows.length,
    rewordings: same,
    near,
    hit_rate: rounded(hitRate),
    hits: shipped?.hits ?? 0,
    wrong_hits: wrong,
    near_served: rounded(shipped?.falseHitRate ?? null),
    threshold: plain?.threshold ?? null,
    threshold_hit_rate: rounded(plain?.recall ?? 0),
    threshold_wrong_hits: wrongHits(plain),
    missed: found.json['missed'] ?? {},
  };
  return { json, figures, notes: found.notes, kinds: found.kinds };
}

function pairsOf({ ask, rewordings, near, kind }: RewordingRow): readonly PairRow[] {
  return [
    ...rewordings.map((b) => ({ a: ask, b, same: true, kind })),
    ...near.map((b) => ({ a: ask, b, same: false, kind })),
  ];
}

interface Hits {
  readonly hits: number;
  readonly precision: number | null;
}

function wrongHits(policy: Hits | undefined): number {
  return policy === undefined ? 0 : Math.round(policy.hits * (1 - (policy.precision ?? 1)));
}

/** Of the plain thresholds that serve no more wrong answers, the one that serves most rewordings. */
function bestWithin(
  { curve }: CacheEvaluation,
  wrongMax: number,
): CacheEvaluation['curve'][number] | undefined {
  const plain = curve.filter((point) => point.policy === 'plain' && wrongHits(point) <= wrongMax);
  return plain.toSorted((one, other) => (other.recall ?? 0) - (one.recall ?? 0))[0];
}

function textsField({ path }: DataFile, { line, fields }: DataRow, name: string): readonly string[] {
  const where = `${path}:${line}`;
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!Array.isArray(value) || value.length > TEXTS_MAX)
    throw new DataError(`${where}: "${name}" must be a list of ${TEXTS_MAX} texts at most`);
  return value.map((text) => {
    if (typeof text !== 'string') throw new DataError(`${where}: "${name}" holds something that is no text`);
    return checkedText(text, { where, name });
  });
}
