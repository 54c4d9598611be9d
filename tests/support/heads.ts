import type {
  Embedding,
  HeadName,
  HeadReadings,
  HeadSpec,
  Passage,
  Span,
  UnreadStretch,
  WholeReader,
  WholeReading,
  WindowReading,
} from '../../src/signals/contract.js';
import { DOMAINS, GUARD_KINDS, INTENTS, SIZES } from '../../src/signals/labels.js';

/** Heads like the shipped ones, with round thresholds. */
export const HEADS: Readonly<Record<HeadName, HeadSpec>> = {
  domain: { labels: DOMAINS, answers: 'one' },
  intent: { labels: INTENTS, answers: 'one' },
  difficulty: { labels: SIZES, answers: 'each' },
  guard: { labels: ['benign', ...GUARD_KINDS], answers: 'one', threshold: 0.5, scanThreshold: 0.95 },
  document: { labels: ['benign', 'injection'], answers: 'one', threshold: 0.8, scanThreshold: 0.98 },
};

export type Answers = Readonly<Partial<Record<HeadName, Readonly<Record<string, number>>>>>;

/** What heads say: the named labels have these probabilities; the rest of each head goes to its last other label. */
export function headReadings(answers: Answers = {}, spans: readonly Span[] = []): HeadReadings {
  const of = (head: HeadName): Float32Array => {
    const { labels, answers: shape } = HEADS[head];
    const said: Readonly<Record<string, number>> = answers[head] ?? {};
    const probabilities = Float32Array.from(labels, (label) => said[label] ?? 0);
    if (shape === 'each')
      return probabilities.map((p, at) => (said[labels[at] ?? ''] === undefined ? 0.9 : p));
    const rest = 1 - probabilities.reduce((sum, p) => sum + p, 0);
    const other = labels.includes('benign') ? 0 : labels.findLastIndex((label) => said[label] === undefined);
    if (other >= 0) probabilities[other] = (probabilities[other] ?? 0) + rest;
    return probabilities;
  };
  return {
    features: new Float32Array(4).fill(1),
    probabilities: {
      domain: of('domain'),
      intent: of('intent'),
      difficulty: of('difficulty'),
      guard: of('guard'),
      document: of('document'),
    },
    spans,
  };
}

export function embeddingWith(answers: Answers, change: Partial<Embedding> = {}): Embedding {
  const vector = Float32Array.of(1, 0);
  return { vector, tokens: 5, truncated: false, unknownShare: 0, heads: headReadings(answers), ...change };
}

export function windowOf(
  passage: number,
  [start, end]: readonly [number, number],
  answers: Answers = {},
  spans: readonly Span[] = [],
): WindowReading {
  return { passage, start, end, heads: headReadings(answers, spans) };
}

/** What the fake heads find in a text, by its words. */
const WORDS: readonly (readonly [RegExp, Answers])[] = [
  [/\b(integral|equation)\b/i, { domain: { math: 0.9 }, difficulty: { small: 0.2, medium: 0.5 } }],
  [/\bjailbreak me\b/i, { guard: { jailbreak: 0.97 } }],
  [/\bforget your instructions\b/i, { guard: { injection: 0.9 }, document: { injection: 0.95 } }],
  [/\bfunction\b/i, { intent: { code: 0.8 }, domain: { 'computer science': 0.7 } }],
];

/** The fake heads' answers to a text; names in it that begin with `Ms ` are personal data. */
export function readByWords(text: string, offset = 0): HeadReadings {
  const answers = Object.assign({}, ...WORDS.filter(([words]) => words.test(text)).map(([, found]) => found));
  const spans = [...text.matchAll(/\bMs [A-Z][a-z]+/g)].map(({ index, 0: name }) => {
    return { type: 'PERSON', start: offset + index, end: offset + index + name.length, score: 0.9 };
  });
  return headReadings(answers, spans);
}

export interface WordReader extends WholeReader {
  /** What was asked to be read, call by call. */
  readonly asked: (readonly Passage[])[];
  /** Set to let every window fail. */
  failing: boolean;
  failure: Error | undefined;
}

/** Reads in windows of so many characters, oldest passage first, as far as the budget of windows goes. */
export function wordReader(windowChars = 100): WordReader {
  const asked: (readonly Passage[])[] = [];
  const reader: WordReader = {
    asked,
    failing: false,
    failure: undefined,
    readWhole: async (passages, { windowsMax }) => {
      asked.push(passages);
      if (reader.failure !== undefined) throw reader.failure;
      return readPassages(passages, reader.failing ? 0 : windowsMax, windowChars);
    },
  };
  return reader;
}

function readPassages(passages: readonly Passage[], windowsMax: number, windowChars: number): WholeReading {
  const windows: WindowReading[] = [];
  const unread: UnreadStretch[] = [];
  for (const [passage, { text }] of passages.entries()) {
    let start = 0;
    while (start < text.length && windows.length < windowsMax) {
      const end = Math.min(text.length, start + windowChars);
      windows.push({ passage, start, end, heads: readByWords(text.slice(start, end), start) });
      start = end;
    }
    if (start === text.length) continue;
    const scanned = /forget your instructions/i.test(text.slice(start)) ? 0.99 : 0.1;
    unread.push({ passage, start, end: text.length, scanned });
  }
  return { windows, unread };
}
