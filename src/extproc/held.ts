import type { WireRequest } from './proto.js';

/** What may wait of one response while its request is still being decided. */
const MESSAGES_MAX = 1000;
const BYTES_MAX = 256 * 1024;

/**
 * Messages of a response that came before its request was decided: where Envoy waits for nobody, a fast model is faster
 * than we are. Beyond its bounds the body is given up, never the head.
 */
export class HeldMessages {
  /** True once something was given up. */
  incomplete = false;
  private messages: WireRequest[] = [];
  private bytes = 0;

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
