import { semanticTierReason } from '../cache/bypass.js';
import { chooseHit, type HitChoice, type Judging } from '../cache/choose.js';
import type { CacheEntry, CacheOperations, CacheStore, Neighbour } from '../cache/contract.js';
import { exactKeyOf } from '../cache/key.js';
import type { PairJudge } from '../cache/pair-judge.js';
import { ASK_CHARS_MAX } from '../cache/verify.js';
import type { Embedding } from '../signals/contract.js';
import type { PairRow } from './cache-rows.js';
import { DEADLINE_MS, encodeAll } from './encode-all.js';
import type { EvaluationTools } from './evaluation.js';

/** What pairs are tried on: the parts that serve, and an empty store. */
export interface CacheTools extends EvaluationTools {
  readonly store: CacheStore & Pick<CacheOperations, 'evict'>;
  readonly judge: PairJudge | undefined;
  readonly thresholds: CacheThresholds;
}

export interface CacheThresholds {
  /** Similarity from which the checks alone may serve. */
  readonly similarity: number;
  /** Similarity from which the judge is asked. */
  readonly candidate: number;
}

/** What became of a question: the right entry, another one, or none. */
export type Served = 'right' | 'wrong' | 'none';

/** What is served once the threshold is so low that one more neighbour is a candidate. */
export interface Step {
  /** Similarity of that neighbour; below it nothing changes until the next step. */
  readonly from: number;
  readonly served: Served;
}

/** One row, tried: what each policy serves at each threshold. */
export interface Trial {
  readonly row: PairRow;
  /** From the highest similarity down; a hit of the exact tier is a step at infinity. */
  readonly plain: readonly Step[];
  readonly guards: readonly Step[];
  /** Like `guards` without a judge. */
  readonly shipped: readonly Step[];
  /** What is served at the shipped defaults, and why not if nothing is. */
  readonly asShipped: { readonly served: Served; readonly reason: string };
  /** Served at the shipped thresholds by a judge that accepts from each of `ACCEPTS` on; empty without a judge. */
  readonly byAccept: readonly Served[];
}

export const ACCEPTS = [
  0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995,
];
/** A threshold below this would serve nearly everything. */
export const LOWEST_THRESHOLD = 0.4;

const PARTITION = 'evaluation';
const SECRET = Buffer.from('the hashes of an evaluation are not seen by anybody');
const NEIGHBOURS_MAX = 8;
/** Rows whose vectors are held at once: each is two of them. */
const ROWS_AT_ONCE = 512;

/** Fills the store with entries that nobody asks for. */
export async function storeEntries(asks: readonly string[], tools: CacheTools): Promise<void> {
  const { encoder, workers } = tools;
  const entries = await encodeAll(asks, { encoder, workers }, (embedding, index) =>
    entryOf(asks[index] ?? '', `unrelated-${index}`, embedding),
  );
  for (const entry of entries) await tools.store.put(entry);
}

/** Tries each row on its own: its `a` is stored, its `b` asked, and its `a` taken out again. */
export async function runTrials(rows: readonly PairRow[], tools: CacheTools): Promise<readonly Trial[]> {
  const { encoder, workers, progress } = tools;
  const trials: Trial[] = [];
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const some = rows.slice(start, start + ROWS_AT_ONCE);
    const texts = some.flatMap(({ a, b }) => [a, b]);
    const embeddings = await encodeAll(texts, { encoder, workers }, (embedding) => embedding);
    for (const [index, row] of some.entries()) {
      const [stored, asked] = [embeddings[2 * index], embeddings[2 * index + 1]];
      if (stored !== undefined && asked !== undefined)
        trials.push(await tryRow(row, { stored, asked }, tools));
    }
    progress?.(trials.length, rows.length);
  }
  return trials;
}

interface Embedded {
  readonly stored: Embedding;
  readonly asked: Embedding;
}

async function tryRow(row: PairRow, { stored, asked }: Embedded, tools: CacheTools): Promise<Trial> {
  const { store } = tools;
  const entry = entryOf(row.a, 'asked-for', stored);
  await store.put(entry);
  try {
    const exact = await store.findExact(PARTITION, exactKeyOf(SECRET, PARTITION, row.b));
    if (exact !== undefined) return alwaysServed(row);
    if (row.b.length > ASK_CHARS_MAX || semanticTierReason(asked) !== undefined) return neverServed(row);
    const neighbours = await store.findNearest(PARTITION, asked.vector, NEIGHBOURS_MAX);
    return await trialOf(row, neighbours, tools);
  } finally {
    await store.evict(entry.id);
  }
}

