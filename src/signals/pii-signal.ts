import type { Passage, Signal, SignalValue, Span, WholeReading } from './contract.js';
import { NO_HEADS } from './heads.js';
import { passagesOf } from './passages.js';
import { findPersonalData } from './pii/find.js';
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
 * patterns alone decide need no model and are read from end to end however long the text is; a signal that asks for
 * others is unknown without heads, and, unless the policy allows it, where text was left unread and too little was
 * found in the rest.
 */
export function piiSignal(options: PiiOptions): Signal {
  const { name, threshold, minCount, unread, hasHeads } = options;
  const types = new Set(options.types);
  const byPatternsAlone = options.types.every(isByPatternsAlone);
  return {
    name,
    cost: byPatternsAlone ? 'rule' : 'whole',
    evaluate(view, _embedding, whole): SignalValue {
      if (!byPatternsAlone && !hasHeads) return { state: 'unknown', reason: NO_HEADS };
      if (!byPatternsAlone && whole === undefined) return { state: 'unknown', reason: NOT_READ };
      const found = findAll(passagesOf(view), whole).filter(
        ({ type, score }) => types.has(type) && score >= threshold,
      );
      const matched = found.length >= minCount;
      const chars = byPatternsAlone || whole === undefined ? 0 : unreadChars(whole);
      if (!matched && chars > 0 && unread === 'refuse') return refusal(chars);
      return {
        state: 'known',
        matched,
        score: found.length,
        threshold: minCount,
        confidence: surenessOf(found, minCount),
        detail: countNote(found) + unreadNote(chars),
      };
    },
  };
}

function findAll(passages: readonly Passage[], whole: WholeReading | undefined): readonly Span[] {
  const spans: Span[][] = passages.map(() => []);
  for (const { passage, heads } of whole?.windows ?? []) spans[passage]?.push(...heads.spans);
  return passages.flatMap(({ text }, index) => findPersonalData(text, spans[index] ?? []));
}

/** How sure it is that there are so many: the score of the last one that is needed. */
function surenessOf(found: readonly Span[], minCount: number): number {
  const scores = found.map(({ score }) => score).sort((a, b) => b - a);
  return scores[minCount - 1] ?? 0;
}

/** Counts alone: what was found must not end up where details do. */
function countNote(found: readonly Span[]): string {
  const counts = new Map<string, number>();
  for (const { type } of found) counts.set(type, (counts.get(type) ?? 0) + 1);
  if (counts.size === 0) return 'nothing was found';
  return [...counts].map(([type, count]) => `${count} ${type}`).join(', ');
}
