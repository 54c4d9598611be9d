import type { Random } from '../lib/random.js';
import type { Interval } from './metrics.js';

/**
 * 95 % interval of a figure that has no formula of its own: `figure` is calculated over samples of the rows, drawn
 * with replacement, each as large as the original. It gets the indices of the rows.
 */
export function bootstrapInterval(
  count: number,
  figure: (indices: Uint32Array) => number,
  { random, samples = 400 }: { readonly random: Random; readonly samples?: number },
): Interval {
  const indices = new Uint32Array(count);
  const figures = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    for (let at = 0; at < count; at++) indices[at] = Math.floor(random() * count);
    figures[sample] = figure(indices);
  }
  figures.sort();
  return [figures[Math.floor(0.025 * (samples - 1))] ?? 0, figures[Math.ceil(0.975 * (samples - 1))] ?? 0];
}
