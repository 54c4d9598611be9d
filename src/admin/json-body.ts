import type { IncomingMessage } from 'node:http';
import { mediaTypeOf } from '../lib/headers.js';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { SextantError } from '../lib/sextant-error.js';
import { scanBody } from '../openai/scan.js';
import { type BodyLimits, readBody } from './read-body.js';

/** The body of a request as a JSON object. Throws what `bodyOf` and `objectIn` throw. */
export async function objectOf(request: IncomingMessage, limits: BodyLimits): Promise<JsonObject> {
  return objectIn(await bodyOf(request, limits));
}

/**
 * The bytes of a body that says it is JSON, or JSON Lines.
 *
 * @throws SextantError `unsupported_encoding`, and those of `readBody`
 */
export async function bodyOf(request: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  refuseForm(request);
  return readBody(request, limits);
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

/** Browsers ask before they send one of these across origins, and get no leave: no web page can use what is here. */
const TYPES = ['application/json', 'application/jsonl'];

/**
 * Refuses a body that does not say that it is JSON.
 *
 * @throws SextantError `unsupported_encoding`
 */
export function refuseForm({ headers }: IncomingMessage): void {
  const type = mediaTypeOf(headers['content-type']) ?? '';
  if (!TYPES.includes(type)) {
    throw new SextantError('unsupported_encoding', 'Send the body as JSON: content-type: application/json.');
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new SextantError('unsupported_encoding', 'Send the body as it is, without content-encoding.');
  }
}
