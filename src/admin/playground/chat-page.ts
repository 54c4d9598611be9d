import { isJsonObject, type Json, type JsonObject } from '../../lib/json.js';
import { atOnce } from '../at-once.js';
import { objectOf } from '../json-body.js';
import { wrong } from '../page.js';
import type { Route } from '../routes.js';
import { type SendToGateway, unreachable } from './gateway.js';

/** What the gateway answered; the page itself succeeds when it hands that on, whatever it is. */
const GATEWAY_STATUS = 'gateway-status';

const LIMITS = { bytesMax: 1024 * 1024, deadlineMs: 5_000 };
const AT_ONCE_MAX = 4;
const AUTHORIZATION_CHARS_MAX = 8192;
/** What a header field can carry and nothing else. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * `POST /playground/chat`: sends a chat through the gateway as any client would, and hands its answer on as it comes.
 * A page of this listener may speak to no other origin, so the way leads through here. Writes no log.
 */
export function chatPage(send: SendToGateway): Route {
  const places = atOnce(AT_ONCE_MAX, 'prompts of the playground are being answered');
  return {
    method: 'POST',
    path: '/playground/chat',
    example: '{"request": {"model": "auto", "messages": [{"role": "user", "content": "Hello"}]}}',
    page: async ({ request }) => {
      const { body, authorization } = chatIn(await objectOf(request, LIMITS));
      const leave = places.enter();
      try {
        const answer = await send(body, authorization);
        const pieces = untilLeft(answer.pieces, leave);
        // Begun here, so that whoever ends it early gives the place back.
        const first = await pieces.next();
        const { status, contentType, headers } = answer;
        const kept = { ...headers, [GATEWAY_STATUS]: String(status) };
        return { status: 200, contentType, headers: kept, text: first.value ?? '', more: pieces };
      } catch {
        leave();
        return unreachable();
      }
    },
  };
}

async function* untilLeft(
  pieces: AsyncIterable<string>,
  leave: () => void,
): AsyncGenerator<string, undefined> {
  try {
    yield* pieces;
  } finally {
    leave();
  }
  return undefined;
}

function chatIn(fields: JsonObject): {
  readonly body: JsonObject;
  readonly authorization: string | undefined;
} {
  const { request, authorization, ...rest } = fields as { readonly [key: string]: Json | undefined };
  if (Object.keys(rest).length > 0) {
    throw wrong('The body has a field besides request and authorization; leave it out.');
  }
  if (!isJsonObject(request)) throw wrong('request must be the body of a chat: an object.', 'request');
  if (authorization === undefined) return { body: request, authorization };
  const isGood =
    typeof authorization === 'string' &&
    authorization.length <= AUTHORIZATION_CHARS_MAX &&
    PRINTABLE.test(authorization);
  if (!isGood) throw wrong('authorization must be the value of a header field.', 'authorization');
  return { body: request, authorization };
}
