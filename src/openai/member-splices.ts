import type { ByteSpan } from '../lib/bytes.js';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import type { PromptRequest } from './request.js';
import { stringEnd } from './scan.js';
import type { Splice } from './splice.js';

/** A member of the body, or of an object in it, and the value that it shall have. */
export interface MemberValue {
  readonly path: readonly [string] | readonly [string, string];
  readonly value: Json;
}

export interface MemberSplicesOptions {
  readonly body: Uint8Array;
  /** What was read from that very body. */
  readonly request: Pick<PromptRequest, 'body' | 'modelSpan'>;
  readonly members: readonly MemberValue[];
  /** Whether a value that the client gave is replaced; `null` counts as none. */
  readonly override: boolean;
}

/**
 * The changes by which members get their values while every other byte stays. New members stand right behind the
 * model's name, which every body has, so that only what the client wrote itself must be looked for.
 */
export function memberSplices({ body, request, members, override }: MemberSplicesOptions): readonly Splice[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const behindModel = { start: request.modelSpan.end, end: request.modelSpan.end };
  return members.flatMap(({ path: [key, inner], value }): readonly Splice[] => {
    const own = ownValue(request.body, key);
    if (own === undefined) {
      return [
        { span: behindModel, text: `,${member(key, inner === undefined ? value : { [inner]: value })}` },
      ];
    }
    if (inner !== undefined && isJsonObject(own)) {
      return insideSplices({ bytes, key, inner, value, override, own });
    }
    if (own !== null && !override) return [];
    const span = valueSpan(bytes, firstBrace(bytes), key);
    return [{ span, text: JSON.stringify(inner === undefined ? value : { [inner]: value }) }];
  });
}

function insideSplices(options: {
  readonly bytes: Buffer;
  readonly key: string;
  readonly inner: string;
  readonly value: Json;
  readonly override: boolean;
  readonly own: JsonObject;
}): readonly Splice[] {
  const { bytes, key, inner, value, own } = options;
  const before = ownValue(own, inner);
  if (before !== undefined && before !== null && !options.override) return [];
  const { start } = valueSpan(bytes, firstBrace(bytes), key);
  if (before !== undefined) {
    return [{ span: valueSpan(bytes, start, inner), text: JSON.stringify(value) }];
  }
  const comma = Object.keys(own).length === 0 ? '' : ',';
  return [{ span: { start: start + 1, end: start + 1 }, text: `${member(inner, value)}${comma}` }];
}

function member(key: string, value: Json): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function ownValue(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

function firstBrace(bytes: Buffer): number {
  return bytes.indexOf(OPEN_OBJECT);
}

/**
 * Where the value of a member stands, in an object that begins at `brace` and has it: the body was parsed before. In
 * anything else the walk ends in the SyntaxError of a key that is none.
 */
function valueSpan(bytes: Buffer, brace: number, key: string): ByteSpan {
  for (let at = brace + 1; ; ) {
    const open = bytes.indexOf(QUOTE, at);
    const close = stringEnd(bytes, open + 1);
    // Escapes in a key are legal, and `"\u0074hinking"` is `thinking`.
    const name: unknown = JSON.parse(bytes.toString('utf8', open, close + 1));
    const start = skipBlank(bytes, bytes.indexOf(COLON, close) + 1);
    const end = valueEnd(bytes, start);
    if (name === key) return { start, end };
    at = end;
  }
}

function skipBlank(bytes: Buffer, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) at++;
  return at;
}

/** A number or a literal ends before what follows; blanks between the two belong to neither. */
function valueEnd(bytes: Buffer, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const byte = bytes[at];
    if (byte === QUOTE) at = stringEnd(bytes, at + 1);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
    at++;
  } while (at < bytes.length && (depth > 0 || !endsBare(bytes[at])));
  while (isBlank(bytes[at - 1])) at--;
  return at;
}

function endsBare(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
