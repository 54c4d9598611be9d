/**
 * What the encoder reads of a text. A short text is all in `head`; of a long one, `head` and `tail` are its two ends
 * and the middle is never looked at.
 */
export interface TextWindow {
  readonly head: string;
  /** Empty when `head` is the whole text. */
  readonly tail: string;
}

/**
 * Characters of each end that are tokenised. Half of the encoder's 512 tokens is about 1,150 characters of English,
 * so this leaves room for long words while a megabyte of text costs no more than a page of it.
 */
export const END_CHARS_MAX = 3072;

/** Cuts a text of any length to what the encoder can read. Costs two slices, however long the text is. */
export function windowOf(text: string): TextWindow {
  // Blank ends would otherwise fill the window, and a padded prompt would look like an empty one.
  const body = text.trim();
  if (body.length <= 2 * END_CHARS_MAX) return { head: body, tail: '' };
  return { head: body.slice(0, END_CHARS_MAX).trimEnd(), tail: body.slice(-END_CHARS_MAX).trimStart() };
}

/** Blanks that the window of a text leaves out at its beginning: offsets in the window count from behind them. */
export function leadOf(text: string): number {
  return text.length - text.trimStart().length;
}
