import { createHmac } from 'node:crypto';

/**
 * Names one question within a partition: HMAC-SHA256 over both, hex.
 *
 * Questions are the same when all their characters are: case, punctuation, symbols and scripts all count (`C++` is
 * not `C`, `()` is not `[]`, `us` is not `US`). Only blank lines before and white space after the text are left off;
 * that is what terminals and text boxes add by themselves. Indentation of the first line stays, because in code it
 * means something. There is no Unicode normalisation: a question may be about the very code points that it would
 * merge. White space inside stays for the same reason.
 */
export function exactKeyOf(secret: Uint8Array, partition: string, ask: string): string {
  // JSON escapes what UTF-8 cannot say (half a surrogate pair), which a hash would otherwise read as one character.
  const question = JSON.stringify([partition, outerTrimmed(ask)]);
  return createHmac('sha256', secret).update('sextant question 1\n').update(question).digest('hex');
}

/** `ask` without blank lines before it and without white space after it. */
export function outerTrimmed(ask: string): string {
  const text = ask.trimEnd();
  let lineStart = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\n') lineStart = at + 1;
    else if (char !== ' ' && char !== '\t' && char !== '\r') break;
  }
  return lineStart === 0 ? text : text.slice(lineStart);
}
