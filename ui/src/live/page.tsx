import { Charts } from './charts.js';
import { Decisions } from './decisions.js';
import { Exchanges } from './exchanges.js';
import { FlowPicture } from './flow.js';
import { Headline } from './headline.js';
import { Latency } from './latency.js';
import { Models } from './models.js';
import { Tiles } from './tiles.js';
import { type LiveState, useLive } from './use-live.js';

export function LivePage() {
  const state = useLive();
  const { view, exchanges, fresh, trouble } = state;
  if (view === undefined) return <Waiting {...state} />;
  return (
    <div class="live">
      {trouble !== '' && (
        <p class="note" role="status">
          {trouble} Trying again …
        </p>
      )}
      <Headline view={view} />
      <Tiles view={view} />
      <FlowPicture view={view} fresh={fresh} />
      <Charts view={view} />
      <Models view={view} />
      <div class="pair">
        <Decisions view={view} />
        <Latency view={view} />
      </div>
      <Exchanges exchanges={exchanges} pool={view.pool} />
    </div>
  );
}

function Waiting({ trouble }: LiveState) {
  return trouble === '' ? null : (
    <p class="note" role="status">
      {trouble} Trying again …
    </p>
  );
}
