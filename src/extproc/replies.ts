import { errorAnswer } from '../exchange/error-answer.js';
import {
  CASCADE_KEY,
  CASCADE_NAMESPACE,
  CLUSTER,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  PATH,
  PLAN_NAMESPACE,
  TRIES_KEY,
  TRIES_NAMESPACE,
} from '../exchange/headers.js';
import type { ResponseHeadVerdict, TryPlan, Verdict } from '../exchange/verdict.js';
import type { HeaderField } from '../lib/headers.js';
import { encodeResponse } from './encode.js';
import {
  BODY_MODE,
  type MessageKind,
  type WireCommonResponse,
  type WireMode,
  type WireResponse,
  type WireStruct,
  type WireValue,
} from './proto.js';
import { headerMutation } from './wire.js';

/** `ResponseStatus`: the body in this reply stands for the whole body, and Envoy sends none of its own any more. */
const CONTINUE_AND_REPLACE = 1;

/** Nobody reads the request's body; the body modes must be said in full because their zero means NONE. */
const NO_BODIES: WireMode = {
  request_body_mode: BODY_MODE.none,
  response_body_mode: BODY_MODE.none,
};

/** The request's body is over by then; it is named so that this says what the filter is configured with. */
const STREAM_RESPONSE: WireMode = {
  request_body_mode: BODY_MODE.buffered,
  response_body_mode: BODY_MODE.streamed,
};

// Most replies of a stream say nothing but "go on": they are encoded once, here.
const GO_ON: Readonly<Record<MessageKind, Buffer>> = {
  request_headers: encodeResponse({ request_headers: {} }),
  request_body: encodeResponse({ request_body: {} }),
  request_trailers: encodeResponse({ request_trailers: {} }),
  response_headers: encodeResponse({ response_headers: {} }),
  response_body: encodeResponse({ response_body: {} }),
  response_trailers: encodeResponse({ response_trailers: {} }),
};

/** Lets a message go on as it is. */
export function goOn(kind: MessageKind): Buffer {
  return GO_ON[kind];
}

/** Not a reply: it moves the timer of the message that is being decided. Envoy takes it once a phase. */
export function moreTime(ms: number): Buffer {
  const wholeMs = Math.max(1, Math.ceil(ms));
  return encodeResponse({
    override_message_timeout: {
      seconds: Math.floor(wholeMs / 1000),
      nanos: (wholeMs % 1000) * 1_000_000,
    },
  });
}

export interface VerdictPlace {
  /** The message that the reply belongs to. */
  readonly kind: 'request_headers' | 'request_body';
  /** True when Envoy still holds a body that was not read. */
  readonly bodyFollows: boolean;
}

/** The reply that carries out a verdict. */
export function verdictReply(verdict: Verdict, place: VerdictPlace): Buffer {
  switch (verdict.kind) {
    case 'forward':
      return sendOnReply(verdict, place, forwardResponse(verdict, place));
    case 'pass':
      return sendOnReply(verdict, place, {
        // The client's own value would choose the pool, and an earlier look at it may already have chosen the route.
        header_mutation: headerMutation(verdict.setHeaders, [...verdict.removeHeaders, CLUSTER]),
        clear_route_cache: true,
      });
    case 'reply':
      return immediateReply(verdict, { ...verdict, details: `sextant_${pathOf(verdict.headers)}` });
    case 'reject': {
      const { status, body, contentType } = errorAnswer(verdict.error);
      const headers = withContentType(verdict.headers, contentType);
      return immediateReply(verdict, { status, body, headers, details: `sextant_${verdict.error.code}` });
    }
  }
}

/** @param bodyFollows whether the response has a body; without one there is nothing to stream */
export function responseHeadReply(verdict: ResponseHeadVerdict, bodyFollows: boolean): Buffer {
  const reply: WireResponse = {
    response_headers: {
      response: { header_mutation: headerMutation(verdict.setHeaders, verdict.removeHeaders) },
    },
  };
  return encodeResponse(
    verdict.readBody && bodyFollows ? { ...reply, mode_override: STREAM_RESPONSE } : reply,
  );
}

