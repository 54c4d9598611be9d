/** What the name of a model lets one guess. */
export interface ModelGuess {
  /** Billions of active parameters; undefined where the name says none. */
  readonly parametersB: number | undefined;
  /** Whether it writes answers. Those that embed, rank or transcribe have no part in routing. */
  readonly answers: boolean;
  readonly codes: boolean;
  /** Smaller ones first; a number to sort by and nothing else. */
  readonly rank: number;
}

const ANSWERS_NOT = /embed|rerank|whisper|tts|(?:^|[-_/])(?:bge|e5|gte)(?:$|[-_])/i;
const CODES = /cod(?:e|er|ex)|starcoder|devstral/i;
const SMALL = /mini|small|tiny|nano|lite|flash|haiku/i;
const LARGE = /large|big|huge|ultra|opus|(?:^|[-_])(?:pro|max|xl)(?:$|[-_])|reason|think/i;

/** Of a mixture as `8x7B` two experts are at work at a time. */
const EXPERTS_AT_WORK = 2;
/** Where the name has words and no number. Billions of parameters. */
const RANK = { small: 1, unknown: 30, large: 500 };

/** Guesses by the name alone: nothing that a server tells says how large a model is. */
export function guessModel(name: string): ModelGuess {
  const parametersB = parametersIn(name);
  const worded = SMALL.test(name) ? RANK.small : LARGE.test(name) ? RANK.large : RANK.unknown;
  return {
    parametersB,
    answers: !ANSWERS_NOT.test(name),
    codes: CODES.test(name),
    rank: parametersB ?? worded,
  };
}

function parametersIn(name: string): number | undefined {
  const active = /(?:^|[^a-z0-9])a(\d{1,4}(?:\.\d{1,3})?)b(?![a-z0-9])/i.exec(name);
  if (active !== null) return Number(active[1]);
  const mixture = /(?:^|[^a-z0-9])\d{1,3}x(\d{1,4}(?:\.\d{1,3})?)b(?![a-z0-9])/i.exec(name);
  if (mixture !== null) return EXPERTS_AT_WORK * Number(mixture[1]);
  const plain = /(?:^|[^a-z0-9.])(\d{1,4}(?:\.\d{1,3})?)([bm])(?![a-z0-9])/i.exec(name);
  if (plain === null) return undefined;
  return plain[2]?.toLowerCase() === 'm' ? Number(plain[1]) / 1000 : Number(plain[1]);
}
