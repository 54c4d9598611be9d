import type { ByteSpan } from '../lib/bytes.js';

/** What stands in a body in place of a span; nothing when the text is empty. */
export interface Splice {
  readonly span: ByteSpan;
  readonly text: string;
}

/** Another model name where `span` says that the old one stands, quotes included. */
export function modelSplice(span: ByteSpan, model: string): Splice {
  return { span, text: JSON.stringify(model) };
}

/**
 * Makes all changes at once; their spans are those of the body as it is, and do not overlap. Every other byte is kept,
 * so that numbers, spacing and fields that we do not know reach the upstream as the client wrote them.
 */
export function splice(body: Uint8Array, splices: readonly Splice[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const { span, text } of splices.toSorted((a, b) => a.span.start - b.span.start)) {
    pieces.push(body.subarray(from, span.start), Buffer.from(text, 'utf8'));
    from = span.end;
  }
  return Buffer.concat([...pieces, body.subarray(from)]);
}
