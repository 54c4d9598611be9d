import type { Json } from '../lib/json.js';
import type { Completion } from '../openai/completion.js';
import { choiceText } from './choice-text.js';
import type { Neighbour } from './contract.js';
import type { PairJudge } from './pair-judge.js';
import { type VerifyVerdict, verifierOf, verifyAsk } from './verify.js';

/** What became of the candidates for one question. */
export interface HitChoice {
  /** The entry to serve, or none. */
  readonly hit: Neighbour | undefined;
  /** What the judge of pairs said of the hit, where it was asked. 0 to 1. */
  readonly score?: number | undefined;
  /** Similarity of the nearest neighbour, served or not; undefined when there was none. */
  readonly nearest: number | undefined;
  /**
   * `verified`, or why nothing is served: `empty`, `similarity`, `ambiguous`, `judged` when the judge refused,
   * `judge-failed` when it did not answer, or what the verification of the best candidate said. Stable.
   */
  readonly reason: string;
}

/** The judge of pairs, and how it may be asked. */
export interface Judging {
  readonly judge: PairJudge;
  /** Similarity from which a candidate is worth its look. 0 to 1. */
  readonly threshold: number;
  readonly deadlineMs: number;
}

export interface HitQuestion {
  readonly ask: string;
  /** Best first. */
  readonly neighbours: readonly Neighbour[];
  /** Similarity from which a candidate may be served on the checks alone. 0 to 1. */
  readonly threshold: number;
  readonly judging?: Judging | undefined;
  /** Told of every candidate that is looked at, for explanations. */
  readonly seen?: ((neighbour: Neighbour, verdict: VerifyVerdict, judged?: number) => void) | undefined;
}

/** Two candidates closer than this to one another are equally good as far as a vector can tell. */
const AMBIGUOUS_WITHIN = 0.02;
/** Each look takes milliseconds, and right answers stand in front. */
const JUDGED_MAX = 3;

/**
 * Picks the stored answer to serve. A similarity at or above the threshold makes a candidate, no more; the best one
 * that the verification, and the judge where there is one, let through is served. When a second one is as good, holds
 * another answer, and its question is not the first one's in other words, then nobody can say which answer is right,
 * and none is served.
 */
export async function chooseHit(question: HitQuestion): Promise<HitChoice> {
  const { neighbours, judging } = question;
  const nearest = neighbours[0]?.similarity;
  if (nearest === undefined) return { hit: undefined, nearest, reason: 'empty' };
  const candidates = candidatesOf(question);
  const judged = judging === undefined ? passByChecks(candidates) : await passByJudge(question, candidates);
  const [hit, ...others] = judged.passed;
  if (hit === undefined) return { hit, nearest, reason: judged.reason ?? 'similarity' };
  const rival = others.find(
    (other) => hit.similarity - other.similarity <= AMBIGUOUS_WITHIN && contradicts(hit, other, judging),
  );
  if (rival !== undefined) return { hit: undefined, nearest, reason: 'ambiguous' };
  return { hit, nearest, score: judged.score, reason: 'verified' };
}

interface Candidate {
  readonly neighbour: Neighbour;
  readonly verdict: VerifyVerdict;
}

/** What remains of the candidates, best first, and why the first of those that do not remain was refused. */
interface Passed {
  readonly passed: readonly Neighbour[];
  /** What the judge said of the first one; absent where it was not asked. */
  readonly score?: number | undefined;
  readonly reason: string | undefined;
}

function* candidatesOf({ ask, neighbours, threshold, judging, seen }: HitQuestion): Generator<Candidate> {
  const verify = verifierOf(ask);
  const least = judging?.threshold ?? threshold;
  for (const neighbour of neighbours) {
    // Written this way round, a similarity that is not a number is never a candidate.
    if (!(neighbour.similarity >= least)) return;
    const verdict = verify(neighbour.entry.ask);
    seen?.(neighbour, verdict);
    yield { neighbour, verdict };
  }
}

/** Looks no further than at those which could make the best one ambiguous. */
function passByChecks(candidates: Iterable<Candidate>): Passed {
  const passed: Neighbour[] = [];
  let reason: string | undefined;
  for (const { neighbour, verdict } of candidates) {
    const [best] = passed;
    if (best !== undefined && best.similarity - neighbour.similarity > AMBIGUOUS_WITHIN) break;
    if (verdict.agrees) passed.push(neighbour);
    else reason ??= verdict.reason;
  }
  return { passed, reason };
}

/** Equal texts need no judge; the rest get one look, all together. */
async function passByJudge(question: HitQuestion, all: Iterable<Candidate>): Promise<Passed> {
  const open: Candidate[] = [];
  let reason: string | undefined;
  for (const candidate of all) {
    const { verdict } = candidate;
    if (verdict.reason === 'same') return { passed: [candidate.neighbour], reason };
    if (verdict.final) reason ??= verdict.reason;
    else if (open.length < JUDGED_MAX) open.push(candidate);
  }
  if (open.length === 0) return { passed: [], reason };
  const probabilities = await probabilitiesOf(question, open);
  if (probabilities === undefined) return { passed: [], reason: 'judge-failed' };
  for (const [at, { neighbour, verdict }] of open.entries()) {
    question.seen?.(neighbour, verdict, probabilities[at] ?? 0);
  }
  const ranked = open
    .map((candidate, index) => ({ candidate, probability: probabilities[index] ?? 0 }))
    .filter(({ candidate, probability }) => isServed(question, candidate, probability))
    .toSorted((one, other) => other.probability - one.probability);
  return {
    passed: ranked.map(({ candidate }) => candidate.neighbour),
    score: ranked[0]?.probability,
    reason: reason ?? 'judged',
  };
}

/** Undefined when the judge fails: an unjudged candidate is not served, and the request goes its way all the same. */
async function probabilitiesOf(
  { ask, judging }: HitQuestion,
  open: readonly Candidate[],
): Promise<readonly number[] | undefined> {
  const stored = open.map(({ neighbour }) => neighbour.entry.ask);
  return judging?.judge.judge(ask, stored, judging.deadlineMs).catch(() => undefined);
}

function isServed(
  { threshold, judging }: HitQuestion,
  { neighbour, verdict }: Candidate,
  probability: number,
): boolean {
  if (judging === undefined) return false;
  if (probability >= judging.judge.accept) return true;
  return verdict.agrees && neighbour.similarity >= threshold && probability >= judging.judge.reject;
}

/** A model answers the same question in other words each time, so unlike answers alone are no contradiction. */
function contradicts(one: Neighbour, other: Neighbour, judging: Judging | undefined): boolean {
  if (firstText(one.entry.completion) === firstText(other.entry.completion)) return false;
  const { agrees, final } = verifyAsk(one.entry.ask, other.entry.ask);
  // The judge has found both to be the question asked, so a mere suspicion between them says nothing.
  return judging === undefined ? !agrees : final;
}

function firstText({ object }: Completion): Json | undefined {
  const choices = object['choices'];
  return choiceText(Array.isArray(choices) ? choices[0] : undefined);
}
