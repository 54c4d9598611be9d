import { cpus } from 'node:os';
import { type Bench, FIGURE_SETS } from './figures.js';
import { findEnvoyBinary } from './find-envoy.js';
import { startLoadClient } from './measure.js';
import { soak } from './soak.js';
import { isHeld, type Row, renderTable } from './table.js';

/**
 * Measures Sextant beside a processor that does nothing and beside Envoy alone, and holds the figures against their
 * targets. Ends with status 0 whatever is held: a figure is told, never enforced by a machine that others may share.
 *
 * Usage: node run.js [--soak] [--quick] [--only=SET] [--json] [--envoy=PATH]
 */
const flags = new Set(process.argv.slice(2));
const optionOf = (name: string): string | undefined =>
  [...flags].find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3);

const client = startLoadClient();
try {
  const bench: Bench = {
    envoy: await findEnvoyBinary(optionOf('envoy')),
    client,
    quick: flags.has('--quick'),
    say: (text) => console.error(text),
  };
  const rows: Row[] = [];
  if (flags.has('--soak')) {
    rows.push(...(await soak(bench)));
  } else {
    const only = optionOf('only');
    for (const set of FIGURE_SETS.filter(({ name }) => only === undefined || name === only)) {
      rows.push(...(await set.measure(bench)));
    }
  }
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`;
  if (flags.has('--json')) {
    console.log(JSON.stringify({ machine, rows: rows.map((row) => ({ ...row, held: isHeld(row) })) }));
  } else {
    console.log(
      `${machine}; load generator, Envoy, Sextant and upstream share them; Envoy runs one worker\n\n${renderTable(rows)}`,
    );
  }
} finally {
  client.close();
}
