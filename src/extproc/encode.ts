import type { HeaderField } from '../lib/headers.js';
import {
  encodeMetadata,
  type WireBodyMutation,
  type WireCommonResponse,
  type WireHeaderMutation,
  type WireImmediate,
  type WirePiece,
  type WireResponse,
  type WireStreamedImmediate,
} from './proto.js';

// Field numbers, by the message that has them. All are below 16, so that each tag is one byte.

/** `envoy.service.ext_proc.v3.ProcessingResponse` */
const PROCESSING_RESPONSE = {
  request_headers: 1,
  response_headers: 2,
  request_body: 3,
  response_body: 4,
  request_trailers: 5,
  response_trailers: 6,
  immediate_response: 7,
  mode_override: 9,
  override_message_timeout: 10,
  streamed_immediate_response: 11,
} as const;

/** `HeadersResponse` and `BodyResponse`, which are alike. */
const PHASE_RESPONSE = { response: 1 } as const;

const COMMON_RESPONSE = { status: 1, header_mutation: 2, body_mutation: 3, clear_route_cache: 5 } as const;
const BODY_MUTATION = { body: 1, streamed_response: 3 } as const;
const STREAMED_BODY_RESPONSE = { body: 1, end_of_stream: 2 } as const;
const STREAMED_IMMEDIATE_RESPONSE = { headers_response: 1, body_response: 2 } as const;
/** `HttpHeaders` and the `HeaderMap` in it. */
const HTTP_HEADERS = { headers: 1 } as const;
const HEADER_MAP = { headers: 1 } as const;
const IMMEDIATE_RESPONSE = { status: 1, headers: 2, body: 3, details: 5 } as const;
const HEADER_MUTATION = { set_headers: 1, remove_headers: 2 } as const;

/** `envoy.config.core.v3.HeaderValueOption` and the `HeaderValue` in it. */
const HEADER_VALUE_OPTION = { header: 1, append_action: 3 } as const;
const HEADER_VALUE = { key: 1, raw_value: 3 } as const;

/** `envoy.type.v3.HttpStatus` */
const HTTP_STATUS = { code: 1 } as const;

/** `envoy.extensions.filters.http.ext_proc.v3.ProcessingMode` */
const PROCESSING_MODE = { request_body_mode: 3, response_body_mode: 4 } as const;

/** `google.protobuf.Duration` */
const DURATION = { seconds: 1, nanos: 2 } as const;

/** `HeaderAppendAction`: one value under the name afterwards, whatever stood there before. */
const OVERWRITE_IF_EXISTS_OR_ADD = 2;

/** The last three bits of a tag. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** UTF-8 needs at most this for one unit of a string: a pair of units needs four bytes. */
const BYTES_PER_UNIT_MAX = 3;
/** Tags, lengths and numbers of one header: four nested fields and the action, of at most six bytes each. */
const HEADER_FRAME_BYTES_MAX = 30;
/** The same for everything of a reply that is there once at most. */
const REPLY_FRAME_BYTES_MAX = 128;

const NOTHING = new Uint8Array(0);

/**
 * The bytes of a `ProcessingResponse`. They are those that the loader of the proto files writes, which took several
 * times as long: it goes from plain objects through message objects and a list of operations.
 *
 * @throws RangeError when a number is negative or not finite; all of them must be whole
 */
export function encodeResponse(response: WireResponse): Buffer {
  const { dynamic_metadata: said } = response;
  const metadata = said === undefined ? undefined : encodeMetadata(said);
  const out = new BackwardWriter(bytesMaxOf(response) + (metadata?.length ?? 0));
  const {
    override_message_timeout: timeout,
    mode_override: mode,
    streamed_immediate_response: streamed,
  } = response;
  // The only one of the `oneof` whose number is above those of the fields beside it.
  if (streamed !== undefined) writeStreamedImmediate(out, streamed);
  if (timeout !== undefined) {
    const end = out.at;
    out.number(DURATION.nanos, timeout.nanos);
    out.number(DURATION.seconds, timeout.seconds);
    out.close(PROCESSING_RESPONSE.override_message_timeout, end);
  }
  if (mode !== undefined) {
    const end = out.at;
    out.number(PROCESSING_MODE.response_body_mode, mode.response_body_mode);
    out.number(PROCESSING_MODE.request_body_mode, mode.request_body_mode);
    out.close(PROCESSING_RESPONSE.mode_override, end);
  }
  // A message may be written in parts, so that this one brings its own tag.
  if (metadata !== undefined) out.copy(metadata);
  writeAnswer(out, response);
  return out.finish();
}

