/** A token of a large vocabulary stands for about four characters of English. */
const CHARS_PER_TOKEN = 4;
/** Each piece is an event with a head of its own, so that pieces of a token would make a long answer fifty times as long. */
const PIECES_MAX = 2000;

/** How an answer is cut and timed so that it comes as fast as a model would write it. */
export interface AnswerPace {
  /** Length of a piece. Characters (UTF-16). */
  readonly pieceChars: number;
  /** How many of them a second has. */
  readonly piecesPerSecond: number;
}

/**
 * A token is a piece, as from a model, unless the answer is so long that there would be too many.
 *
 * @param size.chars how long the answer is, at most
 */
export function paceOf(tokensPerSecond: number, size: { readonly chars: number }): AnswerPace {
  const pieceChars = Math.max(CHARS_PER_TOKEN, Math.ceil(size.chars / PIECES_MAX));
  return { pieceChars, piecesPerSecond: (tokensPerSecond * CHARS_PER_TOKEN) / pieceChars };
}
