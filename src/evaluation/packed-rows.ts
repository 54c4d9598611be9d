/** Rows as 8-bit whole numbers: all scales first, as 32-bit floats, then the numbers row by row. Little-endian. */
export interface PackedRows {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly width: number;
}

const LARGEST = 127;

export function packedBytes(count: number, width: number): number {
  return count * (4 + width);
}

/** Each row is divided by a scale of its own, so that its largest number becomes 127. Below 1e-30 a number may become 0. */
export function packRows(values: Float32Array, width: number): Uint8Array {
  const count = values.length / width;
  const bytes = new Uint8Array(packedBytes(count, width));
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < count; row++) {
    const numbers = values.subarray(row * width, (row + 1) * width);
    let largest = 0;
    for (const number of numbers) largest = Math.max(largest, Math.abs(number));
    const scale = largest / LARGEST;
    view.setFloat32(4 * row, scale, true);
    const start = 4 * count + row * width;
    for (const [at, number] of numbers.entries()) view.setInt8(start + at, Math.round(number / (scale || 1)));
  }
  return bytes;
}

export function unpackRows({ bytes, count, width }: PackedRows): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const scale = view.getFloat32(4 * row, true);
    const start = 4 * count + row * width;
    for (let at = 0; at < width; at++) values[row * width + at] = scale * view.getInt8(start + at);
  }
  return values;
}
