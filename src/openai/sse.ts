import { createParser, type ParseError } from 'eventsource-parser';

export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Why a stream can be read no further: bytes that are not UTF-8, or an event above the limit. */
export type SseFault = 'malformed' | 'too-large';

export interface SseReader {
  /** Takes the next bytes, split anywhere. Gives the fault once there is one; later pieces are then ignored. */
  push(piece: Uint8Array): SseFault | undefined;
  /** Says that the stream ended by itself: an event that lacks only its blank line is still given. */
  finish(): SseFault | undefined;
}

export interface SseReaderOptions {
  /** One event, field names included. Characters (UTF-16). */
  readonly eventCharsMax: number;
  readonly onEvent: (event: SseEvent) => void;
}

/**
 * Reads server-sent events incrementally. Network pieces end in the middle of lines and of characters, so nothing is
 * read per piece: a streaming decoder joins characters, the parser joins lines.
 */
export function createSseReader({ eventCharsMax, onEvent }: SseReaderOptions): SseReader {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let fault: SseFault | undefined;
  const parser = createParser({
    maxBufferSize: eventCharsMax,
    onEvent: ({ event, data }) => {
      // The parser bounds what it buffers; an event that came whole in one piece was never buffered.
      if (data.length > eventCharsMax) fault = 'too-large';
      if (fault === undefined) onEvent({ event, data });
    },
    onError: ({ type }: ParseError) => {
      // Unknown fields and bad retry times are to be ignored by readers.
      if (type === 'max-buffer-size-exceeded') fault = 'too-large';
    },
  });
  return {
    push: (piece) => read(() => decoder.decode(piece, { stream: true })),
    finish: () => read(() => `${decoder.decode()}\n\n`),
  };

  function read(decode: () => string): SseFault | undefined {
    if (fault !== undefined) return fault;
    let text: string;
    try {
      text = decode();
    } catch {
      fault = 'malformed';
      return fault;
    }
    parser.feed(text);
    return fault;
  }
}
