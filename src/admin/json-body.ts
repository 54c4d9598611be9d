import type { IncomingMessage } from 'node:http';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { SextantError } from '../lib/sextant-error.js';
import { scanBody } from '../openai/scan.js';
import { type BodyLimits, readBody } from './read-body.js';

/** The body of a request as a JSON object. Throws what `readBody` and `objectIn` throw. */
export async function objectOf(request: IncomingMessage, limits: BodyLimits): Promise<JsonObject> {
  return objectIn(await readBody(request, limits));
}

/** @throws SextantError those of `scanBody`, and `invalid_json` */
export function objectIn(bytes: Uint8Array): JsonObject {
  const scanned = scanBody(bytes);
  if (!scanned.ok) throw scanned.error;
  try {
    const parsed = JSON.parse(scanned.value.text) as Json;
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // The parser's own message quotes the text around the fault, which is prompt text.
  }
  throw new SextantError(
    'invalid_json',
    'The body must be a JSON object; check its commas, quotes and escapes.',
  );
}
