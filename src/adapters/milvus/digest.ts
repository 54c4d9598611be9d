import { createHash } from 'node:crypto';

/** Hex SHA-256 over texts, with a border between them that none of them can contain. */
export function digestOf(...texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
