import type { ByteSpan } from '../lib/bytes.js';

/**
 * Puts another model name where `span` says that the old one stands, quotes included. Every other byte is kept, so
 * that numbers, spacing and fields that we do not know reach the upstream as the client wrote them.
 */
export function spliceModel(body: Uint8Array, span: ByteSpan, model: string): Uint8Array {
  return Buffer.concat([
    body.subarray(0, span.start),
    Buffer.from(JSON.stringify(model), 'utf8'),
    body.subarray(span.end),
  ]);
}
