import type { Placeholders } from './placeholders.js';
import type { Dress } from './restore-text.js';

/** Puts values back into an answer as it passes. Pieces may be cut anywhere. */
export interface AnswerRestorer {
  /** What may go on by now of all that came so far; it may be empty. */
  push(piece: Uint8Array): Uint8Array;
  /** The rest, once the answer is over. */
  finish(): Uint8Array;
}

/** What is put back, and how. */
export interface Restoring {
  readonly placeholders: Placeholders;
  /** Whether the client asked for an answer that is JSON itself, in whose strings values are escaped once more. */
  readonly contentIsJson: boolean;
}

/** The value as it stands in a text that is JSON itself. */
export const escaped: Dress = (value) => JSON.stringify(value).slice(1, -1);

/** The members of answers whose text is JSON itself. */
export function jsonMembers(contentIsJson: boolean): ReadonlySet<string> {
  return new Set(contentIsJson ? ['arguments', 'content', 'text'] : ['arguments']);
}

/** The bytes of a text in UTF-8, as a text with one unit for each: so bodies pass that may be cut within a character. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
