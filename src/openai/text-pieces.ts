/** Large enough that a long answer is a few dozen events, small enough that a client shows it as a stream. */
const PIECE_CHARS = 128;

/**
 * Cuts a text into pieces that give it back when joined. No surrogate pair is cut in two, because half of one has no
 * UTF-8 form. An empty text has no pieces.
 */
export function* pieces(text: string, pieceChars: number = PIECE_CHARS): Generator<string> {
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + Math.max(1, pieceChars), text.length);
    if (
      end < text.length &&
      isHighSurrogate(text.charCodeAt(end - 1)) &&
      isLowSurrogate(text.charCodeAt(end))
    )
      end++;
    yield text.slice(start, end);
    start = end;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
