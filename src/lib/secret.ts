import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/** What stands in the place of a secret wherever it is printed. */
const SHOWN = '[secret]';

const SECRET_KEYS = /(?:^|_)(?:token|password|secret|api_key)$/;
/** Its values may all be secret, whatever their keys are called. */
const SECRET_SECTION = 'headers';

/** Whether a config says something secret at this place. @param path names of keys from the outermost inwards */
export function isSecretPlace(path: readonly (string | number)[]): boolean {
  const key = path.at(-1);
  return (typeof key === 'string' && SECRET_KEYS.test(key)) || path.includes(SECRET_SECTION);
}

/**
 * A text that must never be printed: as a string, as JSON and to a debugger it is `[secret]`. Whoever needs the text
 * itself asks for it by name, so that each such place can be found.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** Whether it is that text. Takes as long for a wrong text as for the right one. */
  matches(text: string): boolean {
    return timingSafeEqual(digestOf(this.#text), digestOf(text));
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

/** Texts of unlike lengths cannot be compared in constant time; their digests can. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
