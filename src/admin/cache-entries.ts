import type { CacheBackend } from '../cache/contract.js';
import { SextantError } from '../lib/sextant-error.js';
import { entryView, wholeView } from './entry-view.js';
import { objectOf } from './json-body.js';
import { type Page, shown, wrong } from './page.js';
import type { Asked, Route } from './routes.js';

interface Entries {
  readonly backend: CacheBackend;
  readonly showPrompts: boolean;
}

/** Bodies here say nothing, but only a request that has one is no web page's. */
const LIMITS = { bytesMax: 1024, deadlineMs: 5_000 };
const PAGE = { limit: 100, limitMax: 1000 };

/** Lists, shows, evicts and pins entries, forgets them all, and counts them. */
export function entryRoutes({ backend, showPrompts }: Entries): readonly Route[] {
  const act = (path: string, work: (asked: Asked) => Promise<object>): Route => ({
    method: 'POST',
    path,
    example: '{}',
    page: async (asked) => {
      refuseFields(await objectOf(asked.request, LIMITS));
      return shown(await work(asked));
    },
  });
  const pin = (pinned: boolean) => async (asked: Asked) => {
    const id = idOf(asked);
    if (!(await backend.pin(id, pinned))) throw noEntry();
    return { id, pinned };
  };
  return [
    { method: 'GET', path: '/cache/entries', page: (asked) => listed(asked, { backend, showPrompts }) },
    {
      method: 'GET',
      path: '/cache/entries/*',
      page: async (asked) => {
        const entry = await backend.get(idOf(asked));
        if (entry === undefined) throw noEntry();
        return shown(wholeView(entry, showPrompts));
      },
    },
    act('/cache/entries/*/evict', async (asked) => {
      const id = idOf(asked);
      if (!(await backend.evict(id))) throw noEntry();
      return { id, evicted: true };
    }),
    act('/cache/entries/*/pin', pin(true)),
    act('/cache/entries/*/unpin', pin(false)),
    act('/cache/flush', async () => {
      await backend.flush();
      return { flushed: true };
    }),
    { method: 'GET', path: '/cache/stats', page: async () => shown(await backend.stats()) },
  ];
}

async function listed({ query }: Asked, { backend, showPrompts }: Entries): Promise<Page> {
  const limit = query.get('limit') ?? String(PAGE.limit);
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > PAGE.limitMax) {
    throw wrong(`limit must be a whole number from 1 to ${PAGE.limitMax}.`, 'limit');
  }
  const after = query.get('after') ?? undefined;
  if (after !== undefined && !CURSOR.test(after)) {
    throw wrong('after must be the next of the page before; leave it out for the first page.', 'after');
  }
  const { entries, next } = await backend.list({ after, limit: Number(limit) });
  return shown({
    entries: entries.map((entry) => entryView(entry, showPrompts)),
    next: next ?? null,
    prompts: showPrompts ? 'shown' : 'hidden',
  });
}

const CURSOR = /^[\w.~:-]{1,256}$/;
const ID = /^[\w-]{1,128}$/;

/** What looks like no id is no entry's, and gets no further. */
function idOf({ params }: Asked): string {
  const [id = ''] = params;
  if (!ID.test(id)) throw noEntry();
  return id;
}

function noEntry(): SextantError {
  return new SextantError(
    'not_found',
    'There is no such entry: it expired, made way for others, or was evicted. List what there is.',
  );
}

function refuseFields(fields: object): void {
  if (Object.keys(fields).length > 0) throw wrong('The body says nothing here; send {}.');
}
