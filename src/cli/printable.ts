/** A text may hold what a terminal obeys; nothing but what it can show is handed on, on one line, cut to `charsMax`. */
export function printable(value: string, charsMax: number): string {
  const characters = Array.from(value.replaceAll(/[\p{C}\p{Z}]+/gu, ' '));
  return characters.length <= charsMax ? characters.join('') : `${characters.slice(0, charsMax).join('')}…`;
}
