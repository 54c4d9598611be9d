import type { JsonObject } from '../lib/json.js';
import type { Ask } from './ask.js';
import type { Choice } from './generate.js';
import { completionLogprobs, tokenLogprobs } from './logprobs.js';
import type { Step } from './pace.js';
import { type Envelope, FINGERPRINT, usageOf } from './reply.js';

/** The last event of every good stream. */
export const DONE = 'data: [DONE]\n\n';

const ARGUMENT_PIECE_CHARACTERS = 12;

/**
 * The whole answer as server-sent events in vLLM's order: for chat a chunk with the role for each choice, then a chunk
 * for each token, the choices taking turns; a chunk with the `finish_reason`; the usage when it was asked for; `[DONE]`.
 */
export function replySteps(ask: Ask, choices: readonly Choice[], envelope: Envelope): Step[] {
  const frame = frameOf(ask, envelope);
  const lines = choices.map((choice) =>
    ask.api === 'chat' ? chatEvents(choice, ask) : textEvents(choice, ask),
  );
  const steps: Step[] = [];
  if (ask.api === 'chat') {
    const opening = choices.map((choice) => frame(choiceChunk(choice, { role: 'assistant', content: '' })));
    steps.push({ afterTokens: 1, text: opening.join('') });
  }
  const longest = Math.max(...lines.map((line) => line.length));
  for (let at = 0; at < longest; at += 1) {
    const events = lines.map((line) => line[at]).filter((event) => event !== undefined);
    steps.push({ afterTokens: at + 1, text: events.map((event) => frame(event)).join('') });
  }
  const usage = ask.includeUsage ? frame(undefined, usageOf(ask, choices)) : '';
  steps.push({ afterTokens: longest, text: usage + DONE });
  return steps;
}

/** Wraps one choice's chunk into an event. The parts that never change are put into JSON once for the whole stream. */
function frameOf(
  ask: Ask,
  envelope: Envelope,
): (choice: JsonObject | undefined, usage?: JsonObject) => string {
  const object = ask.api === 'chat' ? 'chat.completion.chunk' : 'text_completion';
  const { id, created } = envelope;
  const fixed = JSON.stringify({ id, object, created, model: ask.model, system_fingerprint: FINGERPRINT });
  const head = `data: ${fixed.slice(0, -1)},"choices":[`;
  return (choice, usage) => {
    const tail = usage !== undefined ? `],"usage":${JSON.stringify(usage)}}\n\n` : ']}\n\n';
    return head + (choice === undefined ? '' : JSON.stringify(choice)) + tail;
  };
}

function chatEvents(choice: Choice, ask: Ask): JsonObject[] {
  const events = choice.reasoning.map((token) => choiceChunk(choice, { reasoning_content: token }));
  if (choice.toolCall !== undefined) return [...events, ...callEvents(choice), finishChunk(choice)];
  for (const token of choice.tokens) {
    events.push({
      ...choiceChunk(choice, { content: token }),
      logprobs: tokenLogprobs([token], ask.topLogprobs, choice.logprob),
    });
  }
  // A model that runs out of tokens says so on its last token; one that stops by itself has an empty delta left.
  const last = events.at(-1);
  if (choice.finishReason !== 'length' || last === undefined) return [...events, finishChunk(choice)];
  return [...events.slice(0, -1), { ...last, finish_reason: 'length', stop_reason: null }];
}

function callEvents(choice: Choice): JsonObject[] {
  if (choice.toolCall === undefined) return [];
  const { id, name, arguments: text } = choice.toolCall;
  const opening = { id, type: 'function', index: 0, function: { name, arguments: '' } };
  const events = [choiceChunk(choice, { tool_calls: [opening] })];
  for (let at = 0; at < text.length; at += ARGUMENT_PIECE_CHARACTERS) {
    const piece = text.slice(at, at + ARGUMENT_PIECE_CHARACTERS);
    events.push(choiceChunk(choice, { tool_calls: [{ index: 0, function: { arguments: piece } }] }));
  }
  return events;
}

function choiceChunk(choice: Choice, delta: JsonObject): JsonObject {
  return { index: choice.index, delta, logprobs: null, finish_reason: null };
}

function finishChunk(choice: Choice): JsonObject {
  return {
    ...choiceChunk(choice, { content: '' }),
    finish_reason: choice.finishReason,
    stop_reason: choice.stopReason,
  };
}

function textEvents(choice: Choice, ask: Ask): JsonObject[] {
  let offset = 0;
  const events = choice.tokens.map((token): JsonObject => {
    const logprobs = completionLogprobs([token], {
      top: ask.topLogprobs,
      logprob: choice.logprob,
      startOffset: offset,
    });
    offset += token.length;
    return { index: choice.index, text: token, logprobs, finish_reason: null, stop_reason: null };
  });
  const { index, finishReason: finish_reason, stopReason: stop_reason } = choice;
  return [...events, { index, text: '', logprobs: null, finish_reason, stop_reason }];
}
