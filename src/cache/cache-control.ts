/** The directives of a `Cache-Control` value that Sextant honours, on a request or on an answer. */
export interface CacheDirectives {
  readonly noCache: boolean;
  readonly noStore: boolean;
  readonly isPrivate: boolean;
  /** The client takes a stored answer or none. */
  readonly onlyIfCached: boolean;
  readonly maxAgeSeconds: number | undefined;
  /** Our own directive, 0 to 1: how near a stored question must be. */
  readonly minSimilarity: number | undefined;
}

/** Nobody needs more than a line; what lies beyond is not read. Characters. */
const VALUE_CHARS_MAX = 1024;

/**
 * Reads a `Cache-Control` value the way RFC 9111 asks of a cache: names in any case, unknown directives ignored,
 * broken ones skipped. A value too long to be read whole counts as `no-store`, since that may stand in the rest and a
 * client's word may only ever tighten what we do.
 */
export function parseCacheControl(value: string | undefined): CacheDirectives {
  const directives = {
    noCache: false,
    noStore: false,
    isPrivate: false,
    onlyIfCached: false,
    maxAgeSeconds: undefined as number | undefined,
    minSimilarity: undefined as number | undefined,
  };
  if (value === undefined) return directives;
  if (value.length > VALUE_CHARS_MAX) return { ...directives, noStore: true };
  for (const directive of splitOutsideQuotes(value)) {
    const equals = directive.indexOf('=');
    const name = (equals === -1 ? directive : directive.slice(0, equals)).trim().toLowerCase();
    const argument = equals === -1 ? '' : directive.slice(equals + 1);
    if (name === 'no-store') directives.noStore = true;
    else if (name === 'no-cache') directives.noCache = true;
    else if (name === 'private') directives.isPrivate = true;
    else if (name === 'only-if-cached') directives.onlyIfCached = true;
    // Said twice, the tighter one holds.
    else if (name === 'max-age')
      directives.maxAgeSeconds = Math.min(
        directives.maxAgeSeconds ?? Number.POSITIVE_INFINITY,
        seconds(argument),
      );
    else if (name === 'min-similarity')
      directives.minSimilarity = Math.max(directives.minSimilarity ?? 0, similarityOf(argument));
  }
  return directives;
}

/** A comma inside a quoted string belongs to an argument, not to the list. */
function splitOutsideQuotes(value: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at];
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(value.slice(start));
  return parts;
}

/** RFC 9111 takes an age that cannot be read for a stale one, so it becomes 0. */
function seconds(text: string): number {
  const digits = text.trim().replaceAll('"', '');
  return /^\d{1,10}$/.test(digits) ? Number(digits) : 0;
}

/** A number from 0 to 1; whatever else stands there asks for the highest, so that a wish for less is never lost. */
export function similarityOf(text: string): number {
  const plain = text.trim().replaceAll('"', '');
  return /^(?:0(?:\.\d{0,9})?|\.\d{1,9})$/.test(plain) ? Number(plain) : 1;
}
