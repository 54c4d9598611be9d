import { METHOD, REQUEST_PATH, STATUS } from '../exchange/headers.js';
import type { RequestHead, ResponseHead } from '../exchange/verdict.js';
import type { HeaderField, Headers } from '../lib/headers.js';
import { readMetadata } from './metadata.js';
import type {
  MessageKind,
  WireHeader,
  WireHeaderMutation,
  WireHeaders,
  WireMetadata,
  WireRequest,
} from './proto.js';

const CONTROL_CHARACTERS = /\p{Cc}+/gu;

export function readRequestHead(message: WireHeaders, metadata?: WireMetadata): RequestHead {
  const headers = readHeaders(message);
  const told = readMetadata(metadata);
  return {
    method: headers.get(METHOD) ?? '',
    path: headers.get(REQUEST_PATH) ?? '',
    headers,
    endOfStream: message.end_of_stream === true,
    ...(told === undefined ? {} : { metadata: told }),
  };
}

export function readResponseHead(message: WireHeaders): ResponseHead {
  const headers = readHeaders(message);
  return {
    status: Number(headers.get(STATUS) ?? 0) || 0,
    headers,
    endOfStream: message.end_of_stream === true,
  };
}

/** A piece of a response's body. */
export interface ResponsePiece {
  readonly piece: Uint8Array;
  readonly endOfStream: boolean;
}

export function pieceOf({ response_body: body }: WireRequest): ResponsePiece {
  return { piece: body?.body ?? new Uint8Array(0), endOfStream: body?.end_of_stream === true };
}

/** Whether the message ends the request's or the response's body, or is a head without one. */
export function endsStream(message: WireRequest, kind: MessageKind): boolean {
  if (kind === 'response_headers') return message.response_headers?.end_of_stream === true;
  if (kind === 'request_body') return message.request_body?.end_of_stream === true;
  return kind === 'response_body' && message.response_body?.end_of_stream === true;
}

/** Values of one name are joined by a comma, as RFC 9110 allows for every header that may be repeated. */
export function readHeaders(message: WireHeaders): Headers {
  const headers = new Map<string, string>();
  for (const header of message.headers?.headers ?? []) {
    const name = header.key.toLowerCase();
    const value = textOf(header);
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/**
 * @param remove names to remove; one that is set as well is only set, so that the order in which Envoy applies the
 *   two never matters
 */
export function headerMutation(set: readonly HeaderField[], remove: readonly string[]): WireHeaderMutation {
  const kept =
    remove.length === 0 ? remove : remove.filter((name) => !set.some((field) => field.name === name));
  return { set: cleanHeaders(set), remove: kept };
}

/** The same headers with values that Envoy accepts. */
export function cleanHeaders(fields: readonly HeaderField[]): readonly HeaderField[] {
  const cleaned: HeaderField[] = [];
  for (const field of fields) {
    const value = cleanValue(field.value);
    cleaned.push(value === field.value ? field : { name: field.name, value });
  }
  return cleaned;
}

/** Envoy answers 500 to the client when a value that we set holds CR, LF or NUL. */
export function cleanValue(value: string): string {
  return isPlain(value) ? value : value.replace(CONTROL_CHARACTERS, ' ').trim();
}

/** Printable ASCII without space at its ends: almost every value, and the pattern costs more than this look. */
function isPlain(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return value.charCodeAt(0) !== 0x20 && value.charCodeAt(value.length - 1) !== 0x20;
}

/**
 * Latin-1 keeps every byte apart. As UTF-8, two different invalid values would both read as U+FFFD, and two callers
 * with such keys would be one tenant.
 */
function textOf(header: WireHeader): string {
  const raw = header.raw_value;
  if (raw === undefined || raw.length === 0) return header.value ?? '';
  const bytes = Buffer.isBuffer(raw) ? raw : Buffer.from(raw);
  return bytes.toString('latin1');
}
