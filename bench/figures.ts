import { type Comparison, compare, type LoadClient, type SideFigures } from './measure.js';
import { openScene, type Scene, type Side } from './scene.js';
import type { Row } from './table.js';

/** What every set of figures needs. */
export interface Bench {
  readonly envoy: string;
  readonly client: LoadClient;
  /** Fewer rounds and requests: good for a look, not for a claim. */
  readonly quick: boolean;
  /** Told which set begins, for those who wait. */
  readonly say: (text: string) => void;
}

/** One scene and all the rows that are measured in it. */
export interface FigureSet {
  readonly name: string;
  readonly measure: (bench: Bench) => Promise<readonly Row[]>;
}

export const FIGURE_SETS: readonly FigureSet[] = [
  {
    name: 'rules-usage',
    measure: (bench) => inScene(bench, 'rules-usage.yaml', ['direct', 'nothing'], withUsage),
  },
  { name: 'rules', measure: (bench) => inScene(bench, 'rules.yaml', ['direct', 'nothing'], withoutUsage) },
  { name: 'cache', measure: (bench) => inScene(bench, 'cache.yaml', ['direct', 'nothing-reply'], cached) },
];

type Compare = (what: Omit<Comparison, 'scene' | 'client'>) => Promise<Figures>;
type Figures = (side: Side) => SideFigures;

async function inScene(
  bench: Bench,
  config: string,
  others: readonly Side[],
  measure: (compareHere: Compare, scene: Scene) => Promise<Row[]>,
): Promise<readonly Row[]> {
  const scene = await openScene(config, [...others, 'sextant'], bench.envoy);
  try {
    return await measure(comparerOf(bench, scene), scene);
  } finally {
    await scene.close();
  }
}

function comparerOf({ client, quick, say }: Bench, scene: Scene): Compare {
  return async (what) => {
    say(`${what.requests} x ${what.recipe}, ${what.connections} connections, ${what.sides.join(', ')}`);
    const requests = quick ? Math.ceil(what.requests / 5) : what.requests;
    const rounds = quick ? 1 : what.rounds;
    const figures = await compare({ ...what, requests, rounds, scene, client });
    return (side) => {
      const found = figures.get(side);
      if (found === undefined) throw new Error(`${side} was not measured`);
      return found;
    };
  };
}

async function withUsage(compareHere: Compare): Promise<Row[]> {
  const sides: readonly Side[] = ['direct', 'nothing', 'sextant'];
  const alone = await compareHere({ sides, recipe: 'short', connections: 1, requests: 1_000, rounds: 7 });
  const many = await compareHere({ sides, recipe: 'short', connections: 32, requests: 10_000, rounds: 5 });
  const huge = await compareHere({
    sides: ['direct', 'sextant'],
    recipe: 'huge',
    connections: 1,
    requests: 200,
    rounds: 5,
  });
  return [
    added('rules only, answer read for usage, 1 client', alone, 'nothing', { target: 1.1, there: 0.9 }),
    throughput('rules only, answer read for usage, 32 clients', many, 'nothing', {
      target: 3_300,
      there: 4_700,
    }),
    cpu('CPU of Sextant, rules only', many, 'nothing', { target: 0.2, there: 0.12 }),
    added('200 KB prompt by rules, 1 client', huge, undefined, { target: 5 }),
  ];
}

async function withoutUsage(compareHere: Compare): Promise<Row[]> {
  const sides: readonly Side[] = ['direct', 'nothing', 'sextant'];
  const alone = await compareHere({ sides, recipe: 'short', connections: 1, requests: 1_000, rounds: 7 });
  return [added('rules only, answer not read, 1 client', alone, 'nothing', { target: 0.7, there: 0.9 })];
}

