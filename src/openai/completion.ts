import type { JsonObject } from '../lib/json.js';

/** Token counts as the upstream said them. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/**
 * One whole answer in the shape of a non-streamed `chat.completion` (or `text_completion`), whichever way it came.
 * Fields that we do not know are kept.
 */
export interface Completion {
  readonly api: 'chat' | 'completions';
  readonly object: JsonObject;
  readonly usage: Usage | undefined;
  /** `finish_reason` of every choice, in order of their index; null where the upstream said none. */
  readonly finishReasons: readonly (string | null)[];
}
