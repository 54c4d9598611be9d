import type { Bench } from './figures.js';
import { openScene } from './scene.js';
import type { Row } from './table.js';

const REQUESTS = 200_000;
const CONNECTIONS = 32;

/**
 * Sends 200,000 requests of every kind through Envoy as it ships. Envoy resets each ext_proc stream and Node takes many
 * resets for an attack, so a wrong limit on the connection shows here and in no shorter test.
 */
export async function soak({ envoy, client, quick, say }: Bench): Promise<readonly Row[]> {
  const requests = quick ? REQUESTS / 20 : REQUESTS;
  const scene = await openScene('cache.yaml', ['sextant'], envoy);
  try {
    const { port } = scene.way('sextant');
    const recipe = { name: 'soak', offset: 0 } as const;
    const cpuBefore = scene.sextant.cpuMs();
    say(`${requests} requests`);
    const result = await client.runAnyway(port, { recipe, connections: CONNECTIONS, requests });
    for (const problem of result.problems) say(problem);
    const cpuMs = (scene.sextant.cpuMs() - cpuBefore) / requests;
    return [
      {
        what: `soak, ${requests} requests: failed for the client`,
        unit: '',
        measured: result.failed,
        target: 0,
        hold: 'at most',
        note: `${Math.round(result.requestsPerSecond)} rps, CPU of Sextant ${cpuMs.toFixed(3)} ms per request`,
      },
      {
        what: 'soak: streams that Sextant failed',
        unit: '',
        measured: failedStreams(await scene.metrics()),
        target: 0,
        hold: 'at most',
      },
      {
        what: 'soak: memory after it',
        unit: 'MB',
        measured: scene.sextant.rssMb(),
        target: 350,
        hold: 'at most',
      },
    ];
  } finally {
    await scene.close();
  }
}

/** The sum over all labels; NaN when the counter is not there at all, so that a renamed one holds nothing. */
function failedStreams(metrics: string): number {
  const lines = metrics.split('\n');
  if (!lines.some((line) => line.startsWith('# TYPE sextant_streams_failed_total '))) return Number.NaN;
  return lines
    .filter((line) => line.startsWith('sextant_streams_failed_total'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
