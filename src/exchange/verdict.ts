import type { HeaderField, Headers } from '../lib/headers.js';
import type { JsonObject } from '../lib/json.js';
import type { SextantError } from '../lib/sextant-error.js';

/** The head of the HTTP request, as Envoy told it. */
export interface RequestHead {
  readonly method: string;
  /** `:path`, query included. */
  readonly path: string;
  readonly headers: Headers;
  /** True when no body follows. */
  readonly endOfStream: boolean;
  /**
   * What filters before us found out about the request, by their namespace: clients cannot write there. Absent when
   * Envoy forwards none.
   */
  readonly metadata?: JsonObject;
  /** The `traceparent` of the one who asks us, where it traces itself; the request's own is older. */
  readonly traceparent?: string | undefined;
}

/** The head of the HTTP response that Envoy got from the upstream, or made itself. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Headers;
  readonly endOfStream: boolean;
}

/**
 * What becomes of a request. The story returns this value; only the edge touches the stream.
 *
 * - `forward`: send it on to `cluster`, with these headers and, when `body` is given, this body instead.
 * - `pass`: send it on untouched (a path that the route lets through).
 * - `reply`: answer now, with a body that Sextant has (a cache hit, the list of models); with `stream`, its events one
 *   by one where Envoy lets us.
 * - `reject`: answer now with an error of the API's own shape.
 */
export type Verdict = (
  | {
      readonly kind: 'forward';
      readonly setHeaders: readonly HeaderField[];
      readonly removeHeaders: readonly string[];
      readonly body: Uint8Array | undefined;
      /** Who is asked when the first model fails. */
      readonly plan?: TryPlan | undefined;
    }
  | {
      readonly kind: 'pass';
      readonly setHeaders: readonly HeaderField[];
      readonly removeHeaders: readonly string[];
    }
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: readonly HeaderField[];
      readonly body: Uint8Array;
      /** Set when the body is server-sent events that may be sent one by one. */
      readonly stream?: ReplyStream | undefined;
    }
  | { readonly kind: 'reject'; readonly error: SextantError; readonly headers: readonly HeaderField[] }
) & {
  /** Flat values for Envoy's dynamic metadata, by their namespace: its access log prints them, other filters read them. */
  readonly metadata?: Metadata | undefined;
};

/** Values by key, by namespace. */
export type Metadata = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface ReplyStream {
  /** Absent: as fast as they are taken. */
  readonly eventsPerSecond?: number | undefined;
}

/** The models that are asked one after the other, and how the body differs from try to try. */
export interface TryPlan {
  /** Names of the models, the first one first; Envoy knows a group of clusters by each. */
  readonly models: readonly string[];
  /** What a pass on the way to a pool needs to know, as text: Envoy carries it there. */
  readonly tries: string;
  /** The exchange, where the answer of the first model is judged before anybody has it. */
  readonly judgedAs?: string | undefined;
}

/** What the story wants after the request's head: the body, or nothing more. */
export type HeadVerdict = { readonly kind: 'read-body' } | Verdict;

/** What the story wants after the response's head. */
export interface ResponseHeadVerdict {
  readonly setHeaders: readonly HeaderField[];
  readonly removeHeaders: readonly string[];
  /** True when the body is wanted, in pieces as they pass. */
  readonly readBody: boolean;
  /** True when it may be changed, piece by piece, before it goes on. */
  readonly rewriteBody?: boolean;
  /** The client gets this, and nothing of the response. */
  readonly instead?: (Verdict & { readonly kind: 'reply' }) | undefined;
}

/** Lets the story ask for time beyond Envoy's message timeout, once a phase. Milliseconds. */
export type AskForTime = (ms: number) => void;

/**
 * One HTTP exchange, told to the story phase by phase. The edge calls each method at most once in this order, except
 * `responseBody`, which it calls for every piece. `close` is called exactly once, whatever happened.
 */
export interface Exchange {
  requestHead(head: RequestHead): HeadVerdict;
  requestBody(body: Uint8Array, askForTime: AskForTime): Promise<Verdict>;
  responseHead(head: ResponseHead): ResponseHeadVerdict;
  /** What goes on in the place of a piece, which may be nothing; asked only where the head's verdict said so. */
  rewriteBody(piece: Uint8Array, endOfStream: boolean): Uint8Array;
  /** Looks at a piece, as the upstream sent it, when it has already been let go. */
  responseBody(piece: Uint8Array, endOfStream: boolean): void;
  /** Renders an error that the edge itself met (a bad phase, a crash) with the same headers as any other answer. */
  fail(error: SextantError): Verdict;
  close(): void;
}

/**
 * Opens an exchange for a stream.
 * @param route what the Envoy YAML named in gRPC initial metadata, if it did
 * @param watched whether Envoy goes on by itself, so that nothing that is decided is carried out
 */
export type OpenExchange = (route: string | undefined, watched?: boolean) => Exchange;

/** Judges one answer while Envoy still holds it. Each method is called once at most, in this order. */
export interface AnswerJudge {
  /** True when the body is wanted, as a whole; else the answer passes unjudged. */
  head(head: ResponseHead): boolean;
  /** The status that the answer gets so that another model is asked, or undefined for an answer that may pass. */
  body(body: Uint8Array): number | undefined;
}

/** Undefined for an exchange that nobody here knows: its answer passes unjudged. */
export type OpenAnswerJudge = (exchange: string) => AnswerJudge | undefined;
