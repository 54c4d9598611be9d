import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { openEvaluationStore } from '../app.js';
import { DEFAULTS } from '../config/defaults.js';
import { type CacheEvaluation, curveCsv, evaluateCache, type PolicyFigures } from '../evaluation/cache.js';
import { readEntries, readPairs, sampleOf } from '../evaluation/cache-rows.js';
import type { CacheTools } from '../evaluation/cache-trials.js';
import { systemClock } from '../lib/clock.js';
import { table } from './figures-text.js';
import { CliError, messageOf, OK, type Output } from './output.js';
import { packagePath } from './package-path.js';
import { withClassifier } from './with-classifier.js';

export interface EvalCacheOptions {
  readonly pairs: string;
  /** Where the curve goes, as CSV. */
  readonly curve?: string;
  readonly entries?: string;
  /** At most so many rows, drawn by the seed. */
  readonly limit?: number;
  readonly seed: number;
  readonly models?: string;
  readonly json?: boolean;
}

/** Of this package; an installed one does not carry them. */
export const ENTRIES_FILE = 'tests/fixtures/unrelated-asks.jsonl';
export const TRAPS_FILE = 'tests/fixtures/cache-traps.jsonl';

/** `sextant eval cache`: how many of the hits are right, and how many of the rewordings hit, as shipped. */
export async function evaluateCachePairs(options: EvalCacheOptions, output: Output): Promise<number> {
  const { curve, limit, seed } = options;
  const entriesFile = entriesPath(options.entries);
  const found = await withClassifier(options.models, async (encoder, workers) => {
    const all = await readPairs(options.pairs);
    const rows = limit === undefined ? all : sampleOf(all, { limit, seed });
    const tools: CacheTools = {
      encoder,
      workers,
      clock: systemClock,
      progress: (done, of) => output.err(`${done} of ${of} rows`),
      store: await openEvaluationStore(encoder.dimension),
      judge: encoder.pairJudge,
      thresholds: shippedThresholds(),
    };
    return evaluateCache(rows, await readEntries(entriesFile), tools);
  });
  for (const note of found.notes) output.err(`note: ${note}`);
  if (curve !== undefined) await writeCurve(curve, found);
  output.out(options.json === true ? JSON.stringify(found.json) : textOf(found));
  return OK;
}

/** What holds where a policy says nothing. */
export function shippedThresholds(): CacheTools['thresholds'] {
  const { similarityThreshold, candidateThreshold } = DEFAULTS.semanticCache;
  return { similarity: similarityThreshold, candidate: candidateThreshold };
}

export function entriesPath(named: string | undefined): string {
  const path = named ?? packagePath(ENTRIES_FILE);
  if (named !== undefined || existsSync(path)) return path;
  throw new CliError(
    `the entries that fill the cache (${ENTRIES_FILE}) are not in this installation; name a file of {"ask": "…"} rows with --entries`,
  );
}

async function writeCurve(path: string, { curve }: CacheEvaluation): Promise<void> {
  try {
    await writeFile(path, curveCsv(curve));
  } catch (thrown) {
    throw new CliError(`the curve cannot be written: ${messageOf(thrown)}`);
  }
}

function textOf({ policies, kinds }: CacheEvaluation): string {
  const head = ['policy', 'precision', 'recall', 'false hits', 'hits'];
  const lines = table([head, ...policies.map(cells)]);
  if (kinds.length === 0) return lines.join('\n');
  return [...lines, '', ...table([['as shipped, by kind', ...head.slice(1)], ...kinds.map(cells)])].join(
    '\n',
  );
}

function cells({ name, precision, recall, falseHitRate, hits }: PolicyFigures): readonly string[] {
  const text = (value: number | null) => value?.toFixed(3) ?? '–';
  return [name.replaceAll('_', ' '), text(precision), text(recall), text(falseHitRate), String(hits)];
}
