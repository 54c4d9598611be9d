import type { RouterPart } from './router.js';

/** The arrays that a part is made of, as a file keeps them. */
export type Tensor = Float32Array | Int8Array | Uint8Array | Uint16Array | Uint32Array;

/** A part as plain data: what `router.json` says of it, and its arrays by name. */
export interface PlainPart {
  readonly kind: string;
  readonly settings: Readonly<Record<string, number>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

export function plainPart(part: RouterPart): PlainPart {
  switch (part.kind) {
    case 'linear':
      return { kind: part.kind, settings: {}, tensors: { weights: part.weights, biases: part.biases } };
  }
}

/** @throws Error when the arrays do not make a part for that many models; the message says what is wrong */
export function partOf({ kind, tensors }: PlainPart, models: number): RouterPart {
  switch (kind) {
    case 'linear': {
      const weights = floats(tensors, 'weights');
      const biases = floats(tensors, 'biases');
      if (biases.length !== models || weights.length % models !== 0)
        throw new Error(
          `a linear part of ${weights.length} weights and ${biases.length} biases fits no ${models} models`,
        );
      return { kind, weights, biases };
    }
    default:
      throw new Error(`a part of the unknown kind ${JSON.stringify(kind.slice(0, 40))}`);
  }
}

/** @throws Error when there is no such array, or it is none of floats */
export function floats(tensors: PlainPart['tensors'], name: string): Float32Array {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (tensor instanceof Float32Array) return tensor;
  throw new Error(`there is no array of floats called ${name}`);
}