async function trialOf(row: PairRow, all: readonly Neighbour[], tools: CacheTools): Promise<Trial> {
  const { judge, thresholds } = tools;
  const neighbours = all.filter(({ similarity }) => similarity >= LOWEST_THRESHOLD);
  const servedBy = ({ hit }: HitChoice): Served =>
    hit === undefined ? 'none' : hit.entry.ask === row.a ? 'right' : 'wrong';
  const judging = (judgeOrNone: PairJudge | undefined, threshold: number): Judging | undefined =>
    judgeOrNone && { judge: judgeOrNone, threshold, deadlineMs: DEADLINE_MS };
  const choose = (some: readonly Neighbour[], threshold: number, by?: Judging) =>
    chooseHit({ ask: row.b, neighbours: some, threshold, judging: by });
  const steps = async (by: (some: readonly Neighbour[]) => Promise<HitChoice>): Promise<readonly Step[]> => {
    const found: Step[] = [];
    for (const [index, { similarity }] of neighbours.entries()) {
      found.push({ from: similarity, served: servedBy(await by(neighbours.slice(0, index + 1))) });
    }
    return found;
  };
  const [nearest] = neighbours;
  const guards = await steps((some) => choose(some, LOWEST_THRESHOLD));
  const { similarity, candidate } = thresholds;
  const chosen = await choose(all, similarity, judging(judge, candidate));
  return {
    row,
    plain:
      nearest === undefined
        ? []
        : [{ from: nearest.similarity, served: servedBy({ hit: nearest, nearest: 1, reason: '' }) }],
    guards,
    shipped:
      judge === undefined
        ? guards
        : await steps((some) => choose(some, similarity, judging(judge, LOWEST_THRESHOLD))),
    asShipped: { served: servedBy(chosen), reason: chosen.reason },
    byAccept: await servedByAccept(judge, async (stricter) =>
      servedBy(await choose(all, similarity, judging(stricter, candidate))),
    ),
  };
}

async function servedByAccept(
  judge: PairJudge | undefined,
  serve: (judge: PairJudge) => Promise<Served>,
): Promise<readonly Served[]> {
  if (judge === undefined) return [];
  const served: Served[] = [];
  for (const accept of ACCEPTS) {
    const { hash, reject } = judge;
    const ask: PairJudge['judge'] = (...question) => judge.judge(...question);
    served.push(await serve({ hash, accept, reject: Math.max(reject, accept), judge: ask }));
  }
  return served;
}

function alwaysServed(row: PairRow): Trial {
  const always = [{ from: Number.POSITIVE_INFINITY, served: 'right' }] as const;
  const asShipped = { served: 'right', reason: 'exact' } as const;
  return {
    row,
    plain: always,
    guards: always,
    shipped: always,
    asShipped,
    byAccept: ACCEPTS.map(() => 'right'),
  };
}

/** The exact tier alone may answer such a question. */
function neverServed(row: PairRow): Trial {
  const asShipped = { served: 'none', reason: 'exact-only' } as const;
  return { row, plain: [], guards: [], shipped: [], asShipped, byAccept: ACCEPTS.map(() => 'none') };
}

function entryOf(ask: string, id: string, embedding: Embedding): CacheEntry {
  const answer = { choices: [{ message: { role: 'assistant', content: `the answer to: ${ask}` } }] };
  return {
    id,
    partition: PARTITION,
    tenant: PARTITION,
    exactKey: exactKeyOf(SECRET, PARTITION, ask),
    ask,
    vector: semanticTierReason(embedding) === undefined ? embedding.vector : undefined,
    completion: { api: 'chat', object: answer, usage: undefined, finishReasons: ['stop'] },
    model: '',
    decision: '',
    createdAtMs: 0,
    expiresAtMs: Number.MAX_SAFE_INTEGER,
    bytes: ask.length,
    pinned: false,
  };
}
