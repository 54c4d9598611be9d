export interface ConversationLimits {
  readonly entriesMax: number;
  /** After so long a server is taken to have given the memory of a conversation to others. Milliseconds. */
  readonly ttlMs: number;
}

/** Which model has read which conversation last. Times are milliseconds of one monotonic clock. */
export interface ConversationMemory {
  /** The model that has read the first of these keys that is known, and which one that is. */
  find(keys: readonly string[], nowMs: number): { readonly key: string; readonly model: string } | undefined;
  note(key: string, model: string, nowMs: number): void;
}

interface Entry {
  readonly model: string;
  readonly atMs: number;
}

/** Keeps the last ones; the one that nobody asked for the longest goes first. */
export function createConversationMemory({ entriesMax, ttlMs }: ConversationLimits): ConversationMemory {
  const entries = new Map<string, Entry>();
  const put = (key: string, entry: Entry): void => {
    // Deleted first, so that the order of the map is the order of use.
    entries.delete(key);
    entries.set(key, entry);
  };
  return {
    find: (keys, nowMs) => {
      for (const key of keys) {
        const entry = entries.get(key);
        if (entry === undefined) continue;
        if (nowMs - entry.atMs > ttlMs) {
          entries.delete(key);
          continue;
        }
        put(key, entry);
        return { key, model: entry.model };
      }
      return undefined;
    },
    note: (key, model, nowMs) => {
      put(key, { model, atMs: nowMs });
      if (entries.size <= entriesMax) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        return;
      }
    },
  };
}
