import type { CacheEntry, CacheListing, CachePage } from '../../cache/contract.js';
import { SextantError } from '../../lib/sextant-error.js';
import type { BirthOrder } from './birth-order.js';
import type { Kept } from './kept.js';

export interface Walked {
  readonly entries: readonly CacheEntry[];
  /** Where to go on; undefined at the end. */
  readonly next: number | undefined;
}

type Accepts = (kept: Kept) => boolean;

/**
 * A page for an operator, who looks for what came last: newest first.
 *
 * @throws SextantError `invalid_field` when `after` is no cursor
 */
export function listPage(births: BirthOrder<Kept>, page: CachePage, accepts: Accepts): CacheListing {
  const found: Kept[] = [];
  for (const kept of births.before(cursorOf(page.after))) {
    if (!accepts(kept)) continue;
    const last = found.at(-1);
    if (last !== undefined && found.length >= page.limit) {
      return { entries: found.map(({ entry }) => entry), next: String(last.bornAt) };
    }
    found.push(kept);
  }
  return { entries: found.map(({ entry }) => entry), next: undefined };
}

/** A page for a copy of everything, oldest first: what is put again in this order keeps its order of birth. */
export function walkPage(
  births: BirthOrder<Kept>,
  page: { readonly from: number; readonly limit: number },
  accepts: Accepts,
): Walked {
  const found = births.after(page.from, page.limit);
  const next = found.length < page.limit ? undefined : found.at(-1)?.bornAt;
  return { entries: found.filter(accepts).map(({ entry }) => entry), next };
}

/** The birth at which the page before ended. */
function cursorOf(after: string | undefined): number {
  if (after === undefined) return Number.POSITIVE_INFINITY;
  if (/^\d{1,16}$/.test(after)) return Number(after);
  throw new SextantError(
    'invalid_field',
    'after is not where a page of this cache ended. Give the next of the page before, or leave it out.',
    { param: 'after' },
  );
}
