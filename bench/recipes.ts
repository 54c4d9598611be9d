import type { RequestBytes } from './load.js';
import { longPrompt, shortPrompt, storedQuestion } from './prompts.js';

/** What each recipe asks for request number `index`; `offset` keeps two runs apart. */
export interface Recipe {
  readonly name: RecipeName;
  readonly offset: number;
}

export type RecipeName = 'short' | 'repeated' | 'stored' | 'reworded' | 'long' | 'huge' | 'soak';

/** How many different questions `repeated` asks, in turn. */
export const REPEATED_QUESTIONS = 100;

const HUGE_BODY_BYTES = 200_000;

/** The generator that a recipe names. It builds each request in a few microseconds. */
export function requestBytesOf({ name, offset }: Recipe): RequestBytes {
  switch (name) {
    case 'short':
      return (index) => chat(shortPrompt(offset + index));
    case 'repeated':
      return (index) => chat(storedQuestion(index % REPEATED_QUESTIONS, false));
    case 'stored':
      return (index) => chat(storedQuestion(offset + index, false));
    case 'reworded':
      return (index) => chat(storedQuestion(offset + index, true));
    case 'long':
      return (index) => chat(longPrompt(offset + index));
    case 'huge': {
      // Letters and spaces, so that the JSON costs what its length says; the same bytes each time, sent to no cache.
      const request = chat('the quick brown fox jumps over the lazy dog '.repeat(HUGE_BODY_BYTES / 44));
      return () => request;
    }
    case 'soak':
      return (index) => soakRequest(offset + index);
  }
}

/** Mostly repeated questions, some never seen, some streamed: every kind of stream between Envoy and Sextant. */
function soakRequest(index: number): Buffer {
  const kind = index % 10;
  if (kind === 0) return chat(shortPrompt(index));
  return chat(storedQuestion(index % REPEATED_QUESTIONS, false), kind === 1 || kind === 2);
}

function chat(prompt: string, stream = false): Buffer {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: prompt }], stream });
  return Buffer.from(
    'POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n' +
      `authorization: Bearer bench\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    'latin1',
  );
}
