import type { HeadSpec, Signal, SignalValue } from './contract.js';
import { indexesOf, lengthNote, NO_HEADS, readHeads, sumAt } from './heads.js';

export interface FactCheckOptions {
  readonly name: string;
  /** Score at or above which the signal matches. 0 to 1. */
  readonly threshold: number;
  /** What the intent head can say; undefined when the model has none. */
  readonly spec: HeadSpec | undefined;
}

/** What is asked stands at the beginning or the end of a turn. UTF-16 units. */
const READ_CHARS_MAX = 600;

/**
 * Whether the last user turn asks for facts that can be looked up, so that a wrong answer would mislead. Score: 0 to 1,
 * half by the probability that it wants knowledge, half by hints in its words (who, when, how many; years, numbers, names;
 * superlatives), less where it asks for fiction, opinions or code. Made by hand, not learned: it tells questions about
 * facts from other requests, not true from false.
 *
 * Unknown without heads, and where the encoder does not know the language.
 */
export function factCheckSignal({ name, threshold, spec }: FactCheckOptions): Signal {
  const knowledge = spec === undefined ? [] : indexesOf(name, spec.labels, ['knowledge']);
  return {
    name,
    cost: 'encoder',
    evaluate({ ask }, embedding): SignalValue {
      if (spec === undefined) return { state: 'unknown', reason: NO_HEADS };
      const heads = readHeads(embedding);
      if (!heads.ok) return { state: 'unknown', reason: heads.error };
      const wantsKnowledge = sumAt(heads.value.probabilities.intent, knowledge);
      const hints = hintsOf(ask);
      const score = Math.min(1, Math.max(0, 0.5 * wantsKnowledge + 0.5 * hints));
      const detail = `knowledge ${wantsKnowledge.toFixed(2)}, hints ${hints.toFixed(2)}${lengthNote(embedding)}`;
      return { state: 'known', matched: score >= threshold, score, threshold, detail };
    },
  };
}

/** -1 to 1. */
function hintsOf(ask: string): number {
  const text =
    ask.length > READ_CHARS_MAX
      ? `${ask.slice(0, READ_CHARS_MAX / 2)} ${ask.slice(-READ_CHARS_MAX / 2)}`
      : ask;
  let sum = 0;
  for (const { pattern, weight } of HINTS) if (pattern.test(text)) sum += weight;
  return Math.min(1, Math.max(-1, sum));
}

const HINTS: readonly { readonly pattern: RegExp; readonly weight: number }[] = [
  { pattern: /\b(?:who|when|where|which|whose)\b/i, weight: 0.45 },
  { pattern: /\bhow (?:many|much|old|far|tall|long|big|fast|large|deep|high|heavy)\b/i, weight: 0.5 },
  { pattern: /\bwhat (?:is|are|was|were|year|date|country|city|percentage|caused|happened)\b/i, weight: 0.3 },
  { pattern: /\b(?:is|was|are|were|did|does|has|have) (?:it true|[A-Z][a-z])/, weight: 0.35 },
  { pattern: /\b(?:1[0-9]|20)\d\d\b/, weight: 0.25 },
  {
    pattern:
      /\b(?:percent|population|capital of|president|founded|invented|discovered|born|died|won|cost of)\b/i,
    weight: 0.3,
  },
  {
    pattern:
      /\b(?:first|last|largest|smallest|highest|lowest|oldest|youngest|longest|most|latest|current)\b/i,
    weight: 0.2,
  },
  // A name in the middle of a sentence.
  { pattern: /[a-z,] [A-Z][a-z]{2}/, weight: 0.25 },
  { pattern: /\b(?:source|cite|citation|according to|fact[- ]check|evidence|true or false)\b/i, weight: 0.4 },
  { pattern: /\b(?:poem|story|song|joke|novel|imagine|pretend|role-?play|slogan|lyrics)\b/i, weight: -0.7 },
  { pattern: /\b(?:do you think|your opinion|should i|do you like|how do you feel)\b/i, weight: -0.5 },
  {
    pattern:
      /\b(?:rewrite|rephrase|translate|summari[sz]e|proofread|write|draft|refactor|debug|implement)\b/i,
    weight: -0.5,
  },
];
