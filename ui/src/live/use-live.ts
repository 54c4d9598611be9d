import { useEffect, useState } from 'preact/hooks';
import type { FeedItem } from '../../../src/admin/live/feed.js';
import type { LivePage, LiveView } from '../../../src/admin/live/view.js';
import { send, sentence } from '../api.js';
import { EventReader, type StreamEvent } from '../events.js';

export interface LiveState {
  readonly view: LiveView | undefined;
  /** Newest first. */
  readonly exchanges: readonly FeedItem[];
  /** Those of the last message, for whoever shows that they pass. */
  readonly fresh: readonly FeedItem[];
  /** What is wrong with the connection; empty while all is well. */
  readonly trouble: string;
}

const SHOWN_MAX = 200;
const RETRY_MS = 2_000;

/** Follows the feed for as long as the page is there, and connects again when it breaks. */
export function useLive(): LiveState {
  const [state, setState] = useState<LiveState>({ view: undefined, exchanges: [], fresh: [], trouble: '' });
  useEffect(() => {
    const end = new AbortController();
    void follow(end.signal, (change) => setState(change));
    return () => end.abort();
  }, []);
  return state;
}

type Change = (change: (state: LiveState) => LiveState) => void;

async function follow(signal: AbortSignal, change: Change): Promise<void> {
  while (!signal.aborted) {
    try {
      await listen(signal, change);
    } catch (thrown) {
      if (signal.aborted) return;
      const trouble = sentence(thrown);
      change((state) => ({ ...state, trouble }));
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function listen(signal: AbortSignal, change: Change): Promise<void> {
  const { body } = await send('live/events', { signal });
  if (body === null) return;
  const reader = new EventReader();
  const text = body.pipeThrough(new TextDecoderStream());
  for await (const piece of text) {
    for (const event of reader.push(piece)) change((state) => heard(state, event));
  }
}

function heard(state: LiveState, { name, data }: StreamEvent): LiveState {
  if (name === 'page') {
    const { exchanges, ...view } = JSON.parse(data) as LivePage;
    return { view, exchanges: exchanges.toReversed(), fresh: [], trouble: '' };
  }
  if (name === 'view') return { ...state, view: JSON.parse(data) as LiveView, fresh: [], trouble: '' };
  if (name !== 'exchanges') return state;
  const { exchanges: fresh } = JSON.parse(data) as { exchanges: readonly FeedItem[] };
  return { ...state, exchanges: [...fresh.toReversed(), ...state.exchanges].slice(0, SHOWN_MAX), fresh };
}
