/** Rows of one width, one after the other in one piece of memory. */
export interface Rows {
  readonly values: Float32Array;
  readonly width: number;
}

/** Rows with the class of each, counted from 0. */
export interface LabelledRows extends Rows {
  /** -1 for a row that belongs to none of the classes. */
  readonly labels: Int32Array;
  readonly classes: number;
}

export function rowAt({ values, width }: Rows, index: number): Float32Array {
  return values.subarray(index * width, (index + 1) * width);
}

/** Which rows have a class. */
export function classifiedIndices({ labels }: LabelledRows): Uint32Array {
  return Uint32Array.from([...labels.keys()].filter((index) => (labels[index] ?? -1) >= 0));
}
