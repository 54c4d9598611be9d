import type { LiveModel, LiveView } from '../../../src/admin/live/view.js';
import { modelColour } from '../colours.js';
import { count, ms, shareOf, short, usd } from '../format.js';
import { Scroll } from '../parts/scroll.js';
import { poolAnd } from './pool-and.js';

export function Models({ view }: { view: LiveView }) {
  const { pool, totals, models } = view;
  const known = new Map(models.map((model) => [model.name, model]));
  const names = poolAnd(
    pool,
    models.map(({ name }) => name),
  );
  return (
    <section class="card" aria-labelledby="models-title">
      <h2 id="models-title">By model</h2>
      <Scroll labelledBy="models-title">
        <table>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Prompts</th>
              <th scope="col">Share</th>
              <th scope="col">First byte, p50</th>
              <th scope="col">First token, p50</th>
              <th scope="col">Tokens</th>
              <th scope="col">Cost</th>
              <th scope="col">Failed</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <Row key={name} name={name} model={known.get(name)} total={totals.requests} view={view} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly model: LiveModel | undefined;
  readonly total: number;
  readonly view: LiveView;
}

function Row({ name, model, total, view: { pool, default_model: fallback } }: RowProps) {
  const requests = model?.requests ?? 0;
  const tokens = (model?.prompt_tokens ?? 0) + (model?.completion_tokens ?? 0);
  return (
    <tr class={requests === 0 ? 'idle' : undefined}>
      <th scope="row">
        <span class={`dot ${modelColour(name, pool)}`} aria-hidden="true" /> {name}
        {name === fallback && <span class="tag">default</span>}
      </th>
      <td>{count(requests)}</td>
      <td>{shareOf(requests, total)}</td>
      <td>{ms(model?.first_byte_ms.p50 ?? null)}</td>
      <td>{ms(model?.first_token_ms.p50 ?? null)}</td>
      <td>{short(tokens)}</td>
      <td>{usd(model?.cost_usd ?? 0)}</td>
      <td>{count(model?.failed ?? 0)}</td>
    </tr>
  );
}
