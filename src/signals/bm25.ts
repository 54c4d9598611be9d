import { KeywordAutomaton } from './automaton.js';
import { foldText } from './characters.js';
import type { Signal, SignalValue } from './contract.js';
import { READ_CHARS_MAX } from './structure.js';
import { countWords } from './text-shape.js';

export interface Bm25Options {
  readonly name: string;
  /** Words and phrases; of those that end at one place the longest counts. */
  readonly words: readonly string[];
  /** What a word is worth where that is not 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Score at or above which the signal matches. */
  readonly threshold: number;
}

/** How soon a word that is repeated stops to count for more, and how much a long text counts against its words. */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.75;
/** A text of so many words counts neither for nor against them. */
const USUAL_WORDS = 25;

/**
 * How much the last user turn is about a list of words, by the formula of BM25 with given weights in place of inverse
 * document frequencies: repeating a word counts less and less, and in a long text each counts less. Score: about 1 for a
 * word of weight 1 in a question of usual length, and no end. Only the beginning of a long turn is read.
 *
 * @throws Error when there is no word, or one is blank
 */
export function bm25Signal({ name, words, weights, threshold }: Bm25Options): Signal {
  if (words.length === 0) throw new Error(`signal ${JSON.stringify(name)} has no word: give it at least one`);
  const automaton = new KeywordAutomaton(words.map((word) => foldText(word, false)));
  const worth = new Map<number, number>();
  for (const [index, slot] of automaton.slots.entries()) {
    const word = words[index] ?? '';
    worth.set(slot, Object.hasOwn(weights, word) ? (weights[word] ?? 1) : 1);
  }
  return {
    name,
    cost: 'rule',
    evaluate({ ask }): SignalValue {
      const text = foldText(ask.slice(0, READ_CHARS_MAX), false);
      const counts = automaton.count(text);
      const norm =
        counts.size === 0
          ? 0
          : SATURATION * (1 - LENGTH_SHARE + (LENGTH_SHARE * countWords(text)) / USUAL_WORDS);
      let score = 0;
      for (const [slot, count] of counts) {
        score += ((worth.get(slot) ?? 1) * (count * (SATURATION + 1))) / (count + norm);
      }
      const detail = `${counts.size} of the words occur`;
      return {
        state: 'known',
        matched: score >= threshold,
        score,
        threshold,
        confidence: sureness(score, threshold),
        detail,
      };
    },
  };
}

/** 0.5 at the threshold, and near 1 at four times as much. */
function sureness(score: number, threshold: number): number {
  return score <= 0 ? 0 : score / (score + threshold);
}
