/** A number with so many digits behind the point, so that noise of the last bits is not taken for a fact. */
export function digits(value: number, count: number): number {
  const scale = 10 ** count;
  return Math.round(value * scale) / scale;
}
