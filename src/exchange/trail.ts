import type { PartitionInput } from '../cache/partition.js';
import type { VerifyVerdict } from '../cache/verify.js';
import type { Json } from '../lib/json.js';
import type { Expectation } from '../selection/expected-quality.js';
import type { Embedding, PersonalData, PromptView, WholeReading } from '../signals/contract.js';
import type { SignalBoard } from './classify.js';

/**
 * What one request met on its way, beyond what its ledger tells. It is kept only for those requests that somebody asks
 * to explain or to record, and holds text of the prompt: whatever is told of it leaves that out.
 */
export interface Trail {
  view?: PromptView;
  board?: SignalBoard;
  embedding?: Embedding;
  whole?: WholeReading;
  personal?: PersonalData;
  /** What the partition of the cache is made of; absent where the cache has no part in the request. */
  keyed?: PartitionInput;
  keys?: { readonly partition: string; readonly tenant: string; readonly exactKey: string };
  /** Entries of the cache that were looked at, best first. */
  neighbours?: readonly SeenNeighbour[];
  /** What a router, named by its hash, expects of its models. */
  expected?: { readonly router: string; readonly expected: Expectation };
  /** One for each model that may be asked. */
  thinking?: readonly Thinking[];
}

/** An entry that was near, and what became of it. */
export interface SeenNeighbour {
  readonly id: string;
  readonly ask: string;
  readonly similarity: number;
  /** Absent where it was too far to be looked at. */
  verdict?: VerifyVerdict;
  /** What the judge of pairs said; absent where it was not asked. 0 to 1. */
  judged?: number;
}

/** Whether a model shall think, and the members of the body that were written to tell it so. */
export interface Thinking {
  readonly model: string;
  readonly thinks: boolean;
  readonly members: readonly { readonly path: readonly string[]; readonly value: Json }[];
}

/** Notes something where somebody wants to know; costs next to nothing where nobody does. */
export function note({ trail }: { readonly trail?: Trail | undefined }, seen: Trail): void {
  if (trail !== undefined) Object.assign(trail, seen);
}
