import { isJsonObject, type Json } from '../lib/json.js';
import type { Completion } from '../openai/completion.js';
import type { Neighbour } from './contract.js';
import { verifierOf, verifyAsk } from './verify.js';

/** What became of the candidates for one question. */
export interface HitChoice {
  /** The entry to serve, or none. */
  readonly hit: Neighbour | undefined;
  /** Similarity of the nearest neighbour, served or not; undefined when there was none. */
  readonly nearest: number | undefined;
  /** Why nothing is served: `empty`, `similarity`, `ambiguous`, or what the verification of the best candidate said. */
  readonly reason: string;
}

/** Two candidates closer than this to one another are equally good as far as a vector can tell. */
const AMBIGUOUS_WITHIN = 0.02;

/**
 * Picks the stored answer to serve. A similarity at or above the threshold makes a candidate, no more; the best one
 * that the verification lets through is served. When a second one is as good, holds another answer, and its question
 * is not the first one's in other words, then nobody can say which answer is right, and none is served.
 *
 * @param neighbours best first
 */
export function chooseHit(input: {
  readonly ask: string;
  readonly neighbours: readonly Neighbour[];
  readonly threshold: number;
}): HitChoice {
  const { ask, neighbours, threshold } = input;
  const nearest = neighbours[0]?.similarity;
  if (nearest === undefined) return { hit: undefined, nearest, reason: 'empty' };
  const verify = verifierOf(ask);
  let hit: Neighbour | undefined;
  let veto: string | undefined;
  for (const neighbour of neighbours) {
    // Written this way round, a similarity that is not a number is never a candidate.
    if (!(neighbour.similarity >= threshold)) break;
    if (hit !== undefined && hit.similarity - neighbour.similarity > AMBIGUOUS_WITHIN) break;
    const verdict = verify(neighbour.entry.ask);
    if (!verdict.agrees) veto ??= verdict.reason;
    else if (hit === undefined) hit = neighbour;
    else if (contradicts(hit, neighbour)) return { hit: undefined, nearest, reason: 'ambiguous' };
  }
  return hit === undefined
    ? { hit, nearest, reason: veto ?? 'similarity' }
    : { hit, nearest, reason: 'verified' };
}

/** A model answers the same question in other words each time, so unlike answers alone are no contradiction. */
function contradicts(one: Neighbour, other: Neighbour): boolean {
  if (firstText(one.entry.completion) === firstText(other.entry.completion)) return false;
  return !verifyAsk(one.entry.ask, other.entry.ask).agrees;
}

function firstText(completion: Completion): Json | undefined {
  const choices = completion.object['choices'];
  const first: Json | undefined = Array.isArray(choices) ? choices[0] : undefined;
  if (!isJsonObject(first)) return undefined;
  const message = first['message'];
  return isJsonObject(message) ? message['content'] : first['text'];
}
