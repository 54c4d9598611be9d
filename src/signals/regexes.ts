import { RE2JS, RE2Set } from 're2js';

/** Regexes read this much of a prompt's beginning and as much of its end. UTF-16 code units. */
export const REGEX_WINDOW_CHARS = 65_536;

/** What the regexes of a signal found. */
export interface RegexReading {
  /** The first regex, in the order of the policy, that matches; as the policy wrote it. */
  readonly matched: string | undefined;
  /** False when the middle of a long text was not read. */
  readonly complete: boolean;
}

/**
 * Many regexes as one automaton of RE2, which reads each character once: a backtracking engine needs 14 s for
 * `(a+)+$` on 28 characters. Even so a character costs about 15 ns, hence the window.
 */
export class Regexes {
  private readonly set: RE2Set | undefined;

  /** @throws Error when one is not valid RE2 */
  constructor(
    private readonly patterns: readonly string[],
    caseSensitive: boolean,
  ) {
    if (patterns.length === 0) return;
    this.set = new RE2Set(RE2Set.UNANCHORED, caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
    for (const pattern of patterns) add(this.set, pattern);
    this.set.compile();
  }

  read(text: string): RegexReading {
    const { set } = this;
    if (set === undefined) return { matched: undefined, complete: true };
    if (text.length <= 2 * REGEX_WINDOW_CHARS)
      return { matched: this.first(set.match(text)), complete: true };
    const head = set.match(text.slice(0, REGEX_WINDOW_CHARS));
    const tail = set.match(text.slice(-REGEX_WINDOW_CHARS));
    return { matched: this.first([...head, ...tail]), complete: false };
  }

  private first(indices: readonly number[]): string | undefined {
    return indices.length === 0 ? undefined : this.patterns[Math.min(...indices)];
  }
}

function add(set: RE2Set, pattern: string): void {
  try {
    set.add(pattern);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`regex ${JSON.stringify(pattern)} is not valid RE2 syntax: ${why}`, { cause });
  }
}
