import type { JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import type { SextantError } from '../lib/sextant-error.js';
import { toSextantError } from '../openai/errors.js';
import { objectIn } from './json-body.js';
import { wrong } from './page.js';

/** A line that is not empty, and where it stands; lines count from 1. */
export interface JsonLine {
  readonly line: number;
  readonly object: Result<JsonObject, SextantError>;
}

const NEWLINE = 0x0a;

/**
 * Reads JSON Lines, one at a time as they are asked for, and passes over those that are empty.
 *
 * @throws SextantError `invalid_field` when there are more than `linesMax` of them; nothing was given out then
 */
export function linesIn(bytes: Uint8Array, linesMax: number): Iterable<JsonLine> {
  const spans = spansOf(bytes);
  if (spans.length > linesMax) {
    throw wrong(`The body has more than ${linesMax} lines; send them in parts.`);
  }
  return read(bytes, spans);
}

function* read(bytes: Uint8Array, spans: readonly Span[]): Generator<JsonLine> {
  for (const { line, start, end } of spans) yield { line, object: objectOn(bytes.subarray(start, end)) };
}

function objectOn(bytes: Uint8Array): JsonLine['object'] {
  try {
    return ok(objectIn(bytes));
  } catch (thrown) {
    return err(toSextantError(thrown));
  }
}

interface Span {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

function spansOf(bytes: Uint8Array): readonly Span[] {
  const spans: Span[] = [];
  for (let start = 0, line = 1; start < bytes.length; line += 1) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found;
    if (!isBlank(bytes.subarray(start, end))) spans.push({ line, start, end });
    start = end + 1;
  }
  return spans;
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
