import type { LiveView } from '../../../src/admin/live/view.js';
import { count, ms } from '../format.js';
import { Scroll } from '../parts/scroll.js';

/** Where Sextant's own milliseconds go. */
export function Latency({ view }: { view: LiveView }) {
  const longest = Math.max(0.001, ...view.stages.map(({ p95 }) => p95 ?? 0));
  return (
    <section class="card" aria-labelledby="stages-title">
      <h2 id="stages-title">Sextant's time by stage</h2>
      {view.stages.length === 0 ? (
        <p class="empty">No stage ran yet.</p>
      ) : (
        <Scroll labelledBy="stages-title">
          <table>
            <thead>
              <tr>
                <th scope="col">Stage</th>
                <th scope="col" class="wide">
                  <span class="visually-hidden">Picture</span>
                </th>
                <th scope="col">p50</th>
                <th scope="col">p95</th>
                <th scope="col">Times</th>
              </tr>
            </thead>
            <tbody>
              {view.stages.map(({ name, p50, p95, count: times }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class="wide">
                    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                      <rect class="far" width={((p95 ?? 0) / longest) * 100} height="8" />
                      <rect class="near" width={((p50 ?? 0) / longest) * 100} height="8" />
                    </svg>
                  </td>
                  <td>{ms(p50)}</td>
                  <td>{ms(p95)}</td>
                  <td>{count(times)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