async function cached(compareHere: Compare, scene: Scene): Promise<Row[]> {
  const sides: readonly Side[] = ['direct', 'sextant'];
  const replying: readonly Side[] = ['nothing-reply', 'sextant'];
  const exact = { recipe: 'repeated', outcome: 'hit-exact' } as const;
  const hit = await compareHere({ ...exact, sides: replying, connections: 1, requests: 1_000, rounds: 7 });
  const hits = await compareHere({ ...exact, sides: replying, connections: 32, requests: 15_000, rounds: 5 });
  const reworded = await compareHere({
    sides: ['sextant'],
    recipe: 'reworded',
    outcome: 'hit-semantic',
    connections: 1,
    requests: 150,
    rounds: 4,
  });
  const miss = { recipe: 'short', outcome: 'miss' } as const;
  const short = await compareHere({ ...miss, sides, connections: 1, requests: 300, rounds: 5 });
  const shorts = await compareHere({
    ...miss,
    sides: ['sextant'],
    connections: 32,
    requests: 1_000,
    rounds: 3,
  });
  const long = await compareHere({
    sides,
    recipe: 'long',
    outcome: 'miss',
    connections: 1,
    requests: 30,
    rounds: 3,
  });
  const loaded = scene.sextant.rssMb();
  return [
    answered('exact hit, 1 client', hit, 'nothing-reply', { target: 0.75, there: 0.56 }),
    throughput('exact hits, 32 clients', hits, 'nothing-reply', { target: 5_500, there: 8_800 }),
    cpu('CPU of Sextant, exact hit', hits, 'nothing-reply', { target: 0.12, there: 0.07 }),
    answered('reworded hit, seen for the first time, 1 client', reworded, undefined, { target: 5 }),
    added('14-word prompt, one encoder pass, 1 client', short, undefined, { target: 4 }),
    throughput('encoder misses, 32 clients', shorts, undefined, { target: 300 }),
    added('400-word prompt, 1 client', long, undefined, { target: 60 }),
    { what: 'memory, idle with models', unit: 'MB', measured: scene.idleRssMb, target: 200, hold: 'at most' },
    { what: 'memory, after the load', unit: 'MB', measured: loaded, target: 350, hold: 'at most' },
    { what: 'start until ready', unit: 'ms', measured: scene.readyMs, target: 1_000, hold: 'at most' },
  ];
}

/** `there`: what the do-nothing processor measured on the machine for which the target was set. */
interface Goal {
  readonly target: number;
  readonly there?: number;
}

function added(what: string, figures: Figures, nothing: Side | undefined, goal: Goal): Row {
  const ours = figures('sextant');
  return {
    what: `${what}: added p50`,
    unit: 'ms',
    measured: ours.addedMs,
    ...(nothing === undefined ? {} : { nothing: figures(nothing).addedMs }),
    ...heldAgainst(goal),
    hold: 'at most',
    note: `whole ${ours.p50Ms.toFixed(2)} ms, without processor ${figures('direct').p50Ms.toFixed(2)} ms${share(ours)}`,
  };
}

function answered(what: string, figures: Figures, nothing: Side | undefined, goal: Goal): Row {
  const ours = figures('sextant');
  return {
    what: `${what}: answered, p50`,
    unit: 'ms',
    measured: ours.p50Ms,
    ...(nothing === undefined ? {} : { nothing: figures(nothing).p50Ms }),
    ...heldAgainst(goal),
    hold: 'at most',
    note: `first to last byte at the client${share(ours)}`,
  };
}

function throughput(what: string, figures: Figures, nothing: Side | undefined, goal: Goal): Row {
  const ours = figures('sextant');
  return {
    what: `${what}: throughput`,
    unit: 'rps',
    measured: ours.requestsPerSecond,
    ...(nothing === undefined ? {} : { nothing: figures(nothing).requestsPerSecond }),
    ...heldAgainst(goal),
    hold: 'at least',
    note:
      `p50 ${ours.p50Ms.toFixed(1)} ms; CPU per request: Sextant ${ours.processorCpuMs.toFixed(3)} ms, ` +
      `Envoy ${ours.envoyCpuMs.toFixed(3)} ms${share(ours)}`,
  };
}

function cpu(what: string, figures: Figures, nothing: Side, goal: Goal): Row {
  return {
    what: `${what}: per request`,
    unit: 'ms',
    measured: figures('sextant').processorCpuMs,
    nothing: figures(nothing).processorCpuMs,
    ...heldAgainst(goal),
    hold: 'at most',
  };
}

function heldAgainst({ target, there }: Goal): Pick<Row, 'target' | 'nothingThere'> {
  return there === undefined ? { target } : { target, nothingThere: there };
}

/** Said only when some answers did not have the outcome that the row is about. */
function share({ counted, requests }: SideFigures): string {
  return counted === requests ? '' : `; ${((100 * counted) / requests).toFixed(1)} % counted`;
}
