import { useState } from 'preact/hooks';
import type { FeedItem } from '../../../src/admin/live/feed.js';
import { modelColour } from '../colours.js';
import { clock, ms, NONE, short } from '../format.js';
import { Scroll } from '../parts/scroll.js';
import { UNDECIDED } from './flow-layout.js';

const SHOWN = 15;

/** The exchanges of late, newest first. No text of them: nobody keeps that. */
export function Exchanges({ exchanges, pool }: { exchanges: readonly FeedItem[]; pool: readonly string[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? exchanges : exchanges.slice(0, SHOWN);
  return (
    <section class="card" aria-labelledby="exchanges-title">
      <h2 id="exchanges-title">Latest exchanges</h2>
      {exchanges.length === 0 ? (
        <p class="empty">They appear here as they end.</p>
      ) : (
        <Scroll labelledBy="exchanges-title">
          <table class="exchanges">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Answered by</th>
                <th scope="col">Decision</th>
                <th scope="col">Cache</th>
                <th scope="col" class="number">
                  Sextant
                </th>
                <th scope="col" class="number">
                  First byte
                </th>
                <th scope="col" class="number">
                  Tokens
                </th>
                <th scope="col" class="number">
                  Status
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((item) => (
                <Row key={item.seq} item={item} pool={pool} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {exchanges.length > SHOWN && (
        <button type="button" class="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${exchanges.length}`}
        </button>
      )}
    </section>
  );
}

function Row({ item, pool }: { item: FeedItem; pool: readonly string[] }) {
  const tokens = item.prompt_tokens === null && item.completion_tokens === null;
  const stages = Object.entries(item.stages_ms).map(([stage, took]) => `${stage} ${ms(took)}`);
  return (
    <tr class={item.target === 'failed' ? 'failed' : undefined}>
      <td>{clock(item.at)}</td>
      <td>
        <Target item={item} pool={pool} />
      </td>
      <td>{item.decision || UNDECIDED}</td>
      <td title={item.cache_reason}>
        {item.cache}
        {item.similarity !== null && item.cache !== 'hit-exact' ? ` ${item.similarity.toFixed(2)}` : ''}
      </td>
      <td class="number" title={stages.join(', ')}>
        {ms(item.overhead_ms)}
      </td>
      <td class="number">{ms(item.first_byte_ms)}</td>
      <td class="number">
        {tokens ? NONE : short((item.prompt_tokens ?? 0) + (item.completion_tokens ?? 0))}
      </td>
      <td class="number" title={item.error}>
        {item.status === 0 ? NONE : item.status}
      </td>
    </tr>
  );
}

function Target({ item: { target, model }, pool }: { item: FeedItem; pool: readonly string[] }) {
  const [className, name] =
    target === 'model'
      ? [modelColour(model, pool), model]
      : [`c-${target}`, target === 'cache' ? 'cache' : target];
  return (
    <>
      <span class={`dot ${className}`} aria-hidden="true" /> {name}
    </>
  );
}
