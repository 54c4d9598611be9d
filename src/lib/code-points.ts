/**
 * The UTF-16 offset of every code point of a text, and the text's length at the end: data files count code points, and
 * strings here count UTF-16 units.
 */
export function codePointOffsets(text: string): Uint32Array {
  const offsets = new Uint32Array(text.length + 1);
  let codePoints = 0;
  for (let offset = 0; offset < text.length; codePoints += 1) {
    offsets[codePoints] = offset;
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  offsets[codePoints] = text.length;
  return offsets.subarray(0, codePoints + 1);
}