/** The `oneof` of the reply: the first that is there. A reply that only asks for time has none. */
function writeAnswer(out: BackwardWriter, response: WireResponse): void {
  const { request_headers, request_body, response_headers, response_body, immediate_response } = response;
  if (response_headers !== undefined) {
    writePhase(out, PROCESSING_RESPONSE.response_headers, response_headers.response);
  } else if (request_body !== undefined) {
    writePhase(out, PROCESSING_RESPONSE.request_body, request_body.response);
  } else if (request_headers !== undefined) {
    writePhase(out, PROCESSING_RESPONSE.request_headers, request_headers.response);
  } else if (immediate_response !== undefined) {
    writeImmediate(out, immediate_response);
  } else if (response_body !== undefined) {
    writePhase(out, PROCESSING_RESPONSE.response_body, response_body.response);
  } else if (response.request_trailers !== undefined) {
    out.close(PROCESSING_RESPONSE.request_trailers, out.at);
  } else if (response.response_trailers !== undefined) {
    out.close(PROCESSING_RESPONSE.response_trailers, out.at);
  }
}

function writePhase(out: BackwardWriter, field: number, response: WireCommonResponse | undefined): void {
  const end = out.at;
  if (response !== undefined) writeCommon(out, response);
  out.close(field, end);
}

function writeCommon(out: BackwardWriter, response: WireCommonResponse): void {
  const { status, header_mutation: headers, body_mutation: body, clear_route_cache: clear } = response;
  const end = out.at;
  if (clear !== undefined) out.number(COMMON_RESPONSE.clear_route_cache, Number(clear));
  if (body !== undefined) writeBody(out, body);
  if (headers !== undefined) writeMutation(out, COMMON_RESPONSE.header_mutation, headers);
  if (status !== undefined) out.number(COMMON_RESPONSE.status, status);
  out.close(PHASE_RESPONSE.response, end);
}

function writeBody(out: BackwardWriter, { body, streamed_response: piece }: WireBodyMutation): void {
  const end = out.at;
  if (piece !== undefined) writePiece(out, BODY_MUTATION.streamed_response, piece);
  else if (body !== undefined) out.bytes(BODY_MUTATION.body, body);
  out.close(COMMON_RESPONSE.body_mutation, end);
}

function writePiece(out: BackwardWriter, field: number, piece: WirePiece): void {
  const end = out.at;
  out.number(STREAMED_BODY_RESPONSE.end_of_stream, Number(piece.end_of_stream));
  out.bytes(STREAMED_BODY_RESPONSE.body, piece.body);
  out.close(field, end);
}

function writeStreamedImmediate(
  out: BackwardWriter,
  { headers_response: head, body_response: piece }: WireStreamedImmediate,
): void {
  const end = out.at;
  if (piece !== undefined) writePiece(out, STREAMED_IMMEDIATE_RESPONSE.body_response, piece);
  else if (head !== undefined) writeHead(out, head.headers);
  out.close(PROCESSING_RESPONSE.streamed_immediate_response, end);
}

function writeHead(out: BackwardWriter, headers: readonly HeaderField[]): void {
  const end = out.at;
  for (const field of headers.toReversed()) writeHeaderValue(out, HEADER_MAP.headers, field);
  out.close(HTTP_HEADERS.headers, end);
  out.close(STREAMED_IMMEDIATE_RESPONSE.headers_response, end);
}

function writeImmediate(out: BackwardWriter, answer: WireImmediate): void {
  const end = out.at;
  out.text(IMMEDIATE_RESPONSE.details, answer.details);
  out.bytes(IMMEDIATE_RESPONSE.body, answer.body);
  writeMutation(out, IMMEDIATE_RESPONSE.headers, answer.headers);
  const statusEnd = out.at;
  out.number(HTTP_STATUS.code, answer.status.code);
  out.close(IMMEDIATE_RESPONSE.status, statusEnd);
  out.close(PROCESSING_RESPONSE.immediate_response, end);
}

function writeMutation(out: BackwardWriter, field: number, { set, remove }: WireHeaderMutation): void {
  const end = out.at;
  for (let i = remove.length - 1; i >= 0; i--) out.text(HEADER_MUTATION.remove_headers, remove[i] ?? '');
  for (let i = set.length - 1; i >= 0; i--) writeHeader(out, set[i]);
  out.close(field, end);
}

