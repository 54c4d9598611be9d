import type { Turn } from './request.js';

/** What the readers of messages and prompts give to `readRequest`. */
export interface Conversation {
  readonly turns: readonly Turn[];
  /** Text of every turn and of the arguments of their tool calls. UTF-16 characters. */
  readonly textChars: number;
  /** Index of the turn that asks, or -1. */
  readonly askIndex: number;
}

export const NO_CONVERSATION: Conversation = { turns: [], textChars: 0, askIndex: -1 };
