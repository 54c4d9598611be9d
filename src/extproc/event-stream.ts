import type { ReplyStream } from '../exchange/verdict.js';
import type { Clock } from '../lib/clock.js';
import type { Timers } from '../lib/timers.js';

export type Time = Pick<Clock, 'monotonicMs'> & Timers;

/** Where the pieces of an answer go. */
export interface PieceSink {
  /** False: no more may be written until `onceDrained` has called. */
  write(piece: Uint8Array, last: boolean): boolean;
  onceDrained(run: () => void): void;
  /** Something broke while a piece was sent; nothing is sent after it. */
  failed(thrown: unknown): void;
}

/** However slow a policy wants it: a drain waits for half a minute, and no answer may take longer than that. */
const PACED_MS_MAX = 25_000;
/** Events that are due together share a message, up to this. Bytes. */
const PIECE_BYTES_MAX = 16 * 1024;

const EVENT_END = '\n\n';

/**
 * Sends a body of server-sent events as they are due, whole events only.
 *
 * @returns stops it, and its timer with it; does nothing once all was sent
 */
export function streamEvents(
  body: Uint8Array,
  pace: ReplyStream,
  { sink, time }: { readonly sink: PieceSink; readonly time: Time },
): () => void {
  const stream = new EventStream(Buffer.from(body.buffer, body.byteOffset, body.length), pace, sink, time);
  stream.send();
  return () => stream.stop();
}

class EventStream {
  private readonly startedMs: number;
  private readonly perSecond: number;
  /** Bytes and events that were sent. */
  private at = 0;
  private sent = 0;
  private stopTimer: () => void = () => {};
  private stopped = false;

  constructor(
    private readonly body: Buffer,
    pace: ReplyStream,
    private readonly sink: PieceSink,
    private readonly time: Time,
  ) {
    this.startedMs = time.monotonicMs();
    const slowest = (eventsIn(body) * 1000) / PACED_MS_MAX;
    this.perSecond = Math.max(pace.eventsPerSecond ?? Number.POSITIVE_INFINITY, slowest);
  }

  send(): void {
    try {
      this.sendDue();
    } catch (thrown) {
      this.stop();
      this.sink.failed(thrown);
    }
  }

  stop(): void {
    this.stopped = true;
    this.stopTimer();
  }

  private sendDue(): void {
    while (!this.stopped) {
      const waitMs = this.msUntilDue(this.sent);
      if (waitMs > 0) {
        this.stopTimer = this.time.after(waitMs, () => this.send());
        return;
      }
      const end = this.endOfPiece();
      const last = end === this.body.length;
      const open = this.sink.write(this.body.subarray(this.at, end), last);
      this.at = end;
      if (last) return;
      if (!open) {
        this.sink.onceDrained(() => this.send());
        return;
      }
    }
  }

  /** Ends with the last event that is due and has room; one at least, however long it is. */
  private endOfPiece(): number {
    const start = this.at;
    let end = start;
    do {
      const next = this.body.indexOf(EVENT_END, end);
      const eventEnd = next < 0 ? this.body.length : next + EVENT_END.length;
      if (end > start && eventEnd - start > PIECE_BYTES_MAX) break;
      end = eventEnd;
      this.sent += 1;
    } while (end < this.body.length && this.msUntilDue(this.sent) <= 0);
    return end;
  }

  /** The first event is due at once. */
  private msUntilDue(event: number): number {
    if (event === 0 || this.perSecond === Number.POSITIVE_INFINITY) return 0;
    return this.startedMs + (event * 1000) / this.perSecond - this.time.monotonicMs();
  }
}

function eventsIn(body: Buffer): number {
  let events = 0;
  for (let at = body.indexOf(EVENT_END); at >= 0; at = body.indexOf(EVENT_END, at + EVENT_END.length))
    events += 1;
  return events;
}
