import type { Clock } from '../lib/clock.js';
import { SextantError } from '../lib/sextant-error.js';
import { inTurns } from '../lib/turns.js';
import type { Turn } from '../openai/request.js';
import type {
  Embedding,
  Encoder,
  HeadName,
  HeadSpec,
  Passage,
  ReadingBudget,
  WholeReader,
  WholeReading,
} from '../signals/contract.js';
import { UNKNOWN_SHARE_MAX } from '../signals/embedding.js';
import { type GuardSpecs, guardVerdict } from '../signals/guard.js';
import { topLabel } from '../signals/heads.js';
import { passagesOf } from '../signals/passages.js';
import { PersonalDataSearch } from '../signals/pii/search.js';

/** The encoder as far as classifying needs it. */
export interface ClassifyingEncoder extends Encoder, WholeReader {
  readonly provider: string;
  readonly headsHash: string | undefined;
  /** Texts that were answered from the memo since the start. */
  memoHits(): number;
}

export interface ClassifyTools {
  readonly encoder: ClassifyingEncoder;
  readonly clock: Clock;
  /** For the pass over the question, queueing included. Milliseconds. */
  readonly encodeDeadlineMs: number;
  readonly budget: ReadingBudget;
}

/**
 * Everything that the models say of a conversation. Holds places, names and numbers, and no text of it, so that it can
 * be printed and sent anywhere. Offsets are UTF-16 units of their turn, `end` not included; probabilities have four
 * digits. Its names are those of its JSON.
 */
export interface Classification {
  readonly encoder: {
    readonly hash: string;
    readonly heads_hash: string | null;
    readonly provider: string;
  };
  /** The text that the heads judged: the last turn of the user, or without one the last turn. */
  readonly text: {
    readonly turn: number;
    readonly chars: number;
    readonly tokens: number;
    /** Only head and tail were read by the pass; guard and personal data still saw all of it. */
    readonly truncated: boolean;
    /** Share of the tokens that the vocabulary does not know, 0 to 1. */
    readonly unknown_share: number;
    /** False where that share is so large that signals over the heads are unknown, whatever the heads say. */
    readonly understood: boolean;
  };
  /** Null when the model has none. */
  readonly heads: Readonly<Record<HeadName, HeadAnswer>> | null;
  /** Null when the model has no heads. */
  readonly guard: GuardAnswer | null;
  /** By patterns and the token head; by patterns alone where the model has no heads or a stretch was not read. */
  readonly personal_data: readonly FoundData[];
  readonly windows: {
    readonly read: number;
    readonly unread_chars: number;
    readonly unread: readonly {
      readonly turn: number;
      readonly start: number;
      readonly end: number;
      readonly scanned: number;
    }[];
  };
  /** Texts that the memo answered meanwhile; those of other requests are among them. */
  readonly memo_hits: number;
  readonly ms: {
    /** Tokenising and one pass over the text, queueing included. */
    readonly pass: number;
    /** The rest of the reading: all windows of all turns. */
    readonly reading: number;
  };
}

