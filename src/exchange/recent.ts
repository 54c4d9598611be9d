import type { PromptRequest } from '../openai/request.js';
import type { Embedding } from '../signals/contract.js';
import { CLIENT_KEYS, COOKIE } from './headers.js';
import type { RequestHead } from './verdict.js';

/** One of the last requests that left the choice of the model to the policy: all that signals look at. */
export interface RecentPrompt {
  readonly route: string;
  readonly head: RequestHead;
  readonly request: PromptRequest;
  /** What the encoder said of the question, once somebody asked: it says the same each time. */
  embedding?: Embedding | undefined;
}

/** Keeps the last prompts in memory, so that a new policy can be tried on them. Nobody is shown them. */
export interface RecentPrompts {
  /** @param bodyBytes what the body weighed as it came */
  keep(prompt: RecentPrompt, bodyBytes: number): void;
  all(): readonly RecentPrompt[];
}

export interface RecentLimits {
  readonly promptsMax: number;
  /** Of one body; larger ones are not kept. Bytes. */
  readonly bodyBytesMax: number;
}

export function createRecentPrompts({ promptsMax, bodyBytesMax }: RecentLimits): RecentPrompts {
  const prompts: RecentPrompt[] = [];
  let next = 0;
  return {
    keep(prompt, bodyBytes) {
      // A compressed body may be far larger than it came.
      if (bodyBytes > bodyBytesMax || prompt.request.textChars > bodyBytesMax) return;
      prompts[next] = { ...prompt, head: withoutKeys(prompt.head) };
      next = (next + 1) % promptsMax;
    },
    all: () => [...prompts],
  };
}

/** Keys of callers are kept no longer than their requests last. */
function withoutKeys(head: RequestHead): RequestHead {
  const headers = new Map(head.headers);
  for (const name of [...CLIENT_KEYS, COOKIE]) headers.delete(name);
  return { ...head, headers };
}
