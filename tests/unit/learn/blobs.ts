import type { LabelledRows } from '../../../src/learn/rows.js';
import { type Random, seededRandom } from '../../../src/lib/random.js';

export interface BlobOptions {
  readonly classes: number;
  readonly perClass: number;
  readonly width?: number;
  readonly noise?: number;
  /** Rows that lie nowhere near a class. */
  readonly strays?: number;
  readonly seed?: number;
}

/** Unit vectors around one axis for each class; strays lie around axes that no class has. */
export function blobs(options: BlobOptions): LabelledRows {
  const { classes, perClass, width = 16, noise = 0.2, strays = 0, seed = 1 } = options;
  const random = seededRandom(seed);
  const labels = [
    ...Array.from({ length: classes * perClass }, (_, index) => index % classes),
    ...new Array<number>(strays).fill(-1),
  ];
  const rows = labels.map((label, index) =>
    around(label >= 0 ? label : classes + (index % (width - classes)), { width, noise, random }),
  );
  const values = new Float32Array(labels.length * width);
  for (const [index, row] of rows.entries()) values.set(row, index * width);
  return { values, width, labels: Int32Array.from(labels), classes };
}

function around(
  axis: number,
  { width, noise, random }: { readonly width: number; readonly noise: number; readonly random: Random },
): Float32Array {
  const row = Float32Array.from(
    { length: width },
    (_, at) => (at === axis ? 1 : 0) + noise * (random() - 0.5),
  );
  const length = Math.hypot(...row);
  return row.map((value) => value / length);
}
