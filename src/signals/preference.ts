import type { Signal, SignalValue } from './contract.js';
import { PREFERENCES, type Preference } from './labels.js';
import { PhraseScorer, type PhraseTable, strongest } from './phrases.js';

export interface PreferenceOptions {
  readonly name: string;
  readonly anyOf: readonly Preference[];
  /** Score at or above which the signal matches. 0 to 1. */
  readonly threshold: number;
}

/** Wishes stand at the beginning or at the end of a turn; what lies between is what they are about. UTF-16 units. */
const END_CHARS = 300;

/**
 * Whether the last user turn asks to be answered in some way: briefly, in detail, in simple words, step by step, fast, or
 * with care. Score: 0 to 1, by English phrases at both ends of the turn alone.
 */
export function preferenceSignal({ name, anyOf, threshold }: PreferenceOptions): Signal {
  const scorer = phraseScorer();
  return {
    name,
    cost: 'rule',
    evaluate({ ask }): SignalValue {
      const read = ask.length > 2 * END_CHARS ? `${ask.slice(0, END_CHARS)}\n${ask.slice(-END_CHARS)}` : ask;
      const { kind, score } = strongest(scorer.score(read), anyOf);
      const detail = kind === undefined ? 'no such wish' : `wants it ${kind}`;
      return { state: 'known', matched: score >= threshold, score, threshold, detail };
    },
  };
}

let built: PhraseScorer<Preference> | undefined;

/** The table is the same for all signals, and takes its time to build. */
function phraseScorer(): PhraseScorer<Preference> {
  built ??= new PhraseScorer(PREFERENCES, PHRASES);
  return built;
}

const PHRASES: PhraseTable<Preference> = {
  brief: {
    'be brief': 0.95,
    briefly: 0.85,
    'in short': 0.7,
    'short answer': 0.9,
    'keep it short': 0.95,
    'in one sentence': 0.95,
    'in a sentence': 0.85,
    'in one word': 0.95,
    'one line': 0.6,
    'be concise': 0.95,
    concise: 0.75,
    concisely: 0.85,
    'tl;dr': 0.9,
    tldr: 0.9,
    'yes or no': 0.8,
    'just the answer': 0.9,
    'only the answer': 0.9,
    'no explanation': 0.85,
    'without explanation': 0.85,
  },
  detailed: {
    'in detail': 0.9,
    'in depth': 0.9,
    detailed: 0.75,
    thorough: 0.8,
    thoroughly: 0.85,
    comprehensive: 0.75,
    'as much detail': 0.95,
    'long answer': 0.85,
    elaborate: 0.7,
    'explain fully': 0.85,
    'full explanation': 0.85,
  },
  simple: {
    'in simple terms': 0.95,
    'in simple words': 0.95,
    'in plain english': 0.95,
    'for a beginner': 0.85,
    'for beginners': 0.75,
    "like i'm five": 0.95,
    "like i'm 5": 0.95,
    'explain like i am': 0.9,
    eli5: 0.95,
    "layman's terms": 0.95,
    'for a child': 0.8,
    'simple explanation': 0.85,
  },
  step_by_step: {
    'step by step': 0.95,
    'step-by-step': 0.95,
    'show your work': 0.9,
    'show the steps': 0.9,
    'show all steps': 0.95,
    'walk me through': 0.85,
    'show your reasoning': 0.9,
  },
  fast: {
    quickly: 0.6,
    'quick answer': 0.9,
    'quick question': 0.8,
    'real quick': 0.8,
    asap: 0.65,
    'as fast as possible': 0.85,
    "i'm in a hurry": 0.9,
    'no need to think': 0.9,
    "don't overthink": 0.9,
  },
  careful: {
    'think carefully': 0.95,
    'think hard': 0.9,
    'think deeply': 0.9,
    'take your time': 0.85,
    'be careful': 0.6,
    'double check': 0.8,
    'double-check': 0.8,
    'be accurate': 0.85,
    'be precise': 0.75,
    'make sure it is correct': 0.9,
    "make sure it's correct": 0.9,
    'verify your answer': 0.9,
    'high quality': 0.5,
    'this is important': 0.7,
    'best possible': 0.65,
  },
  none: { 'to be brief': 0, 'quick sort': 0, 'concise oxford': 0, 'quickly enough': 0 },
};
