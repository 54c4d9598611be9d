import type { ByteSpan } from '../lib/bytes.js';
import type { JsonObject } from '../lib/json.js';

/** The OpenAI endpoints that Sextant reads. */
export type PromptApi = 'chat' | 'completions' | 'embeddings';

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'function';

/** What a message carries besides text. */
export type Modality = 'image' | 'audio' | 'file';

/** One message of a conversation; `text` joins its text parts with newlines, byte for byte as the client wrote them. */
export interface Turn {
  readonly role: Role;
  readonly text: string;
  readonly modalities: readonly Modality[];
}

/** One read and checked request. */
export interface PromptRequest {
  readonly api: PromptApi;
  /** The model name as the client wrote it. */
  readonly model: string;
  /** Where the JSON string of the model stands in the body, quotes included. */
  readonly modelSpan: ByteSpan;
  /** Where the member `cache` stands when it is an object: it speaks to gateways, not to the model. */
  readonly cacheSpan?: ByteSpan | undefined;
  /** The conversation, oldest first. `/v1/completions` is one user turn. */
  readonly turns: readonly Turn[];
  /** Text of the last user turn: what is asked now. Empty when the conversation has no user turn. */
  readonly ask: string;
  /** Index of the last user turn in `turns`, or -1. */
  readonly askIndex: number;
  /** Text of every turn together, for context length. Units: characters (UTF-16). */
  readonly textChars: number;
  readonly modalities: readonly Modality[];
  readonly hasTools: boolean;
  /** True when a turn is the result of a tool. */
  readonly hasToolResults: boolean;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** The whole body, parsed. */
  readonly body: JsonObject;
}
