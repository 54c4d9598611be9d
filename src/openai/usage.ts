import { isJsonObject, type Json } from '../lib/json.js';
import type { Usage } from './completion.js';

const DEFAULT_TAIL_BYTES = 16_384;

/** Reads an OpenAI `usage` object. Embeddings say no completion tokens; those count as 0. */
export function usageOf(value: Json | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const promptTokens = value['prompt_tokens'];
  const completionTokens = value['completion_tokens'] ?? 0;
  return isCount(promptTokens) && isCount(completionTokens) ? { promptTokens, completionTokens } : undefined;
}

/** Finds the token usage of an answer in its last bytes, without parsing the answer. */
export interface UsageTail {
  /** The piece is kept, not copied; it must not change afterwards. */
  push(piece: Uint8Array): void;
  usage(): Usage | undefined;
}

/**
 * Keeps the last `tailBytes` (up to twice that). Upstreams say the usage at the end: in the last chunks of a stream,
 * or after the choices of one object. Usage that stands further from the end is not found.
 */
export function createUsageTail(tailBytes: number = DEFAULT_TAIL_BYTES): UsageTail {
  // Two generations: once the newer one is as long as the tail, the older one can go, and no byte is moved.
  let older: Uint8Array[] = [];
  let newer: Uint8Array[] = [];
  let newerBytes = 0;
  return {
    push(piece) {
      if (newerBytes >= tailBytes) {
        older = newer;
        newer = [];
        newerBytes = 0;
      }
      const end = piece.length > tailBytes ? piece.subarray(-tailBytes) : piece;
      newer.push(end);
      newerBytes += end.length;
    },
    usage: () => lastUsage(Buffer.concat([...older, ...newer])),
  };
}

const KEY = '"usage"';
/** From the key to its brace: a colon and what space a pretty printer puts there. */
const GAP_CHARS_MAX = 16;
const USAGE_CHARS_MAX = 2_048;

/**
 * The last `"usage": {…}` in the bytes. Inside a JSON string these quotes would be escaped, so what the model wrote
 * cannot be taken for it.
 */
function lastUsage(bytes: Buffer): Usage | undefined {
  const text = bytes.toString('latin1');
  for (let at = text.lastIndexOf(KEY); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(KEY, at - 1)) {
    const usage = usageAt(text, at + KEY.length);
    if (usage !== undefined) return usage;
  }
  return undefined;
}

function usageAt(text: string, from: number): Usage | undefined {
  const gap = text.slice(from, from + GAP_CHARS_MAX).indexOf('{');
  if (gap < 0 || text.slice(from, from + gap).trim() !== ':') return undefined;
  const start = from + gap;
  const end = closingBrace(text, start);
  if (end === undefined) return undefined;
  try {
    return usageOf(JSON.parse(text.slice(start, end)) as Json);
  } catch {
    return undefined;
  }
}

/** Offset after the brace that closes the object at `start`. Token counts hold no strings with braces in them. */
function closingBrace(text: string, start: number): number | undefined {
  let depth = 0;
  const last = Math.min(text.length, start + USAGE_CHARS_MAX);
  for (let at = start; at < last; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x7b) depth++;
    else if (char === 0x7d && --depth === 0) return at + 1;
  }
  return undefined;
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
