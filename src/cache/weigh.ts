import type { Json } from '../lib/json.js';
import type { Completion } from '../openai/completion.js';

/** Map nodes, hashes and the entry itself; measured as an order of magnitude, not to the byte. */
const ENTRY_OVERHEAD_BYTES = 1024;
const VALUE_BYTES = 16;
const NUMBER_BYTES = 4;

/** What an entry weighs in memory. Bytes, estimated: close enough to hold a bound by, and cheap. */
export function entryBytes(entry: {
  readonly ask: string;
  readonly vector: Float32Array | undefined;
  readonly completion: Completion;
}): number {
  // A vector lives twice: in the entry, and in the block that is scanned.
  const vectorBytes = 2 * NUMBER_BYTES * (entry.vector?.length ?? 0);
  return ENTRY_OVERHEAD_BYTES + vectorBytes + textBytes(entry.ask) + jsonBytes(entry.completion.object);
}

/** Walks with a list of its own, since the upstream decides how deep its answer is. */
function jsonBytes(root: Json): number {
  let bytes = 0;
  const open: Json[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    bytes += VALUE_BYTES;
    if (typeof value === 'string') bytes += textBytes(value);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, child] of Object.entries(value)) {
        if (!Array.isArray(value)) bytes += VALUE_BYTES + textBytes(name);
        open.push(child);
      }
    }
  }
  return bytes;
}

/** V8 keeps plain text at one byte a character and all other text at two. */
function textBytes(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
}
