/** What a request's personal data are called while a model answers it. */
export interface Placeholders {
  /** By placeholder, what it stands for. */
  readonly values: ReadonlyMap<string, string>;
  /** The beginnings of all placeholders, up to their numbers: `[EMAIL_ADDRESS_`. */
  readonly heads: readonly string[];
  /** Of the longest placeholder. Characters. */
  readonly charsMax: number;
}

/**
 * Gives values their placeholders: the kind in capitals and a number, in brackets, as `[EMAIL_ADDRESS_1]`. Models copy
 * these faithfully, since they are plain ASCII, say what they stand for, and end where they end. The same value gets
 * the same one; numbers rise by first use, so that a conversation which grows keeps those that it has.
 */
export class PlaceholderBook implements Placeholders {
  readonly values = new Map<string, string>();
  readonly heads: string[] = [];
  charsMax = 0;
  /** By kind: the last number given. */
  readonly #numbers = new Map<string, number>();
  /** By kind and value: its placeholder. */
  readonly #given = new Map<string, Map<string, string>>();

  /** @param taken by kind: the highest number that stands in the client's own text */
  constructor(taken: ReadonlyMap<string, number>) {
    for (const [kind, number] of taken) this.#numbers.set(kind, number);
  }

  /** @param kind of capitals and underscores */
  nameOf(kind: string, value: string): string {
    const given = this.#given.get(kind) ?? this.#open(kind);
    const known = given.get(value);
    if (known !== undefined) return known;
    const number = (this.#numbers.get(kind) ?? 0) + 1;
    this.#numbers.set(kind, number);
    const name = `[${kind}_${number}]`;
    given.set(value, name);
    this.values.set(name, value);
    this.charsMax = Math.max(this.charsMax, name.length);
    return name;
  }

  #open(kind: string): Map<string, string> {
    const given = new Map<string, string>();
    this.#given.set(kind, given);
    this.heads.push(`[${kind}_`);
    return given;
  }
}

/** What looks like a placeholder. Of numbers with more digits none is ever given. */
const LOOKS_LIKE = /\[([A-Z_]{1,40})_(\d{1,9})\]/g;

/** By kind, the highest number of what looks like its placeholders in these texts. */
export function numbersTaken(
  texts: Iterable<string>,
  kinds: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const taken = new Map<string, number>();
  for (const text of texts) {
    for (const [, kind = '', digits] of text.matchAll(LOOKS_LIKE)) {
      if (kinds.has(kind)) taken.set(kind, Math.max(taken.get(kind) ?? 0, Number(digits)));
    }
  }
  return taken;
}
