/** A model that runs in a circle does so until it is stopped, so the end tells. Characters. */
const END_CHARS = 1600;
/** Fewer words, or characters where words are not spaced, say too little. */
const WORDS_MIN = 40;
const CHARS_MIN = 200;
/** What is compared: so many words, or characters, in a row. */
const WORDS_IN_A_ROW = 4;
const CHARS_IN_A_ROW = 8;
/** Below this share of different ones among them. Tables and code repeat themselves, too, and stay above it. */
const DIFFERENT_MIN = 0.2;

/** True for a text whose end says the same again and again. Linear in the text. */
export function runsInCircles(text: string): boolean {
  const end = text.slice(-END_CHARS);
  const words = end.split(/\s+/).filter((word) => word !== '');
  if (words.length >= WORDS_MIN) return isNarrow(words, WORDS_IN_A_ROW, ' ');
  return end.length >= CHARS_MIN && isNarrow([...end], CHARS_IN_A_ROW, '');
}

function isNarrow(parts: readonly string[], inARow: number, glue: string): boolean {
  const rows = parts.length - inARow + 1;
  const different = new Set<string>();
  for (let at = 0; at < rows; at++) different.add(parts.slice(at, at + inARow).join(glue));
  return different.size < rows * DIFFERENT_MIN;
}