/** @param body what goes on in the place of a piece; it may be empty */
export function responseBodyReply(body: Uint8Array): Buffer {
  return encodeResponse({ response_body: { response: { body_mutation: { body } } } });
}

function forwardResponse(
  verdict: Verdict & { readonly kind: 'forward' },
  place: VerdictPlace,
): WireCommonResponse {
  const { body } = verdict;
  const set = verdict.setHeaders.filter((field) => field.name !== CONTENT_LENGTH);
  // Without a pool of ours the client's own value would choose one.
  const remove = [...verdict.removeHeaders, CLUSTER];
  const common = { clear_route_cache: true };
  if (body === undefined) return { ...common, header_mutation: headerMutation(set, remove) };
  set.push({ name: CONTENT_LENGTH, value: String(body.length) });
  return {
    ...common,
    header_mutation: headerMutation(set, remove),
    body_mutation: { body },
    ...(place.kind === 'request_headers' ? { status: CONTINUE_AND_REPLACE } : {}),
  };
}

/** `mode_override` has effect in replies to headers only, where it spares the messages of a body nobody reads. */
function sendOnReply(verdict: Verdict, place: VerdictPlace, response: WireCommonResponse): Buffer {
  const reply: WireResponse =
    place.kind === 'request_body' ? { request_body: { response } } : { request_headers: { response } };
  const skipBody = place.kind === 'request_headers' && place.bodyFollows;
  return encodeResponse({
    ...reply,
    ...(skipBody ? { mode_override: NO_BODIES } : {}),
    ...metadataOf(verdict),
  });
}

interface Immediate {
  readonly status: number;
  readonly headers: readonly HeaderField[];
  readonly body: Uint8Array;
  /** One word for Envoy's `%RESPONSE_CODE_DETAILS%`; spaces would break log formats. */
  readonly details: string;
}

function immediateReply(verdict: Verdict, answer: Immediate): Buffer {
  return encodeResponse({
    immediate_response: {
      status: { code: answer.status },
      // Envoy counts the body itself.
      headers: headerMutation(
        answer.headers.filter((field) => field.name !== CONTENT_LENGTH),
        [],
      ),
      body: answer.body,
      details: answer.details,
    },
    ...metadataOf(verdict),
  });
}

function withContentType(headers: readonly HeaderField[], contentType: string): readonly HeaderField[] {
  if (headers.some((field) => field.name === CONTENT_TYPE)) return headers;
  return [...headers, { name: CONTENT_TYPE, value: contentType }];
}

function pathOf(headers: readonly HeaderField[]): string {
  return headers.find((field) => field.name === PATH)?.value ?? 'reply';
}

/** What the verdict writes down for Envoy's log and for other filters. */
export function metadataOf(verdict: Verdict): { dynamic_metadata?: WireStruct } {
  const plan = verdict.kind === 'forward' ? verdict.plan : undefined;
  const namespaces = plan === undefined ? {} : planMetadata(plan);
  for (const [namespace, said] of Object.entries(verdict.metadata ?? {})) {
    const fields = Object.entries(said).map(([key, value]): [string, WireValue] => [
      key,
      { stringValue: value },
    ]);
    namespaces[namespace] = { structValue: { fields: Object.fromEntries(fields) } };
  }
  return Object.keys(namespaces).length === 0 ? {} : { dynamic_metadata: { fields: namespaces } };
}

/** Envoy reads the order of the models from a list of objects; what a further try needs, it only carries. */
function planMetadata({ models, tries, judgedAs }: TryPlan): Record<string, WireValue> {
  const values = models.map(
    (name): WireValue => ({ structValue: { fields: { name: { stringValue: name } } } }),
  );
  return {
    [PLAN_NAMESPACE]: { structValue: { fields: { priority_groups: { listValue: { values } } } } },
    [TRIES_NAMESPACE]: { structValue: { fields: { [TRIES_KEY]: { stringValue: tries } } } },
    ...(judgedAs === undefined
      ? {}
      : { [CASCADE_NAMESPACE]: { structValue: { fields: { [CASCADE_KEY]: { stringValue: judgedAs } } } } }),
  };
}
