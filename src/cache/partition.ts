import { createHmac, type Hmac } from 'node:crypto';
import { writeCanonicalJson } from '../lib/canonical-json.js';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import type { PromptRequest } from '../openai/request.js';
import type { PartitionPolicy } from './contract.js';
import { outerTrimmed } from './key.js';

export interface PartitionInput {
  /** Keys the hash, so that nobody who sees a partition can test guesses. */
  readonly secret: Uint8Array;
  readonly tenant: string;
  /** Names by which the client sets its answers apart within the tenant. */
  readonly namespaces: readonly string[];
  /**
   * What signals made of things that are not in the request's body, such as who asks: by it the policy may decide
   * otherwise, so answers are kept apart by it.
   */
  readonly judged?: readonly (readonly [signal: string, outcome: string])[];
  readonly policyVersion: string;
  /** Vectors of two encoders are never compared. */
  readonly encoderHash: string;
  /** The model name that the client wrote. */
  readonly virtualModel: string;
  /** What the policy lets differ. */
  readonly relaxed: PartitionPolicy;
  readonly request: PromptRequest;
}

/** How an answer travels, and which name asks for it, do not change what it says; the question is keyed by itself. */
const NOT_IN_PARTITION: ReadonlySet<string> = new Set(['model', 'stream', 'stream_options']);

/** The API documents null as the same as nothing for these; clients that write out whole objects send it. */
const NULL_IS_ABSENT: ReadonlySet<string> = new Set([
  'audio',
  'frequency_penalty',
  'function_call',
  'functions',
  'logit_bias',
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'metadata',
  'modalities',
  'n',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'reasoning_effort',
  'response_format',
  'seed',
  'service_tier',
  'stop',
  'store',
  'suffix',
  'temperature',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'user',
  'verbosity',
]);

/**
 * Hex HMAC-SHA256 of all that must be equal for a stored answer to be right: who asks, under which policy, and the
 * whole request but for the last user turn's content. Everything in the body splits the cache unless it is named
 * above or by the policy, so a parameter that we have never heard of is safe by construction.
 */
export function partitionOf(input: PartitionInput): string {
  const feed = new Feed(createHmac('sha256', input.secret));
  feedParts(input, () => feed);
  return feed.digest();
}

/** One thing that the partition hangs on, hashed for itself. */
export interface PartitionPart {
  readonly name: string;
  /** The first half of a hex HMAC-SHA256: enough to tell two apart. */
  readonly hash: string;
}

/**
 * What a partition is made of, so that two requests which should share answers and do not can be held side by side.
 * Nothing can be read off a hash, nor guessed without the secret.
 */
export function partitionParts(input: PartitionInput): readonly PartitionPart[] {
  const parts = new Map<string, Feed>();
  feedParts(input, (name) => {
    const feed = parts.get(name) ?? new Feed(createHmac('sha256', input.secret));
    parts.set(name, feed);
    return feed;
  });
  return Array.from(parts, ([name, feed]) => ({ name, hash: feed.digest().slice(0, 32) }));
}

/** @param feedOf where what follows under that name goes */
function feedParts(input: PartitionInput, feedOf: (part: string) => Feed): void {
  const { request, relaxed } = input;
  // JSON shows where each value ends, so no value can reach into its neighbour's place.
  feedOf('tenant').value(['sextant partition 3', input.tenant]);
  feedOf('policy').value(input.policyVersion);
  feedOf('encoder').value(input.encoderHash);
  feedOf('model').value([request.api, input.virtualModel]);
  feedOf('namespaces').value(input.namespaces);
  if (input.judged !== undefined && input.judged.length > 0) feedOf('judged').value(['judged', input.judged]);
  // A policy that was relaxed once must not leave its answers to the strict one that follows.
  feedOf('relaxed').value([relaxed.temperatureStep ?? null, relaxed.ignore.toSorted()]);
  const ignored: ReadonlySet<string> = new Set(relaxed.ignore);
  for (const name of Object.keys(request.body).sort()) {
    const value = request.body[name] ?? null;
    if (ignored.has(name) || isLeftOut(name, value)) continue;
    const feed = feedOf(`body.${name}`);
    feed.value(name);
    feedField(feed, input, name, value);
  }
}

function isLeftOut(name: string, value: Json): boolean {
  if (NOT_IN_PARTITION.has(name)) return true;
  // What it asks of us is no part of the question, and it does not reach the model.
  if (name === 'cache') return isJsonObject(value);
  return value === null && NULL_IS_ABSENT.has(name);
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

function feedField(feed: Feed, { request, relaxed }: PartitionInput, name: string, value: Json): void {
  if (request.api === 'chat' && name === 'messages' && Array.isArray(value)) {
    feedMessages(feed, value, request.askIndex);
  } else if (request.api === 'completions' && name === 'prompt') {
    feed.value(promptShape(value));
  } else if (name === 'temperature' && typeof value === 'number' && relaxed.temperatureStep !== undefined) {
    feed.value(['step', Math.round(value / relaxed.temperatureStep)]);
  } else {
    feed.value(value);
  }
}

function feedMessages(feed: Feed, messages: readonly Json[], askIndex: number): void {
  feed.value(messages.length);
  for (const [index, message] of messages.entries()) {
    feed.value(index === askIndex ? askShape(message) : earlierTurn(message));
  }
}

/** Fields that say nothing when they are null; SDKs write them into the answers that a client sends back. */
const EMPTY_IN_MESSAGE: ReadonlySet<string> = new Set([
  'annotations',
  'audio',
  'function_call',
  'name',
  'refusal',
  'tool_calls',
]);

/** Chat templates trim what these say, or the space changes nothing; an answer that is to be continued may end in one. */
const TRIMMED_ROLES: ReadonlySet<Json> = new Set(['system', 'developer', 'user']);

/**
 * A turn in the one form that stands for all that say the same: text as a string, nothing that is null, and no white
 * space around what people wrote. Nothing inside a text is touched: code lives there.
 */
function earlierTurn(message: Json): Json {
  if (!isJsonObject(message)) return message;
  const turn: Record<string, Json> = {};
  for (const [name, value] of Object.entries(message)) {
    if (value === null && EMPTY_IN_MESSAGE.has(name)) continue;
    turn[name] = name === 'content' ? earlierContent(value, message['role'] ?? null) : value;
  }
  return turn;
}

function earlierContent(content: Json, role: Json): Json {
  const text = soleText(content);
  if (text === undefined) return content;
  return TRIMMED_ROLES.has(role) ? outerTrimmed(text) : text;
}

/** The text of content that is nothing but one, as a string or as one plain text part. */
function soleText(content: Json): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length !== 1) return undefined;
  const part = (content as readonly Json[])[0];
  if (!isJsonObject(part) || part['type'] !== 'text' || Object.keys(part).length !== 2) return undefined;
  return typeof part['text'] === 'string' ? part['text'] : undefined;
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
