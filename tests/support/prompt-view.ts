import type { Embedding, PromptView } from '../../src/signals/contract.js';

/** A view of one user turn, with what a test wants different. */
export function promptView(ask: string, change: Partial<PromptView> = {}): PromptView {
  return {
    ask,
    turns: [{ role: 'user', text: ask, modalities: [] }],
    contextTokens: 10,
    modalities: [],
    hasTools: false,
    headers: new Map(),
    ...change,
  };
}

export function embeddingOf(numbers: readonly number[], change: Partial<Embedding> = {}): Embedding {
  return { vector: Float32Array.from(numbers), tokens: 5, truncated: false, unknownShare: 0, ...change };
}
