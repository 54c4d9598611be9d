import { edited, type TextEdit, type TextSpan } from './json-strings.js';
import { numbersTaken, PlaceholderBook, type Placeholders } from './placeholders.js';
import type { PromptText } from './prompt-texts.js';

/** A stretch of a text that must not go out. */
export interface Secret extends TextSpan {
  /** Of capitals and underscores; placeholders are called by it. */
  readonly type: string;
}

/** A text, and what of it must not go out: in order, without overlaps. */
export interface Secrets {
  readonly text: PromptText;
  readonly secrets: readonly Secret[];
}

/** A body without its secrets, and what stands in it instead. */
export interface Redacted {
  readonly body: string;
  readonly placeholders: Placeholders;
}

/**
 * Puts placeholders where secrets stand. Every other byte stays: numbers, spacing and fields that we do not know reach
 * the model as the client wrote them.
 *
 * @param body the JSON text that the texts are of
 * @param found in the order of the body
 */
export function redact(body: string, found: readonly Secrets[]): Redacted {
  const kinds = new Set(found.flatMap(({ secrets }) => secrets.map(({ type }) => type)));
  const texts = found.map(({ text }) => text.text);
  const book = new PlaceholderBook(numbersTaken([body, ...texts], kinds));
  const edits: TextEdit[] = [];
  for (const { text, secrets } of found) {
    for (const { type, ...stretch } of secrets) {
      for (const part of text.partsOf(stretch)) {
        const { start, end } = text.spanOf(part);
        const name = book.nameOf(type, text.text.slice(part.start, part.end));
        // Letters, digits, underscores and brackets need no escape, however deep they stand in strings of strings.
        edits.push({ start, end, text: part.isNumber === true ? `\\"${name}\\"` : name });
      }
    }
  }
  return { body: edited(body, edits), placeholders: book };
}
