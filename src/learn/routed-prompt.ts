import type { Embedding } from '../signals/contract.js';

/** All that a router looks at: the text of the question, and what one pass of the encoder said of it. */
export interface RoutedPrompt {
  readonly text: string;
  readonly embedding: Embedding;
}

export interface RouterModel {
  readonly name: string;
  /** Billions of active parameters; 0 when unknown. */
  readonly parametersB: number;
}