export interface HeadAnswer {
  /** `one`: the probabilities sum to 1. `each`: every label has one of its own. */
  readonly answers: 'one' | 'each';
  /** The likeliest label; null where each label stands for itself. */
  readonly top: string | null;
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface GuardAnswer {
  /** `unknown`: what was read is harmless, and something was not read. */
  readonly verdict: 'benign' | 'attack' | 'unknown';
  /** 0 to 1; an attack from 0.5 on, whatever the threshold of the window's role. */
  readonly score: number;
  /** The window that looks most like an attack; null when nothing was read. */
  readonly worst: {
    readonly turn: number;
    readonly start: number;
    readonly end: number;
    /** Null where only the words were scanned. */
    readonly kind: string | null;
    readonly probability: number;
    /** Which head judged it, and the probability from which on it is an attack. */
    readonly head: 'guard' | 'document';
    readonly threshold: number;
  } | null;
}

export interface FoundData {
  readonly turn: number;
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/**
 * Reads a conversation as serving does: one pass over the question, then every turn in windows.
 *
 * @throws SextantError `invalid_field` when no turn has text, and those of `Encoder.encode`
 */
export async function classifyTurns(turns: readonly Turn[], tools: ClassifyTools): Promise<Classification> {
  const { encoder, clock } = tools;
  const turn = askedTurn(turns);
  const text = turns[turn]?.text ?? '';
  const told = toldIn(turns);
  const hitsBefore = encoder.memoHits();
  const startMs = clock.monotonicMs();
  const embedding = await encoder.encode(text, tools.encodeDeadlineMs);
  const passedMs = clock.monotonicMs();
  const whole = await encoder.readWhole(told.passages, tools.budget);
  const readMs = clock.monotonicMs();
  const personal = await personalDataOf(whole, told);
  return {
    encoder: { hash: encoder.hash, heads_hash: encoder.headsHash ?? null, provider: encoder.provider },
    text: {
      turn,
      chars: text.length,
      tokens: embedding.tokens,
      truncated: embedding.truncated,
      unknown_share: rounded(embedding.unknownShare),
      understood: embedding.unknownShare <= UNKNOWN_SHARE_MAX,
    },
    heads: headsOf(embedding, encoder.heads),
    guard: encoder.heads === undefined ? null : guardOf(whole, told, encoder.heads),
    personal_data: personal,
    windows: windowsOf(whole, told),
    memo_hits: encoder.memoHits() - hitsBefore,
    ms: { pass: rounded(passedMs - startMs), reading: rounded(readMs - passedMs) },
  };
}

function askedTurn(turns: readonly Turn[]): number {
  const hasText = ({ text }: Turn): boolean => text.trim() !== '';
  const asked = turns.findLastIndex((turn) => turn.role === 'user' && hasText(turn));
  const found = asked >= 0 ? asked : turns.findLastIndex(hasText);
  if (found >= 0) return found;
  throw new SextantError('invalid_field', 'There is no text to classify: send at least one word.');
}

/** The passages of a conversation, and the turn that each of them is. */
interface Told {
  readonly passages: readonly Passage[];
  /** In the order of the passages: the index of the turn. */
  readonly turns: readonly number[];
}

/** Turn by turn, so that a conversation of very many turns is gone through once. */
function toldIn(turns: readonly Turn[]): Told {
  const told = turns.flatMap((turn, index) =>
    passagesOf({ turns: [turn] }).map((passage) => ({ passage, index })),
  );
  return { passages: told.map(({ passage }) => passage), turns: told.map(({ index }) => index) };
}

function headsOf(
  embedding: Embedding,
  specs: Readonly<Record<HeadName, HeadSpec>> | undefined,
): Classification['heads'] {
  const { heads } = embedding;
  if (heads === undefined || specs === undefined) return null;
  const answer = (name: HeadName): HeadAnswer => {
    const { answers, labels } = specs[name];
    const said = heads.probabilities[name];
    const probabilities = Object.fromEntries(labels.map((label, at) => [label, rounded(said[at] ?? 0)]));
    return { answers, top: answers === 'one' ? topLabel(labels, said) : null, probabilities };
  };
  return {
    domain: answer('domain'),
    intent: answer('intent'),
    difficulty: answer('difficulty'),
    guard: answer('guard'),
    document: answer('document'),
  };
}

function guardOf(whole: WholeReading, told: Told, specs: GuardSpecs): GuardAnswer {
  const { attack, score, worst, unreadChars } = guardVerdict(whole, told.passages, specs);
  const harmless = unreadChars > 0 ? 'unknown' : 'benign';
  const said = { verdict: attack ? 'attack' : harmless, score: rounded(score) } as const;
  if (worst === undefined) return { ...said, worst: null };
  const { passage, start, end, kind, probability, head, threshold } = worst;
  return {
    ...said,
    worst: {
      turn: turnOf(told, passage),
      start,
      end,
      kind: kind ?? null,
      probability: rounded(probability),
      head,
      threshold,
    },
  };
}

/** In turns: this may be the process that serves, and a text of a megabyte takes a while. */
async function personalDataOf(whole: WholeReading, told: Told): Promise<readonly FoundData[]> {
  const found: FoundData[] = [];
  const search = new PersonalDataSearch(told.passages, whole, (passage, { type, start, end, score }) => {
    found.push({ turn: turnOf(told, passage), type, start, end, score: rounded(score) });
  });
  await inTurns(search);
  return found;
}

function windowsOf(whole: WholeReading, told: Told): Classification['windows'] {
  const unread = whole.unread.map(({ passage, start, end, scanned }) => {
    return { turn: turnOf(told, passage), start, end, scanned: rounded(scanned) };
  });
  return {
    read: whole.windows.length,
    unread_chars: unread.reduce((sum, { start, end }) => sum + end - start, 0),
    unread,
  };
}

function turnOf({ turns }: Told, passage: number): number {
  return turns[passage] ?? -1;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
