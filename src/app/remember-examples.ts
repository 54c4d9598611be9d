import type { Embedding } from '../signals/contract.js';
import type { PolicyEncoder } from './policies.js';

/**
 * The encoder, for building policies one after the other: an example that the policy before had as well is not encoded
 * again. What no policy has any more is forgotten.
 */
export class RememberedExamples {
  #now = new Map<string, Embedding>();

  /** @param encoder the same one each time: vectors of two encoders are never compared */
  for(opening: Promise<PolicyEncoder>): Promise<PolicyEncoder> {
    const remembering = opening.then((encoder) => this.#over(encoder));
    // A policy without examples awaits it never, and Node ends a process whose rejections nobody awaits.
    remembering.catch(() => undefined);
    return remembering;
  }

  #over(encoder: PolicyEncoder): PolicyEncoder {
    const before = this.#now;
    const now = new Map<string, Embedding>();
    this.#now = now;
    return {
      dimension: encoder.dimension,
      hash: encoder.hash,
      headsHash: encoder.headsHash,
      ...(encoder.heads === undefined ? {} : { heads: encoder.heads }),
      encode: async (text, deadlineMs) => {
        const embedding = before.get(text) ?? (await encoder.encode(text, deadlineMs));
        now.set(text, embedding);
        return embedding;
      },
    };
  }
}
