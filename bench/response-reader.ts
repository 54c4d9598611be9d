/** One whole HTTP/1.1 response, as far as a load generator cares. */
export interface SeenResponse {
  readonly status: number;
  /** Status line and header fields, latin1, names as the server wrote them. */
  readonly head: string;
  readonly bodyBytes: number;
  /** The last bytes of the body, at most 16: enough to tell a whole answer from a cut one. */
  readonly tail: Buffer;
  /** True when the server will close the connection after this response. */
  readonly closes: boolean;
}

const TAIL_BYTES = 16;
const HEAD_BYTES_MAX = 64 * 1024;
const NOTHING = Buffer.alloc(0);

type Framing =
  | { kind: 'head' }
  | { kind: 'length'; left: number }
  | { kind: 'chunk-size' }
  | { kind: 'chunk-data'; left: number }
  | { kind: 'chunk-end' }
  | { kind: 'trailers' };

/**
 * Reads responses of one keep-alive connection with one request in flight. The common case, a whole response in one
 * piece, copies nothing: the generator shares two cores with all that it measures.
 */
export class ResponseReader {
  #framing: Framing = { kind: 'head' };
  #pending: Buffer = NOTHING;
  #head = '';
  #bodyBytes = 0;
  #tail: Buffer = NOTHING;

  /**
   * Takes the next piece; gives the response back once it is whole.
   * @throws Error when the bytes are no HTTP/1.1 response, or bytes follow the end of one
   */
  push(piece: Buffer): SeenResponse | undefined {
    let bytes = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece]);
    this.#pending = NOTHING;
    for (;;) {
      const taken = this.#step(bytes);
      if (taken === undefined) {
        this.#pending = bytes;
        return undefined;
      }
      bytes = bytes.subarray(taken);
      if (this.#framing.kind === 'head') {
        if (bytes.length > 0) throw new Error(`${bytes.length} bytes follow the end of a response`);
        return this.#finish();
      }
    }
  }

  /** Takes one element off the front; its length, or undefined when more bytes are needed first. */
  #step(bytes: Buffer): number | undefined {
    const framing = this.#framing;
    switch (framing.kind) {
      case 'head':
        return this.#readHead(bytes);
      case 'length': {
        const taken = this.#takeBody(bytes, framing.left);
        framing.left -= taken;
        if (framing.left === 0) this.#framing = { kind: 'head' };
        return taken === 0 ? undefined : taken;
      }
      case 'chunk-size': {
        const end = bytes.indexOf('\r\n');
        if (end === -1) return undefined;
        const size = Number.parseInt(bytes.toString('latin1', 0, end), 16);
        if (!Number.isSafeInteger(size)) throw new Error('a chunk has no size');
        this.#framing = size === 0 ? { kind: 'trailers' } : { kind: 'chunk-data', left: size };
        return end + 2;
      }
      case 'chunk-data': {
        const taken = this.#takeBody(bytes, framing.left);
        framing.left -= taken;
        if (framing.left === 0) this.#framing = { kind: 'chunk-end' };
        return taken === 0 ? undefined : taken;
      }
      case 'chunk-end':
        if (bytes.length < 2) return undefined;
        this.#framing = { kind: 'chunk-size' };
        return 2;
      case 'trailers': {
        const end = bytes.indexOf('\r\n');
        if (end === -1) return undefined;
        if (end === 0) this.#framing = { kind: 'head' };
        return end + 2;
      }
    }
  }

  #readHead(bytes: Buffer): number | undefined {
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1) {
      if (bytes.length > HEAD_BYTES_MAX) throw new Error('a response head does not end');
      return undefined;
    }
    this.#head = bytes.toString('latin1', 0, end + 2);
    this.#bodyBytes = 0;
    this.#tail = NOTHING;
    const length = headerOf(this.#head, 'content-length');
    if (length !== undefined) {
      // A body of no bytes is over with its head, so the framing stays where the next response begins.
      if (Number(length) > 0) this.#framing = { kind: 'length', left: Number(length) };
    } else if (headerOf(this.#head, 'transfer-encoding') === 'chunked') {
      this.#framing = { kind: 'chunk-size' };
    } else {
      throw new Error('a response has neither content-length nor chunks');
    }
    return end + 4;
  }

  #takeBody(bytes: Buffer, left: number): number {
    const taken = Math.min(bytes.length, left);
    this.#bodyBytes += taken;
    const piece = bytes.subarray(Math.max(0, taken - TAIL_BYTES), taken);
    this.#tail =
      piece.length === TAIL_BYTES ? piece : Buffer.concat([this.#tail, piece]).subarray(-TAIL_BYTES);
    return taken;
  }

  #finish(): SeenResponse {
    return {
      status: Number(this.#head.slice(9, 12)),
      head: this.#head,
      bodyBytes: this.#bodyBytes,
      tail: this.#tail,
      closes: headerOf(this.#head, 'connection') === 'close',
    };
  }
}

/** The value of a header field whose name stands in lower case, as Envoy writes them. */
export function headerOf(head: string, name: string): string | undefined {
  const start = head.indexOf(`\r\n${name}: `);
  if (start === -1) return undefined;
  const from = start + name.length + 4;
  return head.slice(from, head.indexOf('\r\n', from));
}
