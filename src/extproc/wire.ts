import { METHOD, REQUEST_PATH, STATUS } from '../exchange/headers.js';
import type { RequestHead, ResponseHead } from '../exchange/verdict.js';
import type { HeaderField, Headers } from '../lib/headers.js';
import type { WireHeader, WireHeaderMutation, WireHeaderOption, WireHeaders } from './proto.js';

/** `HeaderAppendAction`: one value under the name afterwards, whatever stood there before. */
const OVERWRITE_IF_EXISTS_OR_ADD = 2;

const CONTROL_CHARACTERS = /\p{Cc}+/gu;

export function readRequestHead(message: WireHeaders): RequestHead {
  const headers = readHeaders(message);
  return {
    method: headers.get(METHOD) ?? '',
    path: headers.get(REQUEST_PATH) ?? '',
    headers,
    endOfStream: message.end_of_stream === true,
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
  const setHeaders: WireHeaderOption[] = [];
  for (const field of set) setHeaders.push(headerOption(field));
  const removeHeaders =
    remove.length === 0 ? remove : remove.filter((name) => !set.some((field) => field.name === name));
  return { set_headers: setHeaders, remove_headers: removeHeaders };
}

function headerOption(field: HeaderField): WireHeaderOption {
  return {
    header: { key: field.name, raw_value: Buffer.from(cleanValue(field.value)) },
    append_action: OVERWRITE_IF_EXISTS_OR_ADD,
  };
}

/** Envoy answers 500 to the client when a value that we set holds CR, LF or NUL. */
export function cleanValue(value: string): string {
  return value.replace(CONTROL_CHARACTERS, ' ').trim();
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
