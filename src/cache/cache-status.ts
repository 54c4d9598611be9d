/** What Sextant's cache did with a request, as RFC 9211 divides it. */
export type CacheStatus =
  | {
      readonly kind: 'hit';
      /** Whole seconds that the entry has left to live. */
      readonly ttlS: number;
      readonly detail?: string;
    }
  | { readonly kind: 'miss'; readonly stored?: boolean; readonly detail?: string }
  /** The client's own directives kept a stored answer from being looked for. */
  | { readonly kind: 'request'; readonly stored?: boolean; readonly detail?: string }
  | { readonly kind: 'bypass'; readonly detail?: string };

/** The longest detail that is written. Characters. */
const DETAIL_CHARS_MAX = 64;

/**
 * The `Cache-Status` member of this cache. The `key` parameter is left out for good: it would let a client compare
 * its partition with another's.
 */
export function cacheStatus(status: CacheStatus): string {
  let value = 'Sextant';
  if (status.kind === 'hit') {
    value += `; hit; ttl=${Number.isFinite(status.ttlS) ? Math.trunc(status.ttlS) : 0}`;
  } else {
    value += `; fwd=${status.kind}`;
    if (status.kind !== 'bypass' && status.stored === true) value += '; stored';
  }
  return status.detail ? `${value}; detail=${bareItem(status.detail)}` : value;
}

/** A token where the text is one, else a quoted string of printable ASCII: all that a structured field may carry. */
function bareItem(detail: string): string {
  const short = detail.slice(0, DETAIL_CHARS_MAX);
  if (/^[A-Za-z][A-Za-z0-9_.:/-]*$/.test(short)) return short;
  return `"${short.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
