import type { Role } from '../openai/request.js';
import type { PromptView, Signal } from './contract.js';
import type { ConversationFeature } from './labels.js';
import { type MeasureOptions, measureSignal } from './measure.js';

export interface ConversationOptions extends MeasureOptions {
  readonly feature: ConversationFeature;
}

/**
 * Whether the conversation has some shape, or the request asks for its answer in some way. Score: a count, or 1 where
 * there is such a thing and 0 where there is none. Unknown where the request does not say, such as how many tokens it
 * wants at most.
 */
export function conversationSignal(options: ConversationOptions): Signal {
  const { feature } = options;
  const signal = measureSignal(options, MEASURES[feature]);
  // Whether an answer is streamed is no part of what it is cached under.
  return feature === 'stream' ? { ...signal, outsideKey: true } : signal;
}

const MEASURES: Readonly<Record<ConversationFeature, (view: PromptView) => number | undefined>> = {
  turns: ({ turns }) => countRoles(turns, ['user']),
  messages: ({ turns }) => turns.length,
  tools: ({ hasTools }) => Number(hasTools),
  tool_results: ({ turns }) => countRoles(turns, ['tool', 'function']),
  images: ({ modalities }) => Number(modalities.includes('image')),
  audio: ({ modalities }) => Number(modalities.includes('audio')),
  files: ({ modalities }) => Number(modalities.includes('file')),
  system_prompt: ({ turns }) => Number(countRoles(turns, ['system', 'developer']) > 0),
  stream: ({ wishes }) => (wishes === undefined ? undefined : Number(wishes.stream)),
  max_tokens: ({ wishes }) => wishes?.maxTokens,
};

function countRoles(turns: PromptView['turns'], roles: readonly Role[]): number {
  let count = 0;
  for (const { role } of turns) if (roles.includes(role)) count += 1;
  return count;
}
