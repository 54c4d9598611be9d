import type { ByteSpan } from '../lib/bytes.js';
import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import { decodeUtf8 } from '../lib/utf8.js';
import { ObjectKeys } from './object-keys.js';

export interface ScanLimits {
  /** Objects and arrays inside each other. */
  readonly depthMax: number;
  /** Keys of all objects together. */
  readonly keysMax: number;
}

export interface ScannedBody {
  readonly text: string;
  /** Where the string value of the top-level `model` stands, quotes included; undefined when it is no string. */
  readonly modelSpan: ByteSpan | undefined;
  /** The top-level member `cache` with the comma that goes when it goes; undefined when there is none. */
  readonly cacheSpan: ByteSpan | undefined;
}

const DEFAULT_LIMITS: ScanLimits = { depthMax: 64, keysMax: 100_000 };

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Looks once over the bytes of a JSON object before anything parses them. JSON.parse would stall for 286 ms on a
 * million nested brackets, let the last of two equal keys win (the upstream may take the first), and never sees
 * invalid UTF-8. Whether the text is JSON is left to the parser; for text that is, what is said here is exact.
 *
 * Errors: `invalid_encoding`, `invalid_json`, `json_too_deep`, `duplicate_key`, `body_too_large` (too many keys).
 */
export function scanBody(
  body: Uint8Array,
  limits: ScanLimits = DEFAULT_LIMITS,
): Result<ScannedBody, SextantError> {
  const text = decodeUtf8(body);
  if (text === undefined) {
    return err(
      new SextantError('invalid_encoding', 'The body is not valid UTF-8; encode the JSON as UTF-8.'),
    );
  }
  const scan = new Scan(Buffer.from(body.buffer, body.byteOffset, body.byteLength), limits);
  const error = scan.run();
  return error === undefined
    ? ok({ text, modelSpan: scan.modelSpan, cacheSpan: scan.cacheSpan })
    : err(error);
}

class Scan {
  modelSpan: ByteSpan | undefined;
  cacheSpan: ByteSpan | undefined;
  /** Where the comma before the current member of the outermost object stands; -1 for the first member. */
  private commaAt = -1;
  /** Where the key `cache` of the outermost object begins, while its value is being read; else -1. */
  private cacheAt = -1;
  private readonly keys: ObjectKeys;
  /** Per open container, from 1: whether it is an object. */
  private readonly containers: boolean[] = [false];
  private depth = 0;
  private keyCount = 0;
  /** True where the next string is a key. */
  private expectsKey = false;
  /** True between the top-level key `model` and its value. */
  private expectsModel = false;

  constructor(
    private readonly bytes: Buffer,
    private readonly limits: ScanLimits,
  ) {
    this.keys = new ObjectKeys(bytes);
  }

  run(): SextantError | undefined {
    const { bytes } = this;
    const first = firstByte(bytes);
    if (bytes[first] !== OPEN_OBJECT) return notAnObject(first >= bytes.length);
    for (let at = first; at < bytes.length; at++) {
      let error: SextantError | undefined;
      switch (bytes[at]) {
        case QUOTE: {
          const end = stringEnd(bytes, at + 1);
          if (end < 0) return invalid(`the string that begins at byte ${at} is never closed`);
          error = this.sawString(at, end);
          at = end;
          break;
        }
        case COMMA:
          this.expectsModel = false;
          this.expectsKey = this.containers[this.depth] === true;
          if (this.depth === 1) this.memberEnded(at);
          break;
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          error = this.opened(bytes[at] === OPEN_OBJECT);
          break;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          error = this.closed(at);
          break;
      }
      if (error !== undefined) return error;
    }
    return this.depth === 0 ? undefined : invalid('it ends before its last bracket is closed');
  }

