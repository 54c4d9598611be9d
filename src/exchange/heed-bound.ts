import { answersAgree } from '../cache/answers-agree.js';
import type { HitChoice } from '../cache/choose.js';
import type { CacheEntry, Neighbour } from '../cache/contract.js';
import type { CheckKind } from '../cache/hit-tally.js';
import type { HitWatch } from './hit-watch.js';
import type { Inquiry } from './inquiry.js';

/** What the watch says of a candidate that passed every check. */
interface Heeded {
  readonly action: 'serve' | Exclude<CheckKind, 'feedback'>;
  readonly checkRate: number;
  /** Teaches the bound what the comparison of the two answers found. */
  teach(right: boolean, freshId: string): void;
}

/**
 * Whether the chosen candidate may be served. Where not, the request goes to a model, and the answer that comes of it
 * is compared with the candidate's, which is what the bound learns from and the sample measures. Sextant has no way to
 * ask a model on its own, so it is this client who waits for it.
 */
export function heedBound(inquiry: Inquiry, choice: HitChoice, neighbours: readonly Neighbour[]): boolean {
  const { service, policy, ledger, plan } = inquiry;
  const watch = service.watchOf?.(policy.name);
  const { hit } = choice;
  if (watch === undefined || hit === undefined) return hit !== undefined;
  const heeded = heed(inquiry, watch, { hit, score: choice.score, neighbours });
  if (heeded.action === 'serve') {
    watch.tally.served();
    return true;
  }
  const { action } = heeded;
  ledger.similarity = hit.similarity;
  ledger.cacheReason = action;
  // The answer to a like question on its way would tell nothing of this one.
  plan.goesAlone = true;
  plan.learn = (fresh) => void compare(watch, hit.entry, fresh, { ...heeded, action });
  return false;
}

/** Counts a request that a candidate might have answered. */
export function countAsked({ service, policy }: Inquiry): void {
  service.watchOf?.(policy.name)?.tally.asked();
}

interface Chosen {
  readonly hit: Neighbour;
  readonly score: number | undefined;
  readonly neighbours: readonly Neighbour[];
}

function heed({ plan }: Inquiry, watch: HitWatch, { hit, score, neighbours }: Chosen): Heeded {
  const { bound, random, verifySampleRate } = watch;
  if (bound === undefined) {
    const action = random() < verifySampleRate ? 'verify-sample' : 'serve';
    return { action, checkRate: verifySampleRate, teach: () => {} };
  }
  const { entry, similarity } = hit;
  const rival = neighbours.find((other) => !bound.sameFamily(entry.id, other.entry.id))?.similarity;
  const { action, checkRate, basis } = bound.decide(entry.id, { similarity, score, rival });
  plan.basis = basis;
  return {
    action,
    checkRate,
    teach(right, freshId) {
      bound.observe(entry.id, basis, right);
      if (right) bound.join(entry.id, freshId);
    },
  };
}

async function compare(
  watch: HitWatch,
  stored: CacheEntry,
  fresh: CacheEntry,
  heeded: Heeded & { readonly action: Exclude<CheckKind, 'feedback'> },
): Promise<void> {
  const agreement = await answersAgree(stored.completion, fresh.completion, watch.compare);
  watch.tally.checked(heeded.action, agreement, heeded.checkRate);
  if (agreement !== 'unsure') heeded.teach(agreement === 'right', fresh.id);
}
