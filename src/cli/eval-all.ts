import { type Classifier, openEvaluationStore } from '../app.js';
import type { CacheSources } from '../evaluation/dev-cache.js';
import { measureRouting } from '../evaluation/dev-routing.js';
import { type DevLine, measureDevTable } from '../evaluation/dev-table.js';
import { readHead } from '../evaluation/head-files.js';
import { ownTexts } from '../evaluation/own-texts.js';
import { systemClock } from '../lib/clock.js';
import type { CustomHead } from '../signals/custom-head.js';
import { ENTRIES_FILE, shippedThresholds, TRAPS_FILE } from './eval-cache.js';
import { promptTools } from './eval-routing.js';
import { intervalText, table, valueText } from './figures-text.js';
import { messageOf, OK, type Output } from './output.js';
import { packagePath } from './package-path.js';
import { withClassifier } from './with-classifier.js';

export interface EvalAllOptions {
  readonly dataDir?: string;
  readonly models?: string;
  /** Question pairs that the cache is tried on, at most. */
  readonly rows: number;
  readonly json?: boolean;
}

/** `sextant eval all`: every figure on development rows, with its 95 % interval, beside its target. */
export async function evaluateAll(
  { dataDir, models, rows, json }: EvalAllOptions,
  output: Output,
): Promise<number> {
  const modelsDir = models ?? packagePath('models');
  if (dataDir === undefined)
    output.err(
      'note: without --data-dir only what needs none of its rows is measured: our own texts and the clock',
    );
  const lines: DevLine[] = [];
  await withClassifier(models, async (encoder, workers) => {
    const clinc = await clincHead(`${modelsDir}/heads/clinc150`, encoder.hash, output);
    const texts = ownTexts(packagePath('models/train/augment'));
    const cache = cacheSources(encoder, rows);
    const sources = { texts, dataDir, clinc, modelsDir, cache };
    const tell = (line: DevLine): void => {
      lines.push(line);
      if (json === true) output.out(JSON.stringify(jsonOf(line)));
      else output.err(`measured ${line.what}`);
    };
    await measureDevTable(sources, { encoder, workers, clock: systemClock }, tell);
    if (dataDir === undefined) return;
    const progress = (what: string) => output.err(what);
    const found = await measureRouting(
      { dataDir, modelsDir, progress },
      promptTools(encoder, workers, output),
    );
    for (const line of found) tell(line);
  });
  if (json !== true) output.out(textOf(lines));
  return OK;
}

function cacheSources(encoder: Classifier['encoder'], pairsMax: number): CacheSources {
  return {
    openStore: () => openEvaluationStore(encoder.dimension),
    judge: encoder.pairJudge,
    thresholds: shippedThresholds(),
    entries: packagePath(ENTRIES_FILE),
    traps: packagePath(TRAPS_FILE),
    pairsMax,
  };
}

/** The dev table is worth printing without the example head too. */
async function clincHead(dir: string, hash: string, output: Output): Promise<CustomHead | undefined> {
  try {
    return await readHead(dir, hash);
  } catch (thrown) {
    output.err(`note: the 150 everyday intents are left out: ${messageOf(thrown)}`);
    return undefined;
  }
}

function jsonOf({ what, figure, target }: DevLine) {
  const { value, interval, n } = figure;
  return {
    what,
    value,
    ci: interval ?? null,
    n,
    target: target ?? null,
    met: metBy({ what, figure, target }),
  };
}

function metBy({ figure: { value }, target }: DevLine): boolean | null {
  if (target === undefined || value === null) return null;
  return target.is === 'at least' ? value >= target.value : value <= target.value;
}

function textOf(lines: readonly DevLine[]): string {
  const rows = lines.map((line) => {
    const { what, figure, target } = line;
    const met = metBy(line);
    const wanted = target === undefined ? '' : `${target.is === 'at least' ? '≥' : '≤'} ${target.value}`;
    return [
      what,
      valueText(figure),
      intervalText(figure),
      String(figure.n),
      wanted,
      met === null ? '' : met ? 'met' : 'MISSED',
    ];
  });
  return [
    ...table([['development rows', 'figure', '95 %', 'n', 'target', ''], ...rows]),
    '',
    'No weight was shaped by these rows; temperatures and thresholds were chosen on them.',
  ].join('\n');
}
