import { fileURLToPath } from 'node:url';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import type { HeaderField } from '../lib/headers.js';

/** Full name of the gRPC service that Envoy calls; the health service knows it by this name too. */
export const SERVICE_NAME = 'envoy.service.ext_proc.v3.ExternalProcessor';

const PROTO_FILE = 'envoy/service/ext_proc/v3/external_processor.proto';

/** One header as it travels. Envoy fills `raw_value`; `value` is what older versions filled. */
export interface WireHeader {
  readonly key: string;
  readonly value?: string;
  readonly raw_value?: Uint8Array;
}

export interface WireHeaders {
  readonly headers?: { readonly headers?: readonly WireHeader[] };
  readonly end_of_stream?: boolean;
}

export interface WireBody {
  readonly body?: Uint8Array;
  readonly end_of_stream?: boolean;
}

/** The messages of a stream, by the name that the protocol gives each in its `oneof`. */
export type MessageKind =
  | 'request_headers'
  | 'request_body'
  | 'request_trailers'
  | 'response_headers'
  | 'response_body'
  | 'response_trailers';

/** What filters before us wrote down about the request, as far as Envoy was told to forward it. */
export interface WireMetadata {
  readonly filter_metadata?: Readonly<Record<string, WireStructRead>>;
}

/** A struct as it is decoded: maps that are empty are absent. */
export interface WireStructRead {
  readonly fields?: Readonly<Record<string, WireValueRead>>;
}

export interface WireValueRead {
  readonly stringValue?: string;
  readonly numberValue?: number;
  readonly boolValue?: boolean;
  readonly structValue?: WireStructRead;
  readonly listValue?: { readonly values?: readonly WireValueRead[] };
}

/** A `ProcessingRequest`; fields that the sender left out are absent. */
export interface WireRequest {
  readonly request?: MessageKind;
  readonly request_headers?: WireHeaders;
  readonly request_body?: WireBody;
  readonly response_headers?: WireHeaders;
  readonly response_body?: WireBody;
  readonly metadata_context?: WireMetadata;
  /** By the name of the filter: what it was told to send along. */
  readonly attributes?: Readonly<Record<string, WireStructRead>>;
  readonly observability_mode?: boolean;
  readonly protocol_config?: { readonly request_body_mode?: number };
  readonly client_window_update?: unknown;
}

/** Numbers of `ProcessingMode.BodySendMode`. Zero is NONE, so a field left out switches that body off. */
export const BODY_MODE = { none: 0, streamed: 1, buffered: 2, fullDuplex: 4 } as const;

/**
 * A `ProcessingMode`. The header modes are left out on purpose everywhere: their zero means "as the filter is
 * configured", while the zero of a body mode means NONE and must therefore be meant.
 */
export interface WireMode {
  readonly request_body_mode: number;
  readonly response_body_mode: number;
}

/** A `HeaderMutation` before it is encoded: fields as the story names them, with values that Envoy accepts. */
export interface WireHeaderMutation {
  /** Each becomes a `HeaderValueOption` that overwrites. */
  readonly set: readonly HeaderField[];
  readonly remove: readonly string[];
}

/** A `BodyMutation`: the body instead of Envoy's, or a piece of it where Envoy has let go of its own. */
export interface WireBodyMutation {
  readonly body?: Uint8Array;
  readonly streamed_response?: WirePiece;
}

/** A `StreamedBodyResponse`. */
export interface WirePiece {
  readonly body: Uint8Array;
  readonly end_of_stream: boolean;
}

/** A `StreamedImmediateResponse`: first the head, `:status` among its headers, then the body piece by piece. */
export interface WireStreamedImmediate {
  readonly headers_response?: { readonly headers: readonly HeaderField[] };
  readonly body_response?: WirePiece;
}

export interface WireCommonResponse {
  readonly status?: number;
  readonly header_mutation?: WireHeaderMutation;
  readonly body_mutation?: WireBodyMutation;
  readonly clear_route_cache?: boolean;
}

export interface WireImmediate {
  readonly status: { readonly code: number };
  readonly headers: WireHeaderMutation;
  readonly body: Uint8Array;
  readonly details: string;
}

/** A `ProcessingResponse`, as far as Sextant says it: at most one answer of the `oneof`, and what goes with it. */
export interface WireResponse {
  readonly request_headers?: { readonly response?: WireCommonResponse };
  readonly request_body?: { readonly response?: WireCommonResponse };
  readonly response_headers?: { readonly response?: WireCommonResponse };
  readonly response_body?: { readonly response?: WireCommonResponse };
  readonly request_trailers?: Record<string, never>;
  readonly response_trailers?: Record<string, never>;
  readonly immediate_response?: WireImmediate;
  readonly streamed_immediate_response?: WireStreamedImmediate;
  readonly mode_override?: WireMode;
  readonly dynamic_metadata?: WireStruct;
  readonly override_message_timeout?: { readonly seconds: number; readonly nanos: number };
}

export interface WireStruct {
  readonly fields: Readonly<Record<string, WireValue>>;
}

/** In camel case, unlike the rest: this type comes from protobufjs itself, and `keepCase` does not reach it. */
export type WireValue =
  | { readonly stringValue: string }
  | { readonly numberValue: number }
  | { readonly structValue: WireStruct }
  | { readonly listValue: { readonly values: readonly WireValue[] } };

const service = loadService();
const method = processMethod();

/** The path of the one method, as gRPC writes it. */
export const PROCESS_PATH = method.path;

/** @throws when the bytes are no `ProcessingRequest` */
export function decodeRequest(bytes: Buffer): WireRequest {
  return method.requestDeserialize(bytes) as WireRequest;
}

/** The bytes of a `ProcessingResponse` that has metadata only; they may be part of another. */
export function encodeMetadata(metadata: WireStruct): Buffer {
  return method.responseSerialize({ dynamic_metadata: metadata });
}

/** The definition as loaded, for clients (tests, the benchmark); the server has its own, which passes bytes through. */
export function clientDefinition(): ServiceDefinition {
  return service;
}

function loadService(): ServiceDefinition {
  const definitions = loadSync(PROTO_FILE, {
    includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))],
    keepCase: true,
    // Enums stay numbers and absent fields stay absent: both cost time on every message and nobody reads them.
    defaults: false,
    longs: Number,
    oneofs: true,
  });
  const found = definitions[SERVICE_NAME];
  if (found === undefined || 'format' in found) {
    throw new Error(
      `proto/${PROTO_FILE} does not define ${SERVICE_NAME}; vendor it again with proto/vendor.sh`,
    );
  }
  return found;
}

function processMethod(): MethodDefinition<object, object> {
  const found = service['Process'];
  if (found === undefined) throw new Error(`${SERVICE_NAME} has no method Process; run proto/vendor.sh`);
  return found;
}
