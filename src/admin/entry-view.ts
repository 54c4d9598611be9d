import type { CacheEntry } from '../cache/contract.js';
import type { JsonObject } from '../lib/json.js';

/** What a listing says of an entry. Without `ask` nothing of it is anybody's text. */
export interface EntryView {
  readonly id: string;
  /** Hashes: they tell callers apart and name none. */
  readonly tenant: string;
  readonly partition: string;
  readonly model: string;
  readonly decision: string;
  /** ISO 8601. */
  readonly created: string;
  readonly expires: string;
  readonly bytes: number;
  readonly pinned: boolean;
  /** Which questions find it: those in other words too, or only the very same. */
  readonly found_by: 'meaning' | 'words';
  readonly ask?: string;
}

export function entryView(entry: CacheEntry, showPrompts: boolean): EntryView {
  const { id, tenant, partition, model, decision, bytes, pinned } = entry;
  return {
    ...{ id, tenant, partition, model, decision },
    created: timeOf(entry.createdAtMs),
    expires: timeOf(entry.expiresAtMs),
    ...{ bytes, pinned },
    found_by: entry.vector === undefined ? 'words' : 'meaning',
    ...(showPrompts ? { ask: entry.ask } : {}),
  };
}

export interface WholeView extends EntryView {
  /** The completion as the upstream sent it. */
  readonly answer?: JsonObject;
}

export function wholeView(entry: CacheEntry, showPrompts: boolean): WholeView {
  const view = entryView(entry, showPrompts);
  return showPrompts ? { ...view, answer: entry.completion.object } : view;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
