import type { Placeholders } from './placeholders.js';

/** How a value is written where its placeholder stood. */
export type Dress = (value: string) => string;

/**
 * Puts values in the place of their placeholders, in a text that comes in pieces. It holds back only what may be the
 * beginning of one, which is shorter than the longest; whatever else looks like a placeholder stays.
 */
export class TextRestorer {
  #held = '';
  readonly #placeholders: Placeholders;
  readonly #dress: Dress;

  constructor(placeholders: Placeholders, dress: Dress) {
    this.#placeholders = placeholders;
    this.#dress = dress;
  }

  get holds(): boolean {
    return this.#held !== '';
  }

  push(piece: string): string {
    const text = this.#held + piece;
    this.#held = '';
    let out = '';
    for (let at = 0; ; ) {
      const open = text.indexOf('[', at);
      if (open < 0) return out + text.slice(at);
      out += text.slice(at, open);
      const end = this.#endOfName(text, open + 1);
      const name = text.slice(open, end + 1);
      if (end === text.length && this.#mayBegin(name)) {
        this.#held = name;
        return out;
      }
      const value = this.#placeholders.values.get(name);
      out += value === undefined ? text.slice(open, end) : this.#dress(value);
      at = value === undefined ? end : end + 1;
    }
  }

  /** What was held back is no placeholder: the text is over. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  /** Where the characters end of which names are made, or the longest name would. */
  #endOfName(text: string, from: number): number {
    const last = Math.min(text.length, from + this.#placeholders.charsMax);
    let at = from;
    while (at < last && isOfName(text.charCodeAt(at))) at += 1;
    return at;
  }

  #mayBegin(text: string): boolean {
    if (text.length >= this.#placeholders.charsMax) return false;
    return this.#placeholders.heads.some(
      (head) => head.startsWith(text) || (text.startsWith(head) && isNumber(text.slice(head.length))),
    );
  }
}

function isOfName(unit: number): boolean {
  return (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f;
}

function isNumber(text: string): boolean {
  return /^\d*$/.test(text);
}
