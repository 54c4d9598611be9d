import type { Message } from './ext-proc-client.js';

/** Fields of the protocol that hold bytes; transcripts write them as text. */
const BYTES = new Set(['body', 'raw_value']);

/** Names that the decoder adds to say which member of a `oneof` is set. */
const VIRTUAL = new Set(['request', 'response', 'mutation']);

/** A message as a transcript writes it → as the wire wants it. */
export function fromText(message: unknown): Message {
  return walk(message, (key, value) =>
    BYTES.has(key) && typeof value === 'string' ? Buffer.from(value) : undefined,
  ) as Message;
}

/** A decoded message → as a transcript writes it. */
export function toText(message: unknown): Message {
  return walk(message, (_key, value) => (Buffer.isBuffer(value) ? value.toString() : undefined)) as Message;
}

/** Shorthand for a header map: `{ headers: { headers: [...] } }`. */
export function headersOf(headers: Readonly<Record<string, string>>): Message {
  const list = Object.entries(headers).map(([key, value]) => ({ key, raw_value: Buffer.from(value) }));
  return { headers: list };
}

function walk(value: unknown, replace: (key: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (VIRTUAL.has(key) && typeof item === 'string') continue;
    out[key] = replace(key, item) ?? walk(item, replace);
  }
  return out;
}
