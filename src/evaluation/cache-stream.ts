import { semanticTierReason } from '../cache/bypass.js';
import type { PairJudge } from '../cache/pair-judge.js';
import { wilsonInterval } from '../learn/metrics.js';
import type { PairRow } from './cache-rows.js';
import { encodeAll } from './encode-all.js';
import { type Evaluation, type EvaluationTools, rounded, share } from './evaluation.js';
import { nearTexts } from './near-texts.js';
import { type QuestionStream, streamOf } from './question-stream.js';
import { boundPolicy, plainThreshold, runStream, type StreamFigures } from './run-stream.js';

export interface CacheStreamOptions {
  readonly maxErrorRate: number;
  readonly verifySampleRate: number;
  readonly questions: number;
  readonly seed: number;
  /** The second look, where the models have one. */
  readonly judge: PairJudge | undefined;
  /** Similarity from which a text is a candidate, and from which the judge is asked. */
  readonly thresholds: { readonly similarity: number; readonly candidate: number };
}

/** Compared with which thresholds a bound has to show its worth: every hundredth from 0.7, finer towards 1. */
const THRESHOLDS = [
  ...Array.from({ length: 25 }, (_, step) => 0.7 + step / 100),
  ...Array.from({ length: 25 }, (_, step) => 0.95 + step / 500),
];
/** Of each text, kept with their similarities; only those that are stored by then are candidates. */
const NEAR_MAX = 128;

/**
 * Asks a stream of questions made of pairs, once by the error bound and once by each threshold. The threshold to be
 * beaten is the one that serves most of those which, in hindsight, kept within the allowed error.
 */
export async function evaluateCacheStream(
  rows: readonly Pick<PairRow, 'a' | 'b' | 'same'>[],
  options: CacheStreamOptions,
  { encoder, workers, progress }: EvaluationTools,
): Promise<Evaluation> {
  const { maxErrorRate, questions, seed, judge, thresholds } = options;
  const stream = streamOf(rows, { questions, seed });
  const { dimension } = encoder;
  const vectors = new Float32Array(stream.texts.length * dimension);
  const covered: boolean[] = [];
  await encodeAll(stream.texts, { encoder, workers, progress }, (embedding, index) => {
    vectors.set(embedding.vector, index * dimension);
    covered[index] = semanticTierReason(embedding) === undefined;
  });
  const all = nearTexts({
    vectors,
    dimension,
    from: judge === undefined ? thresholds.similarity : thresholds.candidate,
    limit: NEAR_MAX,
    progress,
  });
  // What the encoder does not cover gets the exact tier only, as in serving.
  const near = all.map((others, index) => {
    return covered[index] === true ? others.filter((other) => covered[other.index] === true) : [];
  });
  const policy = boundPolicy(stream.texts, options);
  const found = await runStream(stream, near, policy);
  let best: (StreamFigures & { readonly threshold: number }) | undefined;
  for (const threshold of THRESHOLDS) {
    const figures = await runStream(stream, near, plainThreshold(threshold));
    const kept = figures.errorPerHit <= maxErrorRate;
    if (kept && figures.hits > (best?.hits ?? 0)) best = { ...figures, threshold };
  }
  return evaluationOf(options, { stream, found, best });
}

function evaluationOf(
  { maxErrorRate, verifySampleRate, seed }: CacheStreamOptions,
  {
    stream,
    found,
    best,
  }: {
    readonly stream: QuestionStream;
    readonly found: StreamFigures;
    readonly best: (StreamFigures & { readonly threshold: number }) | undefined;
  },
): Evaluation {
  const { questions, exact, hits, wrong, checked } = found;
  const json = {
    n: questions,
    texts: stream.texts.length,
    groups: new Set(stream.groups).size,
    seed,
    max_error_rate: maxErrorRate,
    verify_sample_rate: verifySampleRate,
    exact,
    hits,
    wrong,
    checked,
    hit_rate: rounded(found.hitRate),
    error_per_hit: rounded(found.errorPerHit),
    error_per_question: rounded(found.errorPerQuestion),
    threshold: best?.threshold ?? null,
    threshold_hits: best?.hits ?? 0,
    threshold_hit_rate: rounded(best?.hitRate ?? 0),
    threshold_error_per_hit: rounded(best?.errorPerHit ?? null),
  };
  const figures = [
    share('hit rate', found.hitRate, { n: questions }),
    share('wrong hits per served hit', hits === 0 ? null : found.errorPerHit, {
      n: hits,
      interval: wilsonInterval(wrong, hits),
    }),
    share('wrong hits per question', found.errorPerQuestion, { n: questions }),
    share('hit rate of the best threshold within the error', best?.hitRate ?? 0, { n: questions }),
  ];
  const notes = [
    'a hit is an answer to another text; questions that were asked before word for word are counted as exact',
  ];
  return { json, figures, notes };
}
