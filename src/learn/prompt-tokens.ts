/** Of a longer prompt no more is read: what it asks has long been said, and reading takes time. */
export const READ_CHARS_MAX = 16_384;

/** Words in lower case, runs of letters and digits; every other character that is no blank stands alone. */
export function tokensOf(text: string): readonly string[] {
  const lower = text.slice(0, READ_CHARS_MAX).toLowerCase();
  const tokens: string[] = [];
  let start = 0;
  for (let at = 0; at <= lower.length; at++) {
    const code = at < lower.length ? lower.charCodeAt(at) : BLANK;
    if (isWord(code)) continue;
    if (at > start) tokens.push(lower.slice(start, at));
    if (code > BLANK) tokens.push(lower.slice(at, at + 1));
    start = at + 1;
  }
  return tokens;
}

const BLANK = 0x20;

/** Beyond ASCII everything counts as a letter: no table of scripts is worth its place here. */
function isWord(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || isDigit(code) || code >= 0x80;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
