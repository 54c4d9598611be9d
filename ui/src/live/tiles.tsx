import type { ComponentChildren } from 'preact';
import type { LiveFalseHits, LiveView } from '../../../src/admin/live/view.js';
import { bytes, count, ms, NONE, percent, plural, shareOf, short, usd } from '../format.js';

export function Tiles({ view }: { view: LiveView }) {
  const { totals, cache, false_hits: falseHits } = view;
  const hits = totals.hits_exact + totals.hits_semantic;
  const looked = hits + totals.misses;
  return (
    <section class="tiles" aria-label="Figures of the last hour">
      <Tile
        name="Prompts"
        value={short(totals.requests)}
        more={<Spark values={view.minutes.map((each) => each.requests)} />}
      />
      <Tile name="Answered from cache" value={shareOf(hits, totals.requests)} tone="good">
        {count(totals.hits_exact)} same words, {count(totals.hits_semantic)} other words;{' '}
        {shareOf(hits, looked)} of those looked up
      </Tile>
      <Tile name="Wrong hits, estimated" value={wrongOf(falseHits)}>
        {wrongMore(falseHits)}
      </Tile>
      <Tile name="Sextant's own time" value={ms(view.overhead_ms.p50)}>
        p50; p95 is {ms(view.overhead_ms.p95)}
      </Tile>
      <Tile name="Failed" value={count(totals.failed)} tone={totals.failed > 0 ? 'bad' : undefined}>
        {view.errors.length === 0
          ? 'no errors'
          : view.errors.map(({ code, count: times }) => `${code} × ${times}`).join(', ')}
      </Tile>
      <Tile name="Tokens of models" value={short(totals.prompt_tokens + totals.completion_tokens)}>
        {short(totals.prompt_tokens)} read, {short(totals.completion_tokens)} written
        {totals.estimated > 0 ? `; ${plural(totals.estimated, 'answer')} estimated` : ''}
      </Tile>
      <Money view={view} />
      <Tile name="In the cache" value={short(cache.entries)}>
        {bytes(cache.bytes)}
        {cache.evictions > 0 ? `, ${short(cache.evictions)} made way` : ''}
      </Tile>
    </section>
  );
}

function Money({ view: { totals, saved_by_routing: saved } }: { view: LiveView }) {
  if (saved === null) {
    return (
      <Tile name="Spent on models" value={NONE}>
        no model card has a price
      </Tile>
    );
  }
  const { dearest, default: usual } = saved;
  const without = totals.cost_usd + totals.saved_by_cache_usd + dearest.usd;
  return (
    <>
      <Tile name="Spent on models" value={usd(totals.cost_usd)}>
        {usd(without)} without router and cache
      </Tile>
      <Tile name="Saved by routing" value={usd(dearest.usd)} tone={dearest.usd > 0 ? 'good' : undefined}>
        against {dearest.model} for all; {usd(usual.usd)} against {usual.model} for all
      </Tile>
      <Tile
        name="Saved by the cache"
        value={usd(totals.saved_by_cache_usd)}
        tone={totals.saved_by_cache_usd > 0 ? 'good' : undefined}
      >
        what these answers cost the first time
      </Tile>
    </>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'good' | 'bad' | undefined;
  readonly more?: ComponentChildren;
  readonly children?: ComponentChildren;
}

function Tile({ name, value, tone, more, children }: TileProps) {
  return (
    <div class="tile card">
      <h2>{name}</h2>
      <p class={tone === undefined ? 'figure' : `figure ${tone}`}>{value}</p>
      {more ?? <p class="more">{children}</p>}
    </div>
  );
}

function wrongOf(falseHits: readonly LiveFalseHits[]): string {
  const known = falseHits.flatMap(({ ratio }) => ratio ?? []);
  return known.length === 0 ? NONE : percent(Math.max(...known));
}

/** Of several routes the worst counts. */
function wrongMore(falseHits: readonly LiveFalseHits[]): string {
  if (falseHits.length === 0) return 'set verify_sample_rate to measure';
  const worst = falseHits
    .filter(({ ratio }) => ratio !== null)
    .toSorted((one, other) => (other.ratio ?? 0) - (one.ratio ?? 0))[0];
  if (worst === undefined) return 'no hit was checked yet';
  const allowed = worst.allowed === null ? '' : `; ${percent(worst.allowed)} allowed`;
  return `${percent(worst.low)} to ${percent(worst.high)}, sampled${allowed}`;
}

const SPARK = { width: 120, height: 26 };

function Spark({ values }: { values: readonly number[] }) {
  const most = Math.max(1, ...values);
  const step = SPARK.width / values.length;
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {values.map((value, at) => {
        const height = value === 0 ? 0.6 : Math.max(1.5, (value / most) * SPARK.height);
        return <rect key={at} x={at * step} y={SPARK.height - height} width={step * 0.72} height={height} />;
      })}
    </svg>
  );
}
