/** The numbers as they lie in memory, in base64. Every machine that Sextant runs on keeps the lowest byte first. */
export function vectorText(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

/** The vector behind a text of `vectorText`; undefined when its bytes are not whole numbers. */
export function vectorOf(text: string): Float32Array | undefined {
  // A copy of its own, since a Buffer may begin at a place where no 32-bit number may.
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return bytes.length % Float32Array.BYTES_PER_ELEMENT === 0 ? new Float32Array(bytes.buffer) : undefined;
}

/** The cosine where both are unit vectors; NaN where their lengths differ. */
export function innerProduct(one: Float32Array, other: Float32Array): number {
  if (one.length !== other.length) return Number.NaN;
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] as number) * (other[at] as number);
  return sum;
}
