import type { TextSpan } from './json-strings.js';
import type { Secret, Secrets } from './redact.js';

/** Looked at in one step, which takes milliseconds. UTF-16 units. */
export const REPEAT_STEP_CHARS = 64 * 1024;
/** Of values that begin with the same word, so many are looked for: the first ones. */
const ALIKE_MAX = 16;

/** A value that was found somewhere. */
interface Known {
  readonly type: string;
  readonly value: string;
  /** Where its first word stands in it. */
  readonly wordAt: number;
}

/**
 * Looks for values that were found in one place wherever else they stand, letter by letter and as whole words: a name that
 * is plain to see in one sentence is easily missed in the next. Only values that say enough are looked for: three letters
 * or six digits. It is done in steps, each of them milliseconds of work, whatever the length of the texts.
 */
export class RepeatSearch {
  readonly #found: readonly Secrets[];
  readonly #secrets: readonly Secret[][];
  /** By the first word. */
  readonly #known = new Map<string, Known[]>();
  /** The text that is looked at, how far, and which of its secrets is the next one. */
  #text = 0;
  #at = 0;
  #next = 0;

  /** @param found secrets in the order of each text, without overlaps; texts without any as well */
  constructor(found: readonly Secrets[]) {
    this.#found = found;
    this.#secrets = found.map(({ secrets }) => [...secrets]);
    for (const { text, secrets } of found) {
      for (const { type, start, end } of secrets) this.#learn(type, text.text.slice(start, end));
    }
  }

  /** Does the next step; false when there was none. */
  step(): boolean {
    const found = this.#found[this.#text];
    if (found === undefined || this.#known.size === 0) return false;
    const { text } = found.text;
    const words = wordsFrom(this.#at);
    const last = this.#at + REPEAT_STEP_CHARS;
    for (let match = words.exec(text); match !== null; match = words.exec(text)) {
      this.#at = match.index;
      if (match.index >= last) return true;
      const inside = this.#secretAt(found.secrets, match.index);
      const repeat = inside ?? this.#repeatAt(found, match[0]);
      if (repeat !== undefined) words.lastIndex = Math.max(words.lastIndex, repeat.end);
    }
    this.#text += 1;
    this.#at = 0;
    this.#next = 0;
    return true;
  }

  /** What was found before, and its repeats as far as the steps went. */
  result(): readonly Secrets[] {
    return this.#found.map(({ text }, index) => ({
      text,
      secrets: (this.#secrets[index] ?? []).toSorted((a, b) => a.start - b.start),
    }));
  }

  #learn(type: string, value: string): void {
    const word = wordsFrom(0).exec(value);
    if (word === null || !saysEnough(value)) return;
    const alike = this.#known.get(word[0]);
    if (alike === undefined) this.#known.set(word[0], [{ type, value, wordAt: word.index }]);
    else if (alike.length < ALIKE_MAX && !alike.some((known) => known.value === value)) {
      alike.push({ type, value, wordAt: word.index });
    }
  }

  /** The secret that a place lies in. Places are asked for in their order. */
  #secretAt(secrets: readonly Secret[], at: number): TextSpan | undefined {
    while ((secrets[this.#next]?.end ?? Number.POSITIVE_INFINITY) <= at) this.#next += 1;
    const secret = secrets[this.#next];
    return secret !== undefined && secret.start <= at ? secret : undefined;
  }

  /** Notes the longest value whose first word stands here, if it is free. */
  #repeatAt({ text: { text }, secrets }: Secrets, word: string): TextSpan | undefined {
    let best: Secret | undefined;
    const before = secrets[this.#next - 1]?.end ?? 0;
    const after = secrets[this.#next]?.start ?? text.length;
    for (const { type, value, wordAt } of this.#known.get(word) ?? []) {
      const start = this.#at - wordAt;
      const end = start + value.length;
      if (start < before || end > after || end <= (best?.end ?? 0)) continue;
      if (text.startsWith(value, start) && isApart(text, end)) best = { type, start, end };
    }
    if (best !== undefined) this.#secrets[this.#text]?.push(best);
    return best;
  }
}

/** Words of any script; a longer one is taken in parts. */
function wordsFrom(at: number): RegExp {
  const words = /[\p{L}\p{N}]{1,100}/gu;
  words.lastIndex = at;
  return words;
}

/** Whether a word ends at a place. */
function isApart(text: string, at: number): boolean {
  return !/^[\p{L}\p{N}]{2}/u.test(text.slice(at - 1, at + 2));
}

function saysEnough(value: string): boolean {
  const letters = value.match(/\p{L}/gu)?.length ?? 0;
  const digits = value.match(/\p{N}/gu)?.length ?? 0;
  return letters >= 3 || digits >= 6;
}