  private sawString(start: number, end: number): SextantError | undefined {
    if (!this.expectsKey) {
      if (this.expectsModel) this.modelSpan = { start, end: end + 1 };
      this.expectsModel = false;
      return undefined;
    }
    this.expectsKey = false;
    this.keyCount++;
    if (this.keyCount > this.limits.keysMax) return tooManyKeys(this.limits.keysMax);
    return this.sawKey(start + 1, end);
  }

  private sawKey(start: number, end: number): SextantError | undefined {
    const escaped = hasBackslash(this.bytes, start, end);
    try {
      const isNew = this.keys.add(start, end, escaped);
      this.expectsModel = this.depth === 1 && this.isKey('model', start, end, escaped);
      if (this.depth === 1 && this.isKey('cache', start, end, escaped)) this.cacheAt = start - 1;
      return isNew ? undefined : duplicate(start - 1, this.expectsModel);
    } catch {
      return invalid(`the key at byte ${start - 1} holds an escape that JSON does not know`);
    }
  }

  private isKey(name: 'model' | 'cache', start: number, end: number, escaped: boolean): boolean {
    return (escaped || end - start === name.length) && this.keys.textOf(start, end, escaped) === name;
  }

  /** A comma of the outermost object: the member behind it begins. */
  private memberEnded(comma: number): void {
    if (this.cacheAt >= 0) this.cacheSpan = { start: this.cacheAt, end: comma + 1 };
    this.cacheAt = -1;
    this.commaAt = comma;
  }

  private opened(isObject: boolean): SextantError | undefined {
    if (this.depth >= this.limits.depthMax) return tooDeep(this.limits.depthMax);
    this.expectsModel = false;
    this.expectsKey = isObject;
    this.depth++;
    this.containers[this.depth] = isObject;
    if (isObject) this.keys.open();
    return undefined;
  }

  private closed(at: number): SextantError | undefined {
    if (this.depth === 0) return invalid(`the bracket at byte ${at} closes nothing`);
    this.expectsKey = false;
    // Nothing follows the last member, so the comma before it goes along.
    if (this.depth === 1 && this.cacheAt >= 0) {
      this.cacheSpan = { start: this.commaAt < 0 ? this.cacheAt : this.commaAt, end: at };
      this.cacheAt = -1;
    }
    if (this.containers[this.depth] === true) this.keys.close();
    this.depth--;
    return undefined;
  }
}

/** How many bytes are looked at one by one before the native search, whose call costs about as much. */
const STRIDE_BYTES = 48;

/**
 * Offset of the quote that ends the string whose first byte is at `from`, or -1. Short strings, and text full of
 * escaped quotes, are walked; long runs are searched natively, at gigabytes per second.
 */
export function stringEnd(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const near = Math.min(at + STRIDE_BYTES, bytes.length);
    for (; at < near; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) at++;
    }
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return -1;
    let backslashes = 0;
    while (quote - backslashes > at && bytes[quote - backslashes - 1] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

function hasBackslash(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true;
  return false;
}

function firstByte(bytes: Buffer): number {
  let at = 0;
  for (
    let byte = bytes[at];
    byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    byte = bytes[at]
  )
    at++;
  return at;
}

function invalid(what: string): SextantError {
  return new SextantError('invalid_json', `The body is not valid JSON: ${what}. Send one JSON object.`);
}

function notAnObject(empty: boolean): SextantError {
  return invalid(empty ? 'it is empty' : 'it does not begin with an opening brace');
}

function tooDeep(depthMax: number): SextantError {
  return new SextantError(
    'json_too_deep',
    `The JSON nests more than ${depthMax} objects and arrays; flatten it.`,
  );
}

function tooManyKeys(keysMax: number): SextantError {
  return new SextantError('body_too_large', `The JSON holds more than ${keysMax} keys; send fewer.`);
}

function duplicate(at: number, isModel: boolean): SextantError {
  return new SextantError(
    'duplicate_key',
    `The key at byte ${at} stands twice in the same object; send each key once.`,
    isModel ? { param: 'model' } : {},
  );
}
