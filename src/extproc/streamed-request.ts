import type { Verdict } from '../exchange/verdict.js';
import { systemClock } from '../lib/clock.js';
import { SextantError } from '../lib/sextant-error.js';
import { systemTimers } from '../lib/timers.js';
import { streamEvents, type Time } from './event-stream.js';
import { type HeldBody, heldReplies, streamHeadReply, streamPieceReply } from './held-replies.js';
import { BodyPieces } from './pieces.js';
import type { WireRequest } from './proto.js';
import { type VerdictPlace, verdictReply } from './replies.js';

/** Where replies go. */
export interface Out {
  /** False: no more should be written until `onceDrained` has called. */
  write(reply: Buffer): boolean;
  onceDrained(run: () => void): void;
  failed(thrown: unknown): void;
}

export interface StreamedRequestOptions {
  readonly out: Out;
  /** Left out, the system's. */
  readonly time: Time | undefined;
  readonly bodyBytesMax: number;
  /** How long a decision may take, beside what is asked for. Absent: as long as it likes. Milliseconds. */
  readonly decideMsMax: number | undefined;
}

/**
 * A request whose body Envoy streams to us (FULL_DUPLEX_STREAMED). Envoy then lets go of every piece, holds the head
 * back until we reply to it, watches neither the length of the body nor our time, and takes an answer event by event.
 */
export class StreamedRequest {
  private readonly pieces: BodyPieces;
  private held: HeldBody | undefined;
  private stopWatch: () => void = () => {};
  private stopEvents: () => void = () => {};
  private sending = false;
  private readonly time: Time;

  constructor(private readonly options: StreamedRequestOptions) {
    this.pieces = new BodyPieces(options.bodyBytesMax);
    this.time = options.time ?? SYSTEM_TIME;
  }

  /** @throws SextantError `body_too_large` when the pieces so far exceed the bound */
  gather(message: WireRequest): void {
    this.pieces.push(message.request_body?.body ?? new Uint8Array(0));
  }

  /**
   * Takes the message that ends the body, and gives the body.
   *
   * @throws SextantError as `gather` does
   */
  whole(message: WireRequest): Uint8Array {
    this.gather(message);
    const body = this.pieces.whole();
    this.held = { body, trailers: message.request === 'request_trailers' };
    return body;
  }

  /** From now on the decision is awaited; Envoy has no timer that would end the wait. */
  watch(extraMs = 0): void {
    const { decideMsMax, out } = this.options;
    this.stopWatch();
    if (decideMsMax === undefined) return;
    this.stopWatch = this.time.after(decideMsMax + extraMs, () => out.failed(tooLate()));
  }

  carryOut(verdict: Verdict, { kind, bodyFollows }: VerdictPlace): void {
    const { held } = this;
    this.held = undefined;
    this.stopWatch();
    if (verdict.kind === 'reply' && verdict.stream !== undefined) {
      this.sendEvents(verdict, verdict.stream);
    } else if (held !== undefined && (verdict.kind === 'forward' || verdict.kind === 'pass')) {
      for (const reply of heldReplies(verdict, held)) this.options.out.write(reply);
    } else {
      if (verdict.kind === 'forward' && verdict.body !== undefined && bodyFollows) {
        throw new Error('the story replaces a body that it has not read');
      }
      // What follows is streamed to us whatever we say, and goes back as it came.
      this.options.out.write(verdictReply(verdict, { kind, bodyFollows: false }));
    }
  }

  /** True while an answer is sent event by event. */
  isSending(): boolean {
    return this.sending;
  }

  stop(): void {
    this.stopWatch();
    this.stopEvents();
  }

  private sendEvents(
    verdict: Verdict & { readonly kind: 'reply' },
    pace: NonNullable<(Verdict & { kind: 'reply' })['stream']>,
  ): void {
    const { out } = this.options;
    this.sending = true;
    out.write(streamHeadReply(verdict));
    this.stopEvents = streamEvents(verdict.body, pace, {
      time: this.time,
      sink: {
        write: (piece, last) => {
          if (last) this.sending = false;
          return out.write(streamPieceReply(piece, last));
        },
        onceDrained: out.onceDrained,
        failed: out.failed,
      },
    });
  }
}

const SYSTEM_TIME: Time = { ...systemClock, ...systemTimers };

function tooLate(): SextantError {
  return new SextantError('deadline_exceeded', 'The router took too long to decide. Try again later.');
}
