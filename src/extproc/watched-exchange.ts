import { BodyPieces } from './pieces.js';
import type { WireRequest } from './proto.js';

/** What may wait of one response while its request is still being decided. */
const MESSAGES_MAX = 1000;
const BYTES_MAX = 256 * 1024;

/**
 * What came of an exchange that is only watched: its request's body in pieces, and messages of the response from before
 * the request was decided. Where Envoy waits for nobody, a fast model is faster than we are.
 */
export class WatchedExchange {
  /** True once something was given up. */
  incomplete = false;
  private messages: WireRequest[] = [];
  private bytes = 0;
  private pieces: BodyPieces | undefined;

  constructor(private readonly bodyBytesMax: number) {}

  /** @throws SextantError `body_too_large` when the pieces together exceed the bound */
  bodyIsWhole(message: WireRequest): boolean {
    this.pieces ??= new BodyPieces(this.bodyBytesMax);
    this.pieces.push(message.request_body?.body ?? new Uint8Array(0));
    return message.request_body?.end_of_stream === true;
  }

  /** The request's body once it is whole, for whoever asks first. */
  body(): Uint8Array | undefined {
    const { pieces } = this;
    this.pieces = undefined;
    return pieces?.whole();
  }

  /** Beyond its bounds the body of a response is given up, never its head. */
  keep(message: WireRequest): void {
    const bytes = message.response_body?.body?.length ?? 0;
    const isFull = this.messages.length >= MESSAGES_MAX || this.bytes + bytes > BYTES_MAX;
    if (this.incomplete || isFull) {
      this.incomplete = true;
      return;
    }
    this.messages.push(message);
    this.bytes += bytes;
  }

  /** Hands them out in their order, once. */
  release(): readonly WireRequest[] {
    const released = this.messages;
    this.messages = [];
    this.bytes = 0;
    return released;
  }
}
