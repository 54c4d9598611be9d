import {
  CASCADE_KEY,
  CASCADE_NAMESPACE,
  CONTENT_LENGTH,
  JUDGE_METADATA,
  STATUS,
} from '../exchange/headers.js';
import type { AnswerJudge, OpenAnswerJudge } from '../exchange/verdict.js';
import { memberOf } from '../lib/own-property.js';
import { encodeResponse } from './encode.js';
import { asSextantError, whereFailed } from './failure.js';
import { readMetadata } from './metadata.js';
import { BODY_MODE, type WireMetadata, type WireRequest } from './proto.js';
import { goOn } from './replies.js';
import { hearSideStream } from './side-stream.js';
import type { ProcessCall, StreamContext } from './stream.js';
import { headerMutation, pieceOf, readResponseHead } from './wire.js';

export interface JudgeContext extends Pick<StreamContext, 'logger' | 'telemetry'> {
  readonly openJudge?: OpenAnswerJudge | undefined;
}

/** The whole body is wanted before it goes on. */
const HOLD_BODY = encodeResponse({
  response_headers: {},
  mode_override: { request_body_mode: BODY_MODE.none, response_body_mode: BODY_MODE.buffered },
});

/**
 * Serves a stream that Envoy opens on the way back from a pool, to have an answer judged before anybody has it. Whatever
 * goes wrong lets the answer pass.
 */
export function serveJudge(call: ProcessCall, context: JudgeContext): void {
  let judge: AnswerJudge | undefined;
  const take = (message: WireRequest): void => {
    const kind = message.request;
    if (kind === 'response_headers') {
      const id = exchangeOf(message.metadata_context);
      judge = id === undefined ? undefined : context.openJudge?.(id);
      const wanted = judge?.head(readResponseHead(message.response_headers ?? {})) ?? false;
      call.write(wanted ? HOLD_BODY : goOn(kind));
    } else if (kind === 'response_body') {
      // A part of a body would be a cut answer, which it is not.
      const { piece: body, endOfStream: whole } = pieceOf(message);
      call.write(bodyReply(whole ? judge?.body(body) : undefined, whole ? body.length : undefined));
    } else if (kind !== undefined) {
      call.write(goOn(kind));
    }
  };
  const stream = hearSideStream(call, {
    take,
    failed(thrown) {
      const { code } = asSextantError(thrown);
      context.telemetry.streamFailed(code);
      context.logger.error({ code, ...whereFailed(thrown) }, 'an answer could not be judged');
      // A clean end lets it pass.
      stream.leave();
      call.end();
    },
  });
}

/** True for a stream about an answer on its way back from a pool. */
export function asksForJudgement({ metadata }: ProcessCall): boolean {
  return metadata.get(JUDGE_METADATA).length > 0;
}

function exchangeOf(metadata: WireMetadata | undefined): string | undefined {
  const id = memberOf(readMetadata(metadata)?.[CASCADE_NAMESPACE], CASCADE_KEY);
  return typeof id === 'string' ? id : undefined;
}

/** Envoy takes the length out of the head of a body that it holds; it is what it was. */
function bodyReply(status: number | undefined, bodyBytes: number | undefined): Buffer {
  const set = [
    ...(bodyBytes === undefined ? [] : [{ name: CONTENT_LENGTH, value: String(bodyBytes) }]),
    ...(status === undefined ? [] : [{ name: STATUS, value: String(status) }]),
  ];
  return encodeResponse({ response_body: { response: { header_mutation: headerMutation(set, []) } } });
}
