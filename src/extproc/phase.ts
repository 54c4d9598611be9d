import type { MessageKind } from './proto.js';

/**
 * Where a stream stands. Envoy processes request and response by two machines of its own, so a response can begin
 * while the request is not through: Envoy's own 413 or 408 comes before the request's body was seen.
 */
export type Phase =
  | { readonly at: 'request-headers' }
  | { readonly at: 'request-body' }
  /** The body comes in pieces (FULL_DUPLEX_STREAMED); the reply to the head is owed until all of them are here. */
  | { readonly at: 'collecting' }
  /** The body was told; its reply is owed. `responded`: a response head has passed in the meantime. */
  | { readonly at: 'deciding'; readonly responded: boolean }
  /** The request was sent on. `bodyPasses`: its body was not asked for, and goes by unread if Envoy sends it. */
  | { readonly at: 'response-headers'; readonly bodyPasses: boolean }
  | {
      readonly at: 'response-body';
      readonly read: boolean;
      /** Whether pieces are changed before they go on; absent for no. */
      readonly rewrite?: boolean;
      readonly bodyPasses: boolean;
    }
  /** The response is whole; trailers may follow. */
  | { readonly at: 'ended' }
  /** Sextant answered itself. Envoy may or may not show us that answer as a response. */
  | { readonly at: 'answered' }
  | { readonly at: 'closed' };

/**
 * What to do about a message.
 * - `tell`: the story hears of it; its reply follows from what the story says
 * - `let-go`: reply at once that it may pass
 * - `let-go-and-tell`: reply at once, then let the story look at it
 * - `gather`: part of a body, which is told once it is whole; no reply
 * - `ignore`: it crossed an answer of ours on the way; no reply
 * - `refuse`: it must not come here; end the stream with an error
 */
export type Act = 'tell' | 'let-go' | 'let-go-and-tell' | 'gather' | 'ignore' | 'refuse';

export interface Step {
  readonly phase: Phase;
  readonly act: Act;
}

/** What the story said: read the body, send the request on, or answer it now. */
export type Outcome = 'read-body' | 'send-on' | 'answer';

export const START: Phase = { at: 'request-headers' };
export const CLOSED: Phase = { at: 'closed' };
/** Instead of `request-body`, where Envoy holds the head back and sends the body in pieces. */
export const COLLECTING: Phase = { at: 'collecting' };

const REFUSED: Step = { phase: CLOSED, act: 'refuse' };
const UNREAD_RESPONSE: Phase = { at: 'response-body', read: false, bodyPasses: false };

/** Takes a message from Envoy. Pure: the same phase and message always give the same step. */
export function receive(phase: Phase, kind: MessageKind, endOfStream: boolean): Step {
  switch (phase.at) {
    case 'request-headers':
      if (kind === 'request_headers') return { phase, act: 'tell' };
      // A filter before us answered the request itself, so that only its response passes here.
      return kind === 'response_headers' ? letGo(afterHead(endOfStream, UNREAD_RESPONSE)) : REFUSED;
    case 'request-body':
      if (kind === 'request_body') return { phase: { at: 'deciding', responded: false }, act: 'tell' };
      return kind === 'response_headers' ? { phase, act: 'tell' } : REFUSED;
    case 'collecting':
      if (kind === 'request_body' && !endOfStream) return { phase, act: 'gather' };
      // Trailers end a body as well.
      if (isRequestRest(kind)) return { phase: { at: 'deciding', responded: false }, act: 'tell' };
      return kind === 'response_headers' ? { phase, act: 'tell' } : REFUSED;
    case 'deciding':
      // The story is busy with the body, and the answer is Envoy's own: it passes as it is.
      if (kind === 'response_headers' && !phase.responded) return letGo({ at: 'deciding', responded: true });
      return phase.responded && isResponse(kind) && kind !== 'response_headers' ? letGo(phase) : REFUSED;
    case 'response-headers':
      if (kind === 'response_headers') return { phase, act: 'tell' };
      return phase.bodyPasses && isRequestRest(kind) ? letGo(phase) : REFUSED;
    case 'response-body':
      if (kind === 'response_body') {
        const next: Phase = endOfStream ? { at: 'ended' } : phase;
        if (phase.rewrite === true) return { phase: next, act: 'tell' };
        return { phase: next, act: phase.read ? 'let-go-and-tell' : 'let-go' };
      }
      if (kind === 'response_trailers') return letGo({ at: 'ended' });
      return phase.bodyPasses && isRequestRest(kind) ? letGo(phase) : REFUSED;
    case 'ended':
      return kind === 'response_trailers' ? letGo(phase) : REFUSED;
    case 'answered':
      if (isRequestRest(kind)) return { phase, act: 'ignore' };
      return isResponse(kind) ? letGo(phase) : REFUSED;
    case 'closed':
      return REFUSED;
  }
}

/**
 * The phase after the story has spoken about a request's head or body.
 * @param bodyFollows whether Envoy still holds a body that the story did not see
 */
export function decided(phase: Phase, outcome: Outcome, bodyFollows: boolean): Phase {
  if (phase.at === 'closed') return phase;
  if (outcome === 'answer') return { at: 'answered' };
  if (outcome === 'read-body') return { at: 'request-body' };
  if (phase.at === 'deciding' && phase.responded) return UNREAD_RESPONSE;
  return { at: 'response-headers', bodyPasses: bodyFollows };
}

/** The phase after the story has spoken about a response's head. */
export function responded(
  phase: Phase,
  said: { readBody: boolean; rewriteBody?: boolean | undefined; endOfStream: boolean },
): Phase {
  if (phase.at === 'closed') return phase;
  const bodyPasses = phase.at === 'response-headers' && phase.bodyPasses;
  const rewrite = said.rewriteBody === true ? { rewrite: true } : {};
  return afterHead(said.endOfStream, { at: 'response-body', read: said.readBody, ...rewrite, bodyPasses });
}

/** True while Envoy waits for a reply that only the story can give. */
export function owesReply(phase: Phase): boolean {
  return phase.at === 'deciding' || phase.at === 'collecting';
}

/** True once nothing can come that the story would look at. */
export function isOver(phase: Phase): boolean {
  return phase.at === 'ended' || phase.at === 'answered' || (phase.at === 'response-body' && !phase.read);
}

/** An immediate response is possible until the head of a response has been let go. */
export function beforeResponseIsSent(phase: Phase): boolean {
  if (phase.at === 'deciding') return !phase.responded;
  return (
    phase.at === 'request-headers' ||
    phase.at === 'request-body' ||
    phase.at === 'collecting' ||
    phase.at === 'response-headers'
  );
}

function letGo(phase: Phase): Step {
  return { phase, act: 'let-go' };
}

function afterHead(endOfStream: boolean, otherwise: Phase): Phase {
  return endOfStream ? { at: 'ended' } : otherwise;
}

function isResponse(kind: MessageKind): boolean {
  return kind === 'response_headers' || kind === 'response_body' || kind === 'response_trailers';
}

function isRequestRest(kind: MessageKind): boolean {
  return kind === 'request_body' || kind === 'request_trailers';
}
