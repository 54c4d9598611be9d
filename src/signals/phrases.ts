import { KeywordAutomaton } from './automaton.js';
import { foldText } from './characters.js';

/** What some words say of each kind, and how surely, 0 to 1. Under `none` stand phrases whose words mean nothing. */
export type PhraseTable<Kind extends string> = Readonly<
  Record<Kind | 'none', Readonly<Record<string, number>>>
>;

interface Meaning<Kind extends string> {
  readonly kind: Kind | 'none';
  readonly weight: number;
}

/**
 * Scores a short text by phrases that give a kind away; kinds do not exclude each other. What stands within a phrase that
 * means nothing is not heard: the `wrong` of `what is wrong with`.
 */
export class PhraseScorer<Kind extends string> {
  private readonly automaton: KeywordAutomaton;
  /** By slot. */
  private readonly meanings = new Map<number, readonly Meaning<Kind>[]>();
  /** By the slot of a phrase that means nothing: what is found in it. */
  private readonly within = new Map<number, ReadonlyMap<number, number>>();

  constructor(
    private readonly kinds: readonly Kind[],
    table: PhraseTable<Kind>,
  ) {
    const entries = [...kinds, 'none' as const].flatMap((kind) =>
      Object.entries(table[kind]).map(([phrase, weight]) => ({
        phrase: foldText(phrase, false),
        kind,
        weight,
      })),
    );
    this.automaton = new KeywordAutomaton(entries.map(({ phrase }) => phrase));
    for (const [index, { phrase, kind, weight }] of entries.entries()) {
      const slot = this.automaton.slots[index] ?? -1;
      this.meanings.set(slot, [...(this.meanings.get(slot) ?? []), { kind, weight }]);
      if (kind === 'none') this.within.set(slot, this.automaton.count(phrase));
    }
  }

  /** Of each kind, 0 to 1: how likely it is that at least one of its phrases means what it says. */
  score(text: string): ReadonlyMap<Kind, number> {
    const doubts = new Map<Kind, number>(this.kinds.map((kind) => [kind, 1]));
    for (const slot of this.heard(text)) {
      for (const { kind, weight } of this.meanings.get(slot) ?? []) {
        if (kind !== 'none') doubts.set(kind, (doubts.get(kind) ?? 1) * (1 - weight));
      }
    }
    return new Map([...doubts].map(([kind, doubt]) => [kind, 1 - doubt]));
  }

  private heard(text: string): readonly number[] {
    const counts = new Map(this.automaton.count(foldText(text, false)));
    for (const [slot, times] of [...counts]) {
      for (const [inner, each] of this.within.get(slot) ?? []) {
        counts.set(inner, (counts.get(inner) ?? 0) - each * times);
      }
    }
    return [...counts].filter(([, times]) => times > 0).map(([slot]) => slot);
  }
}

/** The highest score of the wanted kinds, and which one it is of. */
export function strongest<Kind extends string>(
  scores: ReadonlyMap<Kind, number>,
  wanted: readonly Kind[],
): { readonly kind: Kind | undefined; readonly score: number } {
  let best: { kind: Kind | undefined; score: number } = { kind: undefined, score: 0 };
  for (const kind of wanted) {
    const score = scores.get(kind) ?? 0;
    if (score > best.score) best = { kind, score };
  }
  return best;
}
