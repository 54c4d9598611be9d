import { type Dress, TextRestorer } from './restore-text.js';
import { type AnswerRestorer, bytesOf, escaped, jsonMembers, type Restoring } from './restoring.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** No name of ours is longer. */
const NAME_CHARS_MAX = 32;

/**
 * Restores an answer in one piece of JSON. It goes by the bytes, one unit of a string for each, and holds next to nothing
 * back: numbers and spacing stay as the model server wrote them, a character may be cut in two, and no answer is too
 * large.
 */
export function createJsonRestorer(options: Restoring): AnswerRestorer {
  const walk = new JsonWalk(options);
  return {
    push: (piece) => Buffer.from(walk.push(Buffer.from(piece).toString('latin1')), 'latin1'),
    finish: () => Buffer.from(walk.finish(), 'latin1'),
  };
}

class JsonWalk {
  readonly #inString: { readonly plain: TextRestorer; readonly nested: TextRestorer };
  readonly #members: ReadonlySet<string>;
  /** The restorer of the string that is open. */
  #open: TextRestorer | undefined;
  /** Whether a backslash came last. */
  #escaped = false;
  /** The last sign outside of strings. */
  #sign = '';
  /** The beginning of the last string that is no member's value, which is a name where a colon follows. */
  #name = '';
  #isName = false;

  constructor({ placeholders, contentIsJson }: Restoring) {
    const of = (dress: Dress) => new TextRestorer(placeholders, dress);
    this.#inString = {
      plain: of((value) => bytesOf(escaped(value))),
      nested: of((value) => bytesOf(escaped(escaped(value)))),
    };
    this.#members = jsonMembers(contentIsJson);
  }

  push(text: string): string {
    let out = '';
    for (let at = 0; at < text.length; ) {
      const end = this.#open === undefined ? this.#stringStart(text, at) : this.#stringEnd(text, at);
      out +=
        this.#open === undefined ? this.#outside(text.slice(at, end)) : this.#inside(text.slice(at, end));
      at = end;
      if (at === text.length) break;
      out += this.#open === undefined ? this.#begin() : this.#close();
      at += 1;
    }
    return out;
  }

  finish(): string {
    return this.#open?.flush() ?? '';
  }

  #stringStart(text: string, from: number): number {
    const quote = text.indexOf('"', from);
    return quote < 0 ? text.length : quote;
  }

  #stringEnd(text: string, from: number): number {
    for (let at = from; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (this.#escaped) this.#escaped = false;
      else if (unit === BACKSLASH) this.#escaped = true;
      else if (unit === QUOTE) return at;
    }
    return text.length;
  }

  #outside(text: string): string {
    this.#sign = text.trimEnd().at(-1) ?? this.#sign;
    return text;
  }

  #inside(text: string): string {
    if (this.#isName && this.#name.length < NAME_CHARS_MAX) this.#name += text.slice(0, NAME_CHARS_MAX);
    return this.#open?.push(text) ?? text;
  }

  #begin(): string {
    const isValue = this.#sign === ':';
    this.#open = isValue && this.#members.has(this.#name) ? this.#inString.nested : this.#inString.plain;
    this.#isName = !isValue;
    this.#name = '';
    return '"';
  }

  #close(): string {
    const held = this.#open?.flush() ?? '';
    this.#open = undefined;
    this.#sign = '"';
    return `${held}"`;
  }
}
