import type { LiveView } from '../../../src/admin/live/view.js';
import { listed, ms, percent, plural } from '../format.js';

/** What the router did in the last hour, in a sentence or two. */
export function Headline({ view }: { view: LiveView }) {
  const { totals, observes } = view;
  if (totals.requests === 0) return <Quiet view={view} />;
  return (
    <section class="headline" aria-label="Summary">
      <h1>
        {plural(totals.requests, 'prompt')} in the last hour{observes ? ', only watched' : ''}
      </h1>
      <p>
        {waysOf(view)} {savedOf(view)} Sextant itself took {ms(view.overhead_ms.p50)} for a typical prompt,
        and {ms(view.overhead_ms.p95)} for the slowest of twenty.
      </p>
    </section>
  );
}

/** Against one model, the dearest, for all and no cache. */
function savedOf({ totals, saved_by_routing: routing }: LiveView): string {
  const saved = totals.saved_by_cache_usd + (routing?.dearest.usd ?? 0);
  if (routing === null || saved <= 0) return '';
  return `Routing and cache saved ${percent(saved / (saved + totals.cost_usd))} of what ${routing.dearest.model} alone would have cost.`;
}

const NAMED_MAX = 3;

/** Who answered, the largest part first. */
function waysOf({ totals, models }: LiveView): string {
  const hits = totals.hits_exact + totals.hits_semantic;
  const parts = [
    { who: 'the cache', count: hits },
    ...models.map(({ name, requests, failed }) => ({ who: name, count: requests - failed })),
  ]
    .filter(({ count }) => count > 0)
    .toSorted((one, other) => other.count - one.count);
  const shown = parts
    .slice(0, NAMED_MAX)
    .map(({ who, count }) => `${who} answered ${percent(count / totals.requests)}`);
  const rest = parts.slice(NAMED_MAX).reduce((sum, { count }) => sum + count, 0);
  const all = rest === 0 ? shown : [...shown, `other models ${percent(rest / totals.requests)}`];
  const refused = totals.refused === 0 ? '' : ` The policy refused ${totals.refused}.`;
  const failed = totals.failed === 0 ? '' : ` ${plural(totals.failed, 'prompt')} failed.`;
  const text = listed(all);
  const sentence = text === '' ? 'Nobody answered.' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return `${sentence}${refused}${failed}`;
}

function Quiet({ view }: { view: LiveView }) {
  return (
    <section class="headline" aria-label="Summary">
      <h1>No prompt in the last hour</h1>
      <p>
        Sextant is ready: it reads each prompt, answers from the cache what was asked before, and sends the
        rest to one of {plural(view.pool.length, 'model')}.{' '}
        <a href="#playground">Ask something in the playground</a>, and watch its way here.
      </p>
    </section>
  );
}
