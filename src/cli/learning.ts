import { type AdminOptions, adminClient } from './admin-client.js';
import { table } from './figures-text.js';
import { OK, type Output } from './output.js';

export interface LearningOptions extends AdminOptions {
  readonly json?: boolean;
}

/** What `GET /learning` answers, as far as it is shown. */
interface Report {
  readonly decisions: Readonly<Record<string, DecisionReport>>;
}
interface DecisionReport {
  readonly rule: { readonly exploreMax: number };
  readonly outcomes: number;
  readonly models: readonly ModelReport[];
  readonly versions: readonly {
    readonly version: number;
    readonly atMs: number;
    readonly outcomes: number;
  }[];
}
interface ModelReport {
  readonly model: string;
  readonly requests: number;
  readonly explored: number;
  readonly outcomes: number;
  readonly quality?: number;
  readonly expected?: number;
  readonly correction: number;
  readonly drift?: {
    readonly mean: number;
    readonly low: number;
    readonly high: number;
    readonly outside: boolean;
  };
}

const HEADINGS = [
  'model',
  'requests',
  'explored',
  'outcomes',
  'live',
  'expected',
  'drift',
  '95 %',
  'learned',
  '',
];
/** Older ones are in the JSON. */
const VERSIONS_SHOWN = 5;

/** `sextant learning`. */
export async function learningShow(options: LearningOptions, output: Output): Promise<number> {
  const report = (await adminClient(options).get('/learning')) as Report;
  if (options.json === true) {
    output.out(JSON.stringify(report));
    return OK;
  }
  const decisions = Object.entries(report.decisions);
  if (decisions.length === 0)
    output.out('No decision learns; `enabled: true` in the `learning` section turns it on.');
  for (const [at, [name, decision]] of decisions.entries()) {
    if (at > 0) output.out('');
    for (const line of decisionLines(name, decision)) output.out(line);
  }
  return OK;
}

/** `sextant learning rollback DECISION VERSION`. */
export async function learningRollback(
  asked: { readonly decision: string; readonly version: number },
  options: LearningOptions,
  output: Output,
): Promise<number> {
  const answer = await adminClient(options).post('/learning/rollback', asked);
  output.out(
    options.json === true
      ? JSON.stringify(answer)
      : `${asked.decision} knows again what it knew at version ${asked.version}`,
  );
  return OK;
}

function decisionLines(
  name: string,
  { rule, outcomes, models, versions }: DecisionReport,
): readonly string[] {
  const sum = (of: 'requests' | 'explored') => models.reduce((all, model) => all + model[of], 0);
  const requests = sum('requests');
  const explored = requests === 0 ? 0 : sum('explored') / requests;
  const head =
    `${name}: ${outcomes} outcomes, ${requests} requests, ` +
    `${percent(explored)} explored (at most ${percent(rule.exploreMax)})`;
  const rows = models.map((model) => cells(model, requests));
  const kept = versions.slice(-VERSIONS_SHOWN).map(({ version, atMs, outcomes: known }) => {
    return `${version} (${known} outcomes, ${new Date(atMs).toISOString().slice(0, 19)}Z)`;
  });
  return [head, ...table([HEADINGS, ...rows]).map((line) => `  ${line}`), `  versions: ${kept.join(', ')}`];
}

function cells(
  { model, requests, explored, outcomes, ...found }: ModelReport,
  all: number,
): readonly string[] {
  const { quality, expected, drift, correction } = found;
  const figure = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(3));
  return [
    model,
    `${requests} (${percent(all === 0 ? 0 : requests / all)})`,
    String(explored),
    String(outcomes),
    figure(quality),
    figure(expected),
    drift === undefined ? '–' : signed(drift.mean),
    drift === undefined ? '' : `${signed(drift.low)} to ${signed(drift.high)}`,
    signed(correction),
    drift?.outside === true ? 'not as expected' : '',
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
