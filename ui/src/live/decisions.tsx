import type { LiveView } from '../../../src/admin/live/view.js';
import { modelColour } from '../colours.js';
import { count, shareOf } from '../format.js';
import { Scroll } from '../parts/scroll.js';
import { UNDECIDED } from './flow-layout.js';

interface Line {
  readonly name: string;
  all: number;
  fromCache: number;
  refused: number;
  failed: number;
  readonly models: Set<string>;
}

/** What was decided how often, and what became of it. */
export function Decisions({ view }: { view: LiveView }) {
  const lines = linesOf(view.flows);
  return (
    <section class="card" aria-labelledby="decisions-title">
      <h2 id="decisions-title">By decision</h2>
      {lines.length === 0 ? (
        <p class="empty">Nothing was decided yet.</p>
      ) : (
        <Scroll labelledBy="decisions-title">
          <table>
            <thead>
              <tr>
                <th scope="col">Decision</th>
                <th scope="col">Prompts</th>
                <th scope="col">Share</th>
                <th scope="col">From cache</th>
                <th scope="col">Refused</th>
                <th scope="col">Failed</th>
                <th scope="col">Models</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.name}>
                  <th scope="row">{line.name}</th>
                  <td>{count(line.all)}</td>
                  <td>{shareOf(line.all, view.totals.requests)}</td>
                  <td>{count(line.fromCache)}</td>
                  <td>{count(line.refused)}</td>
                  <td>{count(line.failed)}</td>
                  <td>
                    {[...line.models].map((model) => (
                      <span
                        key={model}
                        class={`dot ${modelColour(model, view.pool)}`}
                        role="img"
                        aria-label={model}
                        title={model}
                      />
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function linesOf(flows: LiveView['flows']): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const { decision, target, model, count: many } of flows) {
    const name = decision || UNDECIDED;
    const line = lines.get(name) ?? {
      name,
      all: 0,
      fromCache: 0,
      refused: 0,
      failed: 0,
      models: new Set<string>(),
    };
    lines.set(name, line);
    line.all += many;
    if (target === 'cache') line.fromCache += many;
    if (target === 'refused') line.refused += many;
    if (target === 'failed') line.failed += many;
    if (target === 'model') line.models.add(model);
  }
  return [...lines.values()].toSorted((one, other) => other.all - one.all);
}
