import { CACHE_STATUS, RESERVED_PREFIX } from '../../exchange/headers.js';
import type { JsonObject } from '../../lib/json.js';
import { type Page, shown } from '../page.js';

/** What the gateway answers, as it comes. */
export interface GatewayAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Those that say what Sextant did. */
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: AsyncIterable<string>;
}

/** Rejects where there is no gateway, or it sends no head in time. */
export type SendToGateway = (body: JsonObject, authorization: string | undefined) => Promise<GatewayAnswer>;

/** From the first byte sent to the last one read: the slowest models write for a minute. */
const DEADLINE_MS = 180_000;
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;
/** Only these are handed on under their own name: no answer of a pool becomes a page of the admin listener's origin. */
const TYPES = ['application/json', 'text/event-stream'];

/** @param urlOf the gateway's address as the policy names it now; no client has a say in it */
export function sendToGateway(urlOf: () => string): SendToGateway {
  return async (body, authorization) => {
    const response = await fetch(new URL('/v1/chat/completions', urlOf()), {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify(body),
    });
    const type = response.headers.get('content-type') ?? '';
    return {
      status: response.status,
      contentType: TYPES.some((known) => type.startsWith(known)) ? type : 'text/plain; charset=utf-8',
      headers: told(response.headers),
      pieces: piecesOf(response.body),
    };
  };
}

/** 502, in the shape of the API. */
export function unreachable(): Page {
  const message =
    'The gateway does not answer. Is Envoy running? Set gateway_url in the admin section where it is not at `listen`.';
  const error = { message, type: 'api_error', param: null, code: 'gateway_unreachable' };
  return shown({ error }, 502);
}

function told(headers: Headers): Readonly<Record<string, string>> {
  const own = [...headers].filter(([name]) => name.startsWith(RESERVED_PREFIX) || name === CACHE_STATUS);
  return Object.fromEntries(own);
}

async function* piecesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string, void> {
  if (body === null) return;
  // Pieces end where the network ends them, also within a character.
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > ANSWER_BYTES_MAX) return;
    yield decoder.decode(piece, { stream: true });
  }
  yield decoder.decode();
}
