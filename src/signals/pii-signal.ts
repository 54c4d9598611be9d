import type { Find, Signal, SignalValue } from './contract.js';
import { NO_HEADS } from './heads.js';
import { passagesOf } from './passages.js';
import { searchAll } from './pii/search.js';
import { isByPatternsAlone } from './pii/types.js';
import { NOT_READ, refusal, type UnreadPolicy, unreadChars, unreadNote } from './unread.js';

export interface PiiOptions {
  readonly name: string;
  /** Canonical types. */
  readonly types: readonly string[];
  /** Score at or above which a find counts. 0 to 1. */
  readonly threshold: number;
  /** How many finds make the signal match. */
  readonly minCount: number;
  readonly unread: UnreadPolicy;
  /** Whether the model has heads, without which only what patterns find is found. */
  readonly hasHeads: boolean;
}

/**
 * Whether the conversation holds personal data of these types, whoever said it. Score: how many finds. Types that
 * patterns alone decide need no model, and no budget of windows leaves text unread for them; a signal that asks for
 * others is unknown without heads. Unless the policy allows it, either is unknown where text was left unread, or could
 * not be searched in time, and too little was found in the rest.
 */
export function piiSignal(options: PiiOptions): Signal {
  const { name, threshold, minCount, unread, hasHeads } = options;
  const types = new Set(options.types);
  const byPatternsAlone = options.types.every(isByPatternsAlone);
  return {
    name,
    cost: byPatternsAlone ? 'rule' : 'whole',
    searches: byPatternsAlone || hasHeads,
    evaluate(view, _embedding, whole, personal): SignalValue {
      if (!byPatternsAlone && !hasHeads) return { state: 'unknown', reason: NO_HEADS };
      if (!byPatternsAlone && whole === undefined) return { state: 'unknown', reason: NOT_READ };
      const { finds, unsearchedChars } = personal ?? searchAll(passagesOf(view), whole);
      const found = finds.filter(({ type, score }) => types.has(type) && score >= threshold);
      const total = found.reduce((sum, { count }) => sum + count, 0);
      const matched = total >= minCount;
      const unseen = byPatternsAlone || whole === undefined ? 0 : unreadChars(whole);
      // What was not searched was not read either, unless the head got there first.
      const chars = Math.max(unseen, unsearchedChars);
      if (!matched && chars > 0 && unread === 'refuse') return refusal(chars);
      return {
        state: 'known',
        matched,
        score: total,
        threshold: minCount,
        confidence: surenessOf(found, minCount),
        detail: countNote(found) + unreadNote(chars),
      };
    },
  };
}

/** How sure it is that there are so many: the score of the last one that is needed. */
function surenessOf(found: readonly Find[], minCount: number): number {
  let missing = minCount;
  for (const { score, count } of found.toSorted((a, b) => b.score - a.score)) {
    missing -= count;
    if (missing <= 0) return score;
  }
  return 0;
}

/** Counts alone: what was found must not end up where details do. */
function countNote(found: readonly Find[]): string {
  const counts = new Map<string, number>();
  for (const { type, count } of found) counts.set(type, (counts.get(type) ?? 0) + count);
  if (counts.size === 0) return 'nothing was found';
  return [...counts].map(([type, count]) => `${count} ${type}`).join(', ');
}
