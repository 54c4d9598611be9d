import { createHmac, type Hmac } from 'node:crypto';
import { writeCanonicalJson } from '../lib/canonical-json.js';
import type { Json, JsonObject } from '../lib/json.js';
import type { PromptRequest } from '../openai/request.js';
import { outerTrimmed } from './key.js';

export interface PartitionInput {
  /** Keys the hash, so that nobody who sees a partition can test guesses. */
  readonly secret: Uint8Array;
  readonly tenant: string;
  readonly policyVersion: string;
  /** Vectors of two encoders are never compared. */
  readonly encoderHash: string;
  /** The model name that the client wrote. */
  readonly virtualModel: string;
  readonly request: PromptRequest;
}

/** How an answer travels, and which name asks for it, do not change what it says; the question is keyed by itself. */
const NOT_IN_PARTITION: ReadonlySet<string> = new Set(['model', 'stream', 'stream_options']);

/**
 * Hex HMAC-SHA256 of all that must be equal for a stored answer to be right: who asks, under which policy, and the
 * whole request but for the last user turn's content. Everything in the body splits the cache unless it is named
 * above, so a parameter that we have never heard of is safe by construction.
 */
export function partitionOf(input: PartitionInput): string {
  const { request } = input;
  const feed = new Feed(createHmac('sha256', input.secret));
  // JSON shows where each value ends, so no value can reach into its neighbour's place.
  feed.value(['sextant partition 1', input.tenant, input.policyVersion, input.encoderHash]);
  feed.value([request.api, input.virtualModel]);
  for (const name of Object.keys(request.body).sort()) {
    if (NOT_IN_PARTITION.has(name)) continue;
    feed.value(name);
    feedField(feed, request, name, request.body[name] ?? null);
  }
  return feed.digest();
}

/** Pieces are joined up to this length, since each hand-over to the hash costs more than a short copy. Characters. */
const JOIN_CHARS_MAX = 4096;

/** Hands values to a hash as they are walked, so that large earlier turns are never copied into one string. */
class Feed {
  private pending = '';

  constructor(private readonly hmac: Hmac) {}

  value(value: Json): void {
    writeCanonicalJson(value, this.add);
    this.add('\n');
  }

  digest(): string {
    return this.hmac.update(this.pending).digest('hex');
  }

  private readonly add = (piece: string): void => {
    if (this.pending.length + piece.length > JOIN_CHARS_MAX) {
      this.hmac.update(this.pending);
      this.pending = '';
    }
    if (piece.length > JOIN_CHARS_MAX) this.hmac.update(piece);
    else this.pending += piece;
  };
}

function feedField(feed: Feed, request: PromptRequest, name: string, value: Json): void {
  if (request.api === 'chat' && name === 'messages' && Array.isArray(value)) {
    feedMessages(feed, value, request.askIndex);
  } else if (request.api === 'completions' && name === 'prompt') {
    feed.value(promptShape(value));
  } else {
    feed.value(value);
  }
}

function feedMessages(feed: Feed, messages: readonly Json[], askIndex: number): void {
  feed.value(messages.length);
  for (const [index, message] of messages.entries()) {
    feed.value(index === askIndex ? askShape(message) : message);
  }
}

/** The asking message with its text taken out: its role, its name, and how the content is put together. */
function askShape(message: Json): Json {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return message;
  const { content, ...rest } = message as JsonObject;
  return ['ask', rest, contentShape(content ?? null)];
}

/** Content as a string and content as one text part say the same; any other make-up is kept, without its text. */
function contentShape(content: Json): Json {
  if (typeof content === 'string') return 'text';
  if (!Array.isArray(content)) return content;
  const parts = (content as readonly Json[]).map(partShape);
  return parts.length === 1 && parts[0] === 'text' ? 'text' : parts;
}

function partShape(part: Json): Json {
  if (typeof part === 'string') return 'text';
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  const { text, ...rest } = part as JsonObject;
  if (typeof text !== 'string') return part;
  const isPlain = rest['type'] === 'text' && Object.keys(rest).length === 1;
  return isPlain ? 'text' : rest;
}

/** A completion goes on where the prompt ends, so the white space that the question's key leaves off counts here. */
function promptShape(prompt: Json): Json {
  const text = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  if (typeof text !== 'string') return prompt;
  const trimmed = outerTrimmed(text);
  const start = text.indexOf(trimmed);
  return ['prompt', text.slice(0, start), text.slice(start + trimmed.length)];
}
