import { KeywordAutomaton } from './automaton.js';
import { foldText } from './characters.js';
import type { Signal, SignalValue } from './contract.js';
import { FuzzyWords } from './fuzzy.js';
import { Prefilter } from './prefilter.js';
import { REGEX_WINDOW_CHARS, Regexes } from './regexes.js';

export interface KeywordOptions {
  readonly name: string;
  /** At least one of these, or of `regexes`, must occur, unless both lists are empty. */
  readonly anyOf: readonly string[];
  /** All of these must occur. */
  readonly allOf: readonly string[];
  /** None of these may occur. */
  readonly noneOf: readonly string[];
  readonly caseSensitive: boolean;
  /** Whether words of five letters and more are found with one letter wrong, missing, added or swapped too. */
  readonly fuzzy?: boolean;
  /** RE2 syntax, matched anywhere in the text. */
  readonly regexes: readonly string[];
}

/**
 * Whether the last user turn holds words of a list. Keywords are whole words or phrases; where one begins or ends with
 * a symbol (`C++`, `.NET`) or with a script that is written without spaces, it matches there inside a word too.
 *
 * Score: 1 when matched, else 0. Unknown when only a regex could have matched, and the prompt is longer than what
 * regexes read.
 * @throws Error when the lists are all empty, a keyword is blank, or a regex is not valid RE2
 */
export function keywordSignal(options: KeywordOptions): Signal {
  const { name, anyOf, allOf, noneOf } = options;
  if (anyOf.length + allOf.length + noneOf.length + options.regexes.length === 0) {
    throw new Error(`signal ${JSON.stringify(name)} has no keyword and no regex: give it at least one`);
  }
  const lists = within(name, () => new WordLists(options));
  const regexes = within(name, () => new Regexes(options.regexes, options.caseSensitive));
  const wantsAny = anyOf.length + options.regexes.length > 0;

  return {
    name,
    cost: 'rule',
    evaluate(view): SignalValue {
      const words = lists.read(view.ask);
      if (words.excluded !== undefined) return verdict(false, `excluded by ${quoted(words.excluded)}`);
      if (words.missing !== undefined) return verdict(false, `without ${quoted(words.missing)}`);
      if (words.any !== undefined) return verdict(true, `matched ${quoted(words.any)}`);
      if (!wantsAny)
        return verdict(true, allOf.length > 0 ? 'all keywords occur' : 'no excluded keyword occurs');
      const reading = regexes.read(view.ask);
      if (reading.matched !== undefined) return verdict(true, `matched regex ${quoted(reading.matched)}`);
      if (reading.complete) return verdict(false, 'no keyword occurs');
      return {
        state: 'unknown',
        reason: `regexes read only the first and the last ${REGEX_WINDOW_CHARS} characters of a longer prompt`,
      };
    },
  };
}

const ANY = 1;
const ALL = 2;
const NONE = 4;

/** One word of each list that decided something, as the policy wrote it. */
interface WordReading {
  readonly any: string | undefined;
  readonly missing: string | undefined;
  readonly excluded: string | undefined;
}

const NOTHING: ReadonlySet<number> = new Set();

/** The three lists in one automaton, so that the text is read once. */
class WordLists {
  private readonly automaton: KeywordAutomaton;
  private readonly prefilter: Prefilter;
  private readonly words: readonly string[];
  /** Which lists the word of a slot is in: bits of ANY, ALL, NONE. */
  private readonly roles: Uint8Array;
  private readonly anySuffices: boolean;
  private readonly fuzzy: FuzzyWords | undefined;
  private readonly allOf: readonly string[];
  private readonly allFrom: number;
  private readonly caseSensitive: boolean;

  constructor({ anyOf, allOf, noneOf, caseSensitive, fuzzy }: KeywordOptions) {
    this.allOf = allOf;
    this.caseSensitive = caseSensitive;
    this.words = [...anyOf, ...allOf, ...noneOf];
    const folded = this.words.map((word) => foldText(word, caseSensitive));
    this.automaton = new KeywordAutomaton(folded);
    this.prefilter = new Prefilter(folded);
    this.fuzzy = fuzzy === true ? new FuzzyWords(folded) : undefined;
    this.roles = new Uint8Array(this.words.length);
    for (const [index, slot] of this.automaton.slots.entries()) {
      const role = index < anyOf.length ? ANY : index < anyOf.length + allOf.length ? ALL : NONE;
      this.roles[slot] = (this.roles[slot] ?? 0) | role;
    }
    this.anySuffices = allOf.length + noneOf.length === 0;
    this.allFrom = anyOf.length;
  }

  read(text: string): WordReading {
    const found = this.find(foldText(text, this.caseSensitive));
    return {
      any: this.firstOf(found, ANY),
      missing: this.allOf.find((_, index) => !found.has(this.automaton.slots[this.allFrom + index] ?? -1)),
      excluded: this.firstOf(found, NONE),
    };
  }

  /** What is written as in the list comes before what is only like it. */
  private find(folded: string): ReadonlySet<number> {
    const exact = this.prefilter.rulesOut(folded) ? NOTHING : this.automaton.search(folded, this.anySuffices);
    if (this.fuzzy === undefined || (this.anySuffices && exact.size > 0)) return exact;
    const found = new Set(exact);
    for (const index of this.fuzzy.search(folded)) found.add(this.automaton.slots[index] ?? -1);
    return found;
  }

  private firstOf(found: ReadonlySet<number>, role: number): string | undefined {
    for (const slot of found) {
      if (((this.roles[slot] ?? 0) & role) !== 0) return this.words[slot];
    }
    return undefined;
  }
}

function verdict(matched: boolean, detail: string): SignalValue {
  return { state: 'known', matched, score: matched ? 1 : 0, detail };
}

const QUOTED_CHARS_MAX = 60;

function quoted(word: string): string {
  const shown = word.length > QUOTED_CHARS_MAX ? `${word.slice(0, QUOTED_CHARS_MAX)}…` : word;
  return JSON.stringify(shown);
}

/** Says which signal of the policy an error is about. */
function within<T>(name: string, build: () => T): T {
  try {
    return build();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`signal ${JSON.stringify(name)}: ${why}`, { cause });
  }
}
