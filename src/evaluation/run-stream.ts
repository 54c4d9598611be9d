import { createErrorBound, type ErrorBound } from '../cache/bound.js';
import { chooseHit } from '../cache/choose.js';
import type { CacheEntry, Neighbour } from '../cache/contract.js';
import type { PairJudge } from '../cache/pair-judge.js';
import { seededRandom } from '../lib/random.js';
import { DEADLINE_MS } from './encode-all.js';
import type { NearText } from './near-texts.js';
import type { QuestionStream } from './question-stream.js';

/** What a cache made of a stream of questions. */
export interface StreamFigures {
  readonly questions: number;
  /** Asked before, word for word: the exact tier answers these, right by their nature, whatever the policy. */
  readonly exact: number;
  /** Answered with the answer to another text. */
  readonly hits: number;
  /** Of these, the ones whose text belongs to another group. */
  readonly wrong: number;
  /** Candidates that were not served but compared with what a model said. */
  readonly checked: number;
  /** Of all questions. */
  readonly hitRate: number;
  /** Wrong hits per served hit; 0 where nothing was served. */
  readonly errorPerHit: number;
  /** Wrong hits per question, as the vCache paper counts. */
  readonly errorPerQuestion: number;
}

/** Whether a question that was not asked before is answered from what is stored, and by which text. */
export interface StreamPolicy {
  /** @param near texts that are stored, best first */
  choose(text: number, near: readonly NearText[]): Promise<StreamChoice>;
}

export interface StreamChoice {
  readonly served: number | undefined;
  /** Told the truth about a candidate that was not served. */
  readonly learn?: ((isSame: (other: number) => boolean) => void) | undefined;
}

/** As many as serving looks at. */
const NEIGHBOURS_MAX = 8;

/** Asks one question after the other; what is answered by a model is stored, and what is served is not. */
export async function runStream(
  { groups, asked }: QuestionStream,
  near: readonly (readonly NearText[])[],
  policy: StreamPolicy,
): Promise<StreamFigures> {
  const stored = new Set<number>();
  let exact = 0;
  let hits = 0;
  let wrong = 0;
  let checked = 0;
  for (const text of asked) {
    if (stored.has(text)) {
      exact += 1;
      continue;
    }
    const around = (near[text] ?? []).filter(({ index }) => stored.has(index)).slice(0, NEIGHBOURS_MAX);
    const { served, learn } = await policy.choose(text, around);
    if (served === undefined) {
      stored.add(text);
      if (learn !== undefined) checked += 1;
      learn?.((other) => groups[other] === groups[text]);
    } else {
      hits += 1;
      if (groups[served] !== groups[text]) wrong += 1;
    }
  }
  const questions = asked.length;
  return {
    questions,
    exact,
    hits,
    wrong,
    checked,
    hitRate: hits / questions,
    errorPerHit: hits === 0 ? 0 : wrong / hits,
    errorPerQuestion: wrong / questions,
  };
}

/** Serves whatever is like enough: what others do. */
export function plainThreshold(threshold: number): StreamPolicy {
  return {
    choose: async (_, [best]) => ({
      served: best !== undefined && best.similarity >= threshold ? best.index : undefined,
    }),
  };
}

export interface BoundPolicyOptions {
  readonly maxErrorRate: number;
  readonly verifySampleRate: number;
  readonly seed: number;
  readonly judge: PairJudge | undefined;
  readonly thresholds: { readonly similarity: number; readonly candidate: number };
}

/** The way of serving: what passes the checks is served when the bound allows it, and compared when not. */
export function boundPolicy(
  texts: readonly string[],
  options: BoundPolicyOptions,
): StreamPolicy & { readonly bound: ErrorBound } {
  const { maxErrorRate, verifySampleRate, seed, judge, thresholds } = options;
  const bound = createErrorBound({ maxErrorRate, verifySampleRate, random: seededRandom(seed) });
  const judging = judge && { judge, threshold: thresholds.candidate, deadlineMs: DEADLINE_MS };
  const threshold = thresholds.similarity;
  const neighbourOf = ({ index, similarity }: NearText): Neighbour => {
    return { entry: entryOf(index, texts[index] ?? ''), similarity };
  };
  return {
    bound,
    async choose(text, near) {
      const neighbours = near.map(neighbourOf);
      const { hit, score } = await chooseHit({ ask: texts[text] ?? '', neighbours, threshold, judging });
      if (hit === undefined) return { served: undefined };
      const { id } = hit.entry;
      const rival = neighbours.find(({ entry }) => !bound.sameFamily(id, entry.id))?.similarity;
      const { action, basis } = bound.decide(id, { similarity: hit.similarity, score, rival });
      if (action === 'serve') return { served: Number(id) };
      return {
        served: undefined,
        learn(isSame) {
          const right = isSame(Number(id));
          bound.observe(id, basis, right);
          if (right) bound.join(id, String(text));
        },
      };
    },
  };
}

/** Of an entry, the checks read the question; two answers are never equal here, so that ambiguity is seen. */
function entryOf(index: number, ask: string): CacheEntry {
  const id = String(index);
  return {
    id,
    partition: '',
    tenant: '',
    exactKey: id,
    ask,
    vector: undefined,
    completion: {
      api: 'chat',
      object: { choices: [{ message: { content: id } }] },
      usage: undefined,
      finishReasons: ['stop'],
    },
    model: '',
    decision: '',
    createdAtMs: 0,
    expiresAtMs: 0,
    bytes: 0,
    pinned: false,
  };
}
