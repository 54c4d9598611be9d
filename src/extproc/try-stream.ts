import { status as GrpcStatus } from '@grpc/grpc-js';
import {
  ATTEMPT_COUNT,
  CONTENT_LENGTH,
  HOST_MODEL_KEY,
  POOL_METADATA,
  POOL_OF_HOST,
  TRIES_KEY,
  TRIES_NAMESPACE,
} from '../exchange/headers.js';
import { type FurtherTry, furtherTry, tryFor } from '../exchange/try-plan.js';
import type { Json } from '../lib/json.js';
import { memberOf } from '../lib/own-property.js';
import { encodeResponse } from './encode.js';
import { asSextantError, whereFailed } from './failure.js';
import { readMetadata } from './metadata.js';
import type { WireRequest } from './proto.js';
import { goOn } from './replies.js';
import { hearSideStream } from './side-stream.js';
import type { ProcessCall, StreamContext } from './stream.js';
import { headerMutation, readHeaders } from './wire.js';

/**
 * Serves a stream that Envoy opens on the way to a pool, when a model failed and another one is tried: it gives the
 * request the body that names this model. Whatever goes wrong ends the try with an error, since a body that names
 * another model must not reach the pool.
 */
export function serveTry(call: ProcessCall, pool: string, context: StreamContext): void {
  let attempt = 0;
  let tries: Json | undefined;
  let model: string | undefined;
  const end = (code: string, details: string): void => {
    if (!stream.leave()) return;
    context.telemetry.streamFailed(code);
    context.logger.warn({ code, pool, attempt }, details);
    call.emit('error', Object.assign(new Error(details), { code: GrpcStatus.FAILED_PRECONDITION, details }));
  };
  const take = (message: WireRequest): void => {
    const kind = message.request;
    if (kind === 'request_headers') {
      attempt = Number(readHeaders(message.request_headers ?? {}).get(ATTEMPT_COUNT)) || 0;
      tries = memberOf(readMetadata(message.metadata_context)?.[TRIES_NAMESPACE], TRIES_KEY);
      model = pool === POOL_OF_HOST ? modelOfHost(message) : undefined;
    }
    if (kind !== 'request_body') {
      if (kind !== undefined) call.write(goOn(kind));
      return;
    }
    const body = message.request_body?.body ?? new Uint8Array(0);
    const further =
      model === undefined ? furtherTry(tries, { attempt, pool, body }) : tryFor(tries, { model, body });
    if (further === undefined) end('wrong_try', 'A further try came without the plan that belongs to it.');
    else call.write(further.body === body ? goOn(kind) : bodyReply(further));
  };
  const stream = hearSideStream(call, {
    take,
    failed(thrown) {
      const { code } = asSextantError(thrown);
      context.logger.error({ code, pool, ...whereFailed(thrown) }, 'a further try failed');
      end(code, 'Sextant failed; its log says why.');
    },
  });
}

/**
 * The model whose server Envoy has chosen. It sends the server's metadata as text for people to read: names of models
 * hold nothing that would be escaped there.
 */
function modelOfHost({ attributes }: WireRequest): string | undefined {
  for (const { fields } of Object.values(attributes ?? {})) {
    const said = fields?.[HOST_METADATA]?.stringValue;
    const model = said === undefined ? undefined : HOST_MODEL.exec(said)?.[1];
    if (model !== undefined) return model;
  }
  return undefined;
}

const HOST_METADATA = 'xds.upstream_host_metadata';
const HOST_MODEL = new RegExp(`"${HOST_MODEL_KEY}"\\s+value\\s*\\{\\s*string_value:\\s*"([^"]{1,128})"`);

/** The pool whose name stands in the metadata of the call, or undefined for a stream on the way from a client. */
export function poolOf({ metadata }: ProcessCall): string | undefined {
  return metadata.get(POOL_METADATA)[0]?.toString();
}

function bodyReply({ body, setHeaders }: FurtherTry): Buffer {
  const headers = [...setHeaders, { name: CONTENT_LENGTH, value: String(body.length) }];
  return encodeResponse({
    request_body: { response: { header_mutation: headerMutation(headers, []), body_mutation: { body } } },
  });
}
