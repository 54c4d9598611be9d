import type { TextWindow } from './text-window.js';
import type { TokensInText, WordPiece } from './wordpiece.js';

/** The tokens that stand for a text. */
export interface TokenWindow {
  /** Start and end token included. */
  readonly ids: readonly number[];
  /** True when tokens between head and tail were left out. */
  readonly truncated: boolean;
  /** Share, 0 to 1, of tokens between start and end that the vocabulary does not know. */
  readonly unknownShare: number;
  /** Where the tokens between start and end stand in the head; absent when tokens were left out. */
  readonly content?: TokensInText;
}

/** Tokens of a text, at most `tokensMax` with start and end: of a longer text the head half and the tail half. */
export function tokensOf(window: TextWindow, words: WordPiece, tokensMax: number): TokenWindow {
  const room = tokensMax - 2;
  if (window.tail === '') {
    const content = words.tokenizeWithOffsets(window.head, room + 1);
    if (content.ids.length <= room) return { ...tokenWindow(content.ids, words, false), content };
  }
  const headMax = Math.ceil(room / 2);
  const tailMax = room - headMax;
  const head = words.tokenize(window.head, window.tail === '' ? Number.POSITIVE_INFINITY : headMax);
  const tail = window.tail === '' ? head : words.tokenize(window.tail, Number.POSITIVE_INFINITY);
  return tokenWindow([...head.slice(0, headMax), ...tail.slice(-tailMax)], words, true);
}

function tokenWindow(content: readonly number[], words: WordPiece, truncated: boolean): TokenWindow {
  const unknown = content.filter((id) => id === words.unknownId).length;
  return {
    ids: [words.startId, ...content, words.endId],
    truncated,
    unknownShare: content.length === 0 ? 0 : unknown / content.length,
  };
}