function writeHeader(out: BackwardWriter, field: HeaderField | undefined): void {
  if (field === undefined) return;
  const end = out.at;
  out.number(HEADER_VALUE_OPTION.append_action, OVERWRITE_IF_EXISTS_OR_ADD);
  writeHeaderValue(out, HEADER_VALUE_OPTION.header, field);
  out.close(HEADER_MUTATION.set_headers, end);
}

function writeHeaderValue(out: BackwardWriter, tag: number, { name, value }: HeaderField): void {
  const end = out.at;
  out.text(HEADER_VALUE.raw_value, value);
  out.text(HEADER_VALUE.key, name);
  out.close(tag, end);
}

/** What the reply takes at most, without its metadata. Counting UTF-8 exactly would read each text once more. */
function bytesMaxOf(response: WireResponse): number {
  const { immediate_response: immediate, streamed_immediate_response: streamed } = response;
  if (streamed !== undefined) {
    const headers = { set: streamed.headers_response?.headers ?? [], remove: [] };
    return REPLY_FRAME_BYTES_MAX + mutationBytesMax(headers) + (streamed.body_response?.body.length ?? 0);
  }
  if (immediate !== undefined) {
    const detailsBytesMax = immediate.details.length * BYTES_PER_UNIT_MAX;
    return (
      REPLY_FRAME_BYTES_MAX + mutationBytesMax(immediate.headers) + immediate.body.length + detailsBytesMax
    );
  }
  const phase =
    response.response_headers ?? response.request_body ?? response.request_headers ?? response.response_body;
  const mutation = phase?.response?.header_mutation;
  const mutationBytes = mutation === undefined ? 0 : mutationBytesMax(mutation);
  const { body, streamed_response: piece } = phase?.response?.body_mutation ?? {};
  return REPLY_FRAME_BYTES_MAX + mutationBytes + (piece?.body ?? body ?? NOTHING).length;
}

function mutationBytesMax({ set, remove }: WireHeaderMutation): number {
  let units = 0;
  for (const { name, value } of set) units += name.length + value.length;
  for (const name of remove) units += name.length;
  return units * BYTES_PER_UNIT_MAX + (set.length + remove.length) * HEADER_FRAME_BYTES_MAX;
}

/**
 * Writes a message from its end. The length of a nested message stands before it, and written this way it is known by
 * then: nothing is measured beforehand. Fields are therefore written last first.
 */
class BackwardWriter {
  /** Where the last thing written begins. */
  at: number;
  private readonly out: Buffer;

  constructor(bytesMax: number) {
    this.out = Buffer.allocUnsafe(bytesMax);
    this.at = bytesMax;
  }

  number(field: number, value: number): void {
    this.varint(value);
    this.out[--this.at] = (field << 3) | VARINT;
  }

  /** Ends what was written since `end` with its length and tag, and thereby makes it a field. */
  close(field: number, end: number): void {
    this.varint(end - this.at);
    this.out[--this.at] = (field << 3) | LENGTH_DELIMITED;
  }

  bytes(field: number, bytes: Uint8Array): void {
    const end = this.at;
    this.copy(bytes);
    this.close(field, end);
  }

  /** Almost every text is short and ASCII; then a loop here is faster than a call out of JavaScript. */
  text(field: number, text: string): void {
    const end = this.at;
    const start = end - text.length;
    this.at = start;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.at = end - Buffer.byteLength(text);
        this.out.write(text, this.at);
        break;
      }
      this.out[start + i] = unit;
    }
    this.close(field, end);
  }

  copy(bytes: Uint8Array): void {
    this.at -= bytes.length;
    this.out.set(bytes, this.at);
  }

  /** @throws RangeError when more was written than there was room for: writing below zero is silent */
  finish(): Buffer {
    if (this.at < 0) throw new RangeError('the bound of a reply is too small; correct bytesMaxOf');
    return this.out.subarray(this.at);
  }

  /** Division instead of shifts, which would cut the seconds of a long time to 32 bits. */
  private varint(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.out[--this.at] = value;
      return;
    }
    // Infinity would never end, and a negative number would lose its sign.
    if (!(value > 0 && value <= Number.MAX_SAFE_INTEGER)) {
      throw new RangeError(`a reply cannot hold the number ${value}; correct what builds it in replies.ts`);
    }
    let at = this.at - varintBytes(value);
    this.at = at;
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.out[at++] = (rest % 0x80) | 0x80;
    this.out[at] = rest;
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}
