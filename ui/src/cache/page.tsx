import { useEffect, useRef, useState } from 'preact/hooks';
import type { EntryView } from '../../../src/admin/entry-view.js';
import type { CacheStats } from '../../../src/cache/contract.js';
import { get, post, sentence } from '../api.js';
import { bytes, count } from '../format.js';
import { Entry } from './entry.js';

interface Listing {
  readonly entries: readonly (EntryView & { readonly similarity?: number })[];
  /** Null on the last page; absent of a search. */
  readonly next?: string | null;
  readonly prompts: 'shown' | 'hidden';
}

const PAGE = 30;

/** What the cache holds: found by meaning, shown, kept and thrown out. */
export function CachePage() {
  const [listing, setListing] = useState<Listing>();
  const [stats, setStats] = useState<CacheStats>();
  const [searched, setSearched] = useState('');
  const [text, setText] = useState('');
  const [trouble, setTrouble] = useState('');
  const latest = useRef(0);
  const tell = (thrown: unknown): void => setTrouble(sentence(thrown));

  /** Takes what was asked for last; an answer that comes later than a newer question is dropped. */
  const take = (
    page: Promise<Listing>,
    join: (before: Listing | undefined, page: Listing) => Listing,
  ): void => {
    latest.current += 1;
    const own = latest.current;
    const ifLatest = (run: () => void): void => {
      if (own === latest.current) run();
    };
    setTrouble('');
    page.then(
      (found) => ifLatest(() => setListing((before) => join(before, found))),
      (thrown) => ifLatest(() => tell(thrown)),
    );
  };
  const list = (after = ''): void => {
    const from = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    take(get<Listing>(`cache/entries?limit=${PAGE}${from}`), (before, page) =>
      after === '' ? page : { ...page, entries: [...(before?.entries ?? []), ...page.entries] },
    );
  };
  const search = (event: Event): void => {
    event.preventDefault();
    const wanted = text.trim();
    setSearched(wanted);
    if (wanted === '') list();
    else take(post<Listing>('cache/search', { text: wanted, limit: PAGE }), (_, page) => page);
  };
  const change = (id: string, changed: Partial<EntryView> | undefined): void => {
    setListing((before) => {
      if (before === undefined) return before;
      const entries = before.entries.flatMap((entry) =>
        entry.id !== id ? [entry] : changed === undefined ? [] : [{ ...entry, ...changed }],
      );
      return { ...before, entries };
    });
    get<CacheStats>('cache/stats').then(setStats, tell);
  };
  useEffect(() => {
    list();
    get<CacheStats>('cache/stats').then(setStats, tell);
  }, []);

  const next = searched === '' ? listing?.next : undefined;
  return (
    <div class="stack">
      <section class="headline" aria-label="About this page">
        <h1>Cache</h1>
        {stats !== undefined && (
          <p>
            {count(stats.entries)} answers, {bytes(stats.bytes)}
            {stats.evictions > 0 && `; ${count(stats.evictions)} made way for others`}
          </p>
        )}
      </section>
      {listing?.prompts === 'hidden' && (
        <p class="note">
          Questions and answers are hidden. Set <code>show_prompts: true</code> in the policy's admin section
          to see them.
        </p>
      )}
      <form class="inline" onSubmit={search}>
        <label class="visually-hidden" for="search">
          Find by meaning
        </label>
        <input
          id="search"
          type="search"
          placeholder="Find by meaning …"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit">Find</button>
      </form>
      {trouble !== '' && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
      {listing !== undefined && (
        <section class="card" aria-label="Entries">
          {listing.entries.length === 0 && <p class="empty">The cache holds nothing yet.</p>}
          {listing.entries.map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              onChange={(changed) => change(entry.id, changed)}
              onTrouble={tell}
            />
          ))}
          {typeof next === 'string' && (
            <button type="button" class="quiet" onClick={() => list(next)}>
              Show more
            </button>
          )}
        </section>
      )}
    </div>
  );
}
