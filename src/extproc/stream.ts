import { status as GrpcStatus, type Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import { ROUTE_METADATA, TRACEPARENT } from '../exchange/headers.js';
import type { Exchange, OpenExchange, Verdict } from '../exchange/verdict.js';
import type { Logger, Telemetry } from '../telemetry/contract.js';
import type { Time } from './event-stream.js';
import { asSextantError, whereFailed } from './failure.js';
import { echoReply } from './held-replies.js';
import { LaterLook } from './later-look.js';
import {
  beforeResponseIsSent,
  CLOSED,
  COLLECTING,
  decided,
  isOver,
  owesReply,
  type Phase,
  receive,
  responded,
  START,
} from './phase.js';
import { bodyTooLarge } from './pieces.js';
import { BODY_MODE, decodeRequest, type MessageKind, type WireRequest } from './proto.js';
import { goOn, moreTime, responseBodyReply, responseHeadReply, verdictReply } from './replies.js';
import { StreamedRequest } from './streamed-request.js';
import { WatchedExchange } from './watched-exchange.js';
import { endsStream, pieceOf, readRequestHead, readResponseHead } from './wire.js';

/** What every stream of a server shares. */
export interface StreamContext {
  readonly open: OpenExchange;
  /** A request's body above this is refused. Bytes. */
  readonly bodyBytesMax: number;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /**
   * How long a decision may take where Envoy streams the body to us, and has no timer for it. Absent: as long as it
   * likes. Milliseconds.
   */
  readonly decideMsMax?: number;
  /** Left out, the system's. */
  readonly time?: Time;
}

/** A call whose messages are bytes on both sides: the stream itself decodes and encodes. */
export type ProcessCall = ServerDuplexStream<Buffer, Buffer>;

/** Serves one stream of Envoy, which is one HTTP exchange, until either side ends it. */
export function serveStream(call: ProcessCall, context: StreamContext): void {
  const stream = new ProcessStream(call, context);
  call.on('data', (bytes: Buffer) => stream.receive(bytes));
  call.on('end', () => stream.endedByEnvoy());
  call.on('cancelled', () => stream.leftByEnvoy());
  call.on('error', () => stream.close());
}

class ProcessStream {
  private phase: Phase = START;
  private exchange: Exchange | undefined;
  /** Set where Envoy sends and goes on by itself: it ignores replies, so none is written. */
  private watched: WatchedExchange | undefined;
  /** Envoy has gone, and what would have become of the request is still to be told. */
  private left = false;
  /** Set where Envoy streams the body to us. */
  private streamed: StreamedRequest | undefined;
  private configuredBodyMode: number | undefined;
  /** The reply is on its way first: reading a piece, or storing a whole answer, must not hold it back. */
  private readonly later = new LaterLook({
    look: ({ piece, endOfStream }) => this.exchange?.responseBody(piece, endOfStream),
    failed: (thrown) => {
      // The client has these bytes already: it loses nothing when the story stops reading.
      this.report('the story of a response failed', thrown);
      if (this.phase.at === 'response-body') this.phase = { ...this.phase, read: false };
    },
  });

  constructor(
    private readonly call: ProcessCall,
    private readonly context: StreamContext,
  ) {}

  private get watchOnly(): boolean {
    return this.watched !== undefined;
  }

  receive(bytes: Buffer): void {
    if (this.phase.at === 'closed') return;
    try {
      this.take(decodeRequest(bytes));
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  /** Envoy has no more to say. A reply that is still owed cannot be given any more, and a clean end would be a yes. */
  endedByEnvoy(): void {
    if (this.phase.at === 'closed') return;
    if ((owesReply(this.phase) || this.streamed?.isSending() === true) && !this.watchOnly) {
      // Told to nobody as a failure: so ends every request whose client went away.
      this.endWith(GrpcStatus.CANCELLED, 'Envoy ended the stream before it had its reply.');
      return;
    }
    if (this.isStillWatching()) return;
    this.close();
    this.call.end();
  }

  leftByEnvoy(): void {
    if (!this.isStillWatching()) this.close();
  }

  close(): void {
    if (this.phase.at !== 'closed') this.later.now();
    this.phase = CLOSED;
    this.streamed?.stop();
    const { exchange } = this;
    this.exchange = undefined;
    try {
      exchange?.close();
    } catch (thrown) {
      this.report('an exchange failed while it was closed', thrown);
    }
  }

  private take(message: WireRequest): void {
    const kind = message.request;
    if (kind === undefined) {
      // Window updates belong to modes that Sextant never asks for; they want no reply.
      if (message.client_window_update !== undefined) return;
      this.refuse('unknown_message', GrpcStatus.UNIMPLEMENTED, 'Sextant does not know this kind of message.');
      return;
    }
    if (message.observability_mode === true) this.watched ??= new WatchedExchange(this.context.bodyBytesMax);
    if (message.protocol_config !== undefined) {
      this.configuredBodyMode = message.protocol_config.request_body_mode ?? BODY_MODE.none;
      if (this.configuredBodyMode === BODY_MODE.fullDuplex && !this.watchOnly)
        this.streamed ??= this.openStreamed();
    }
    if (kind === 'request_body' && this.watched?.bodyIsWhole(message) === false) return;
    if (this.watched !== undefined && this.phase.at === 'deciding') {
      this.watched.keep(message);
      return;
    }
    const step = receive(this.phase, kind, endsStream(message, kind));
    if (step.act === 'refuse') {
      this.outOfOrder(kind);
      return;
    }
    this.phase = step.phase;
    if (step.act === 'gather') this.streamed?.gather(message);
    if (step.act === 'gather' || step.act === 'ignore') return;
    if (step.act === 'tell') this.tell(kind, message);
    else this.letGoOf(kind, message);
    if (step.act === 'let-go-and-tell') this.later.take(pieceOf(message));
    this.leaveIfOver();
  }

  /** A piece that Envoy streams to us it gets back: it has kept none. */
  private letGoOf(kind: MessageKind, message: WireRequest): void {
    const echoes = this.streamed !== undefined && kind === 'request_body';
    this.write(echoes ? echoReply(message.request_body ?? {}) : goOn(kind));
  }

  private openStreamed(): StreamedRequest {
    const { bodyBytesMax, decideMsMax, time } = this.context;
    const out = {
      write: (reply: Buffer) => this.write(reply),
      onceDrained: (run: () => void) => void this.call.once('drain', run),
      failed: (thrown: unknown) => this.failed(thrown),
    };
    return new StreamedRequest({ out, time, bodyBytesMax, decideMsMax });
  }

  private tell(kind: MessageKind, message: WireRequest): void {
    if (kind === 'request_headers') this.tellRequestHead(message);
    else if (kind === 'request_body' || kind === 'request_trailers') this.tellRequestBody(message);
    else if (kind === 'response_headers') this.tellResponseHead(message);
    else this.tellResponseBody(message);
  }

  private tellRequestHead(message: WireRequest): void {
    const { metadata } = this.call;
    const head = readRequestHead(message.request_headers ?? {}, message.metadata_context);
    this.exchange = this.context.open(said(metadata, ROUTE_METADATA), this.watchOnly);
    const verdict = this.exchange.requestHead({ ...head, traceparent: said(metadata, TRACEPARENT) });
    if (verdict.kind !== 'read-body') {
      this.carryOut(verdict, 'request_headers', !head.endOfStream);
      return;
    }
    if (head.endOfStream) throw new Error('the story asks for a body that does not exist');
    if (this.streamed !== undefined) {
      this.phase = COLLECTING;
      return;
    }
    if (!this.watchOnly && this.bodyWouldNotCome()) return;
    this.write(goOn('request_headers'));
    this.phase = decided(this.phase, 'read-body', true);
  }

  /** In any other mode the request would go upstream before, or without, having been read. */
  private bodyWouldNotCome(): boolean {
    const mode = this.configuredBodyMode;
    if (mode === undefined || mode === BODY_MODE.buffered) return false;
    this.refuse(
      'wrong_body_mode',
      GrpcStatus.FAILED_PRECONDITION,
      'Set processing_mode.request_body_mode of the ext_proc filter to BUFFERED; Sextant cannot read the body otherwise.',
    );
    return true;
  }

  private tellRequestBody(message: WireRequest): void {
    const { exchange } = this;
    if (exchange === undefined) throw new Error('a request body came without an exchange');
    const gathered = this.streamed?.whole(message) ?? this.watched?.body();
    const body = gathered ?? message.request_body?.body ?? new Uint8Array(0);
    const { bodyBytesMax } = this.context;
    if (body.length > bodyBytesMax) throw bodyTooLarge(bodyBytesMax);
    this.streamed?.watch();
    exchange
      .requestBody(body, this.askForTime())
      .then(
        (verdict) => this.settle(verdict),
        (thrown: unknown) => this.failed(thrown),
      )
      .then(() => this.catchUp());
  }

  private tellResponseHead(message: WireRequest): void {
    const { exchange } = this;
    if (exchange === undefined) throw new Error('a response came without an exchange');
    const head = readResponseHead(message.response_headers ?? {});
    const verdict = exchange.responseHead(head);
    if (verdict.instead !== undefined) {
      this.answerInstead(verdict.instead);
      return;
    }
    // Beside a streamed request Envoy heeds no change of mode, and streams the answer anyway.
    this.write(responseHeadReply(verdict, !head.endOfStream && this.streamed === undefined));
    const { readBody, rewriteBody } = verdict;
    this.phase = responded(this.phase, { readBody, rewriteBody, endOfStream: head.endOfStream });
  }

  private tellResponseBody(message: WireRequest): void {
    const came = pieceOf(message);
    const rewritten = this.exchange?.rewriteBody(came.piece, came.endOfStream) ?? came.piece;
    this.write(rewritten === came.piece ? goOn('response_body') : responseBodyReply(rewritten));
    this.later.take(came);
  }

  private settle(verdict: Verdict): void {
    if (this.phase.at !== 'deciding') return;
    try {
      this.carryOut(verdict, 'request_body', false);
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  /** The request is decided: now comes what its response has brought in the meantime. */
  private catchUp(): void {
    const { watched } = this;
    if (watched === undefined || this.phase.at === 'closed') return;
    try {
      for (const message of watched.release()) if (!this.isClosed()) this.take(message);
    } catch (thrown) {
      this.failed(thrown);
    }
    if (watched.incomplete && this.phase.at === 'response-body') this.phase = { ...this.phase, read: false };
    this.leaveIfOver();
    if (this.left) this.endedByEnvoy();
  }

  private isClosed(): boolean {
    return this.phase.at === 'closed';
  }

  private isStillWatching(): boolean {
    this.left = this.watchOnly && this.phase.at === 'deciding';
    return this.left;
  }

  /** Where Envoy waits for nobody it keeps the stream for seconds after the exchange. */
  private leaveIfOver(): void {
    if (this.watchOnly && isOver(this.phase)) this.leave();
  }

  private leave(): void {
    this.close();
    this.call.end();
  }

  /** As plain as in reply to a request, however its body came: nothing of the response has been let go. */
  private answerInstead(reply: Verdict): void {
    this.write(verdictReply(reply, { kind: 'request_body', bodyFollows: false }));
    this.phase = decided(this.phase, 'answer', false);
  }

  private carryOut(verdict: Verdict, kind: 'request_headers' | 'request_body', bodyFollows: boolean): void {
    const place = { kind, bodyFollows };
    if (this.streamed !== undefined && !this.watchOnly) this.streamed.carryOut(verdict, place);
    else this.write(verdictReply(verdict, place));
    const isAnswer = verdict.kind === 'reply' || verdict.kind === 'reject';
    this.phase = decided(this.phase, isAnswer ? 'answer' : 'send-on', bodyFollows);
  }

  /** Envoy takes a new time once a phase, and only while its first timer runs. */
  private askForTime(): (ms: number) => void {
    let asked = false;
    return (ms) => {
      if (asked || this.phase.at !== 'deciding') return;
      asked = true;
      if (this.streamed === undefined) this.write(moreTime(ms));
      else this.streamed.watch(ms);
    };
  }

  /** Something of ours broke: the client gets an error as long as one can be sent, and never a silent yes. */
  private failed(thrown: unknown): void {
    if (this.phase.at === 'closed') return;
    // A body above the bound is the client's doing; Envoy says so itself where it is the one who counts.
    if (asSextantError(thrown).code !== 'body_too_large') this.report('an exchange failed', thrown);
    const { exchange } = this;
    if (exchange !== undefined && beforeResponseIsSent(this.phase)) {
      try {
        const kind = this.phase.at === 'request-headers' ? 'request_headers' : 'request_body';
        this.carryOut(exchange.fail(asSextantError(thrown)), kind, false);
        // What comes of a request that nobody holds back tells nothing once it could not be followed.
        if (this.watchOnly) this.leave();
        return;
      } catch (again) {
        this.report('an exchange could not say how it failed', again);
      }
    }
    this.endWith(GrpcStatus.INTERNAL, 'Sextant failed; its log says why.');
  }

  private outOfOrder(kind: MessageKind): void {
    if (this.watchOnly) {
      // Nobody waits for us here, and what was missed cannot be made up: watching ends.
      this.endedByEnvoy();
      return;
    }
    this.refuse('bad_phase', GrpcStatus.FAILED_PRECONDITION, `${kind} must not come while ${this.phase.at}.`);
  }

  private refuse(code: string, grpcCode: GrpcStatus, details: string): void {
    this.context.telemetry.streamFailed(code);
    this.context.logger.warn({ code, phase: this.phase.at }, details);
    this.endWith(grpcCode, details);
  }

  private endWith(code: GrpcStatus, details: string): void {
    this.close();
    this.call.emit('error', Object.assign(new Error(details), { code, details }));
  }

  /** False when Envoy does not take our replies just now. */
  private write(reply: Buffer): boolean {
    if (this.watchOnly || this.phase.at === 'closed' || this.call.write(reply)) return true;
    // Read no more of its messages until it does.
    this.call.pause();
    this.call.once('drain', () => this.call.resume());
    return false;
  }

  private report(message: string, thrown: unknown): void {
    const error = asSextantError(thrown);
    this.context.telemetry.streamFailed(error.code);
    this.context.logger.error({ code: error.code, phase: this.phase.at, ...whereFailed(thrown) }, message);
  }
}

function said(metadata: Metadata, name: string): string | undefined {
  const [value] = metadata.get(name);
  return value?.toString();
}
