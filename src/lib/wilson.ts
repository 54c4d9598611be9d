/** Wilson's interval of a share. */
export interface ShareInterval {
  readonly low: number;
  readonly high: number;
}

/**
 * @param hits of `count`; both may be fractions, where observations were weighted
 * @param z standard normal quantile, 1.96 for 95 % between both ends
 * @returns 0 to 1 when nothing was counted
 */
export function wilson(hits: number, count: number, z: number): ShareInterval {
  if (!(count > 0)) return { low: 0, high: 1 };
  const share = hits / count;
  const centre = share + (z * z) / (2 * count);
  const spread = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  const scale = 1 + (z * z) / count;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}

/** The upper end alone, with the confidence of one side. */
export function wilsonUpper(hits: number, count: number, z: number): number {
  return wilson(hits, count, z).high;
}
