/** Watches a stream for its tokens without parsing it. */
export interface TokenWatch {
  /** Takes the next bytes, split anywhere. True from the piece on that holds the first token. */
  push(piece: Uint8Array): boolean;
  /** Events with data so far, nearly one a token; a piece that ends within the five letters before it hides one. */
  events(): number;
}

/**
 * Text, thinking or a tool call, and not the empty text with which a stream opens. What the model writes stands in JSON,
 * where its quotes are escaped, so it cannot be taken for a member.
 */
const FIRST_TOKEN =
  /"(?:content|reasoning_content|reasoning|text|arguments)" ?: ?"[^"]|"tool_calls" ?: ?\[ ?\{/;

const DATA = 'data:';

export function createTokenWatch(): TokenWatch {
  let begun = false;
  let events = 0;
  return {
    push(piece) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      events += countEvents(bytes);
      begun ||= FIRST_TOKEN.test(bytes.toString('latin1'));
      return begun;
    },
    events: () => events,
  };
}

/** Line breaks of an answer's text are escaped in JSON, so `data:` begins a line only where an event does. */
function countEvents(bytes: Buffer): number {
  let count = bytes.subarray(0, DATA.length).toString('latin1') === DATA ? 1 : 0;
  for (let at = bytes.indexOf(`\n${DATA}`); at >= 0; at = bytes.indexOf(`\n${DATA}`, at + 1)) count += 1;
  return count;
}
