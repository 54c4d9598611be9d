import { useState } from 'preact/hooks';
import type { EntryView, WholeView } from '../../../src/admin/entry-view.js';
import { get, post } from '../api.js';
import { ago, bytes, until } from '../format.js';

interface EntryProps {
  readonly entry: EntryView & { readonly similarity?: number };
  /** What is other now; undefined when it is gone. */
  readonly onChange: (changed: Partial<EntryView> | undefined) => void;
  readonly onTrouble: (thrown: unknown) => void;
}

export function Entry({ entry, onChange, onTrouble }: EntryProps) {
  const [whole, setWhole] = useState<WholeView>();
  const path = `cache/entries/${entry.id}`;
  const act = (what: 'pin' | 'unpin' | 'evict', changed: Partial<EntryView> | undefined): void => {
    post(`${path}/${what}`, {}).then(() => onChange(changed), onTrouble);
  };
  const show = (): void => {
    if (whole !== undefined) setWhole(undefined);
    else get<WholeView>(path).then(setWhole, onTrouble);
  };
  const name = entry.ask ?? `Entry ${entry.id.slice(0, 8)}`;
  const now = Date.now();
  return (
    <article class="entry" aria-label={name}>
      <div class="row">
        <p class="title">
          {name}
          {entry.pinned && <span class="tag">pinned</span>}
          {entry.similarity !== undefined && <span class="tag">{entry.similarity.toFixed(3)} alike</span>}
        </p>
        <div class="buttons">
          <button type="button" class="quiet" aria-expanded={whole !== undefined} onClick={show}>
            {whole === undefined ? 'Show' : 'Hide'}
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => act(entry.pinned ? 'unpin' : 'pin', { pinned: !entry.pinned })}
          >
            {entry.pinned ? 'Unpin' : 'Pin'}
          </button>
          <button type="button" class="quiet" onClick={() => act('evict', undefined)}>
            Evict
          </button>
        </div>
      </div>
      <p class="more">
        by {entry.model}, {entry.decision} · {ago(entry.created, now)}, ends {until(entry.expires, now)} ·{' '}
        {bytes(entry.bytes)} · found by {entry.found_by} · tenant {entry.tenant.slice(0, 8)}
      </p>
      {whole !== undefined && <pre>{answerOf(whole)}</pre>}
    </article>
  );
}

/** The text of the answer, or all that is known where there is none or it is hidden. */
function answerOf({ answer, ...known }: WholeView): string {
  const { choices } = (answer ?? {}) as { choices?: readonly { message?: { content?: unknown } }[] };
  const content = choices?.[0]?.message?.content;
  return typeof content === 'string' ? content : JSON.stringify(answer ?? known, undefined, 2);
}
