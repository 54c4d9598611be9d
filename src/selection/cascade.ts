import type { JudgePolicy } from './judge-answer.js';

/** What happens to the answer of the model that was chosen, before anybody has it. */
export interface CascadePolicy {
  /** Names of the models that answer in place of a weak answer, in this order. */
  readonly to: readonly string[];
  readonly judge: JudgePolicy;
  /** A longer answer passes unjudged. Bytes. */
  readonly bodyBytesMax: number;
  /** How long each model may take for its answer. Milliseconds. */
  readonly timeoutMs: number;
}
