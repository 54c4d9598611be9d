import { CLUSTER, CONTENT_LENGTH, STATUS } from '../exchange/headers.js';
import type { Verdict } from '../exchange/verdict.js';
import { encodeResponse } from './encode.js';
import type { WireBody } from './proto.js';
import { metadataOf } from './replies.js';
import { cleanHeaders, headerMutation } from './wire.js';

// Replies where Envoy sends a request's body in pieces (FULL_DUPLEX_STREAMED), lets go of each, and holds the head back.

/** A request that Envoy holds back, as far as its body goes. */
export interface HeldBody {
  readonly body: Uint8Array;
  /** Whether trailers ended it, which want a reply of their own. */
  readonly trailers: boolean;
}

type SendOn = Verdict & { readonly kind: 'forward' | 'pass' };
type Reply = Verdict & { readonly kind: 'reply' };

/**
 * Sends a request on: first its head, which chooses the pool, then the body, since Envoy has none any more. Envoy takes
 * the length off a body that it streams, and lets us say it again.
 */
export function heldReplies(verdict: SendOn, held: HeldBody): readonly Buffer[] {
  const body = (verdict.kind === 'forward' ? verdict.body : undefined) ?? held.body;
  const set = verdict.setHeaders.filter((field) => field.name !== CONTENT_LENGTH);
  set.push({ name: CONTENT_LENGTH, value: String(body.length) });
  const head = encodeResponse({
    request_headers: {
      response: {
        header_mutation: headerMutation(set, [...verdict.removeHeaders, CLUSTER]),
        clear_route_cache: true,
      },
    },
    ...metadataOf(verdict),
  });
  const replies = [head, pieceReply(body, !held.trailers)];
  return held.trailers ? [...replies, encodeResponse({ request_trailers: {} })] : replies;
}

/** Gives Envoy a piece of the request's body back, as it came. */
export function echoReply({ body, end_of_stream: last }: WireBody): Buffer {
  return pieceReply(body ?? new Uint8Array(0), last === true);
}

/** The head of an answer whose body follows event by event. */
export function streamHeadReply(verdict: Reply): Buffer {
  const headers = verdict.headers.filter((field) => field.name !== CONTENT_LENGTH);
  return encodeResponse({
    streamed_immediate_response: {
      headers_response: {
        headers: [{ name: STATUS, value: String(verdict.status) }, ...cleanHeaders(headers)],
      },
    },
    ...metadataOf(verdict),
  });
}

export function streamPieceReply(body: Uint8Array, last: boolean): Buffer {
  return encodeResponse({ streamed_immediate_response: { body_response: { body, end_of_stream: last } } });
}

function pieceReply(body: Uint8Array, last: boolean): Buffer {
  return encodeResponse({
    request_body: { response: { body_mutation: { streamed_response: { body, end_of_stream: last } } } },
  });
}
