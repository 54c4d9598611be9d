import type { Embedding } from '../signals/contract.js';
import { promptShape } from './prompt-shape.js';

/** All that a router looks at: the text of the question, and what one pass of the encoder said of it. */
export interface RoutedPrompt {
  readonly text: string;
  readonly embedding: Embedding;
}

/** A prompt whose form is read when the first part of a router asks for it, and once. */
export interface ReadPrompt extends RoutedPrompt {
  /** See `promptShape`. */
  shape(): Float32Array;
}

export function readOnce({ text, embedding }: RoutedPrompt): ReadPrompt {
  let shape: Float32Array | undefined;
  return {
    text,
    embedding,
    shape: () => {
      shape ??= promptShape(text);
      return shape;
    },
  };
}

export interface RouterModel {
  readonly name: string;
  /** Billions of active parameters; 0 when unknown. */
  readonly parametersB: number;
}
