/** Tests of UTF-16 units. NaN, which stands for either end of a text, is nothing of all this. */

export function isDigitCode(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isHexCode(code: number): boolean {
  return isDigitCode(code) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
}

/** A letter of ASCII, or anything of a script beyond it that is no sign or blank of general use. */
export function isLetterCode(code: number): boolean {
  return isAsciiLetter(code) || isForeignLetter(code);
}

/** Whether the unit continues a word or number of ASCII. */
export function isWordCode(code: number): boolean {
  return isDigitCode(code) || isAsciiLetter(code) || code === 0x5f;
}

/** Whether the unit can stand in a label of a host's name. */
export function isLabelCode(code: number): boolean {
  return isDigitCode(code) || isAsciiLetter(code) || code === 0x2d || isForeignLetter(code);
}

function isAsciiLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

/** From U+00C0 on, without general punctuation, symbols, and the signs of Chinese and full-width writing. */
function isForeignLetter(code: number): boolean {
  return (
    code >= 0xc0 &&
    !((code >= 0x2000 && code <= 0x2bff) || (code >= 0x3000 && code <= 0x303f) || code >= 0xff00)
  );
}
