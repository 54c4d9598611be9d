import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheEvaluation, evaluateCache } from './cache.js';
import { type PairRow, readEntries, readPairs, sampleOf } from './cache-rows.js';
import type { CacheTools } from './cache-trials.js';
import type { EvaluationTools, Figure } from './evaluation.js';

/** What the cache is measured with, besides the encoder. */
export interface CacheSources extends Pick<CacheTools, 'judge' | 'thresholds'> {
  /** An empty store for each set of pairs. */
  openStore(): Promise<CacheTools['store']>;
  /** File of the entries that nobody asks for. */
  readonly entries: string;
  /** File of pairs where one thing differs, or only looks so. */
  readonly traps: string;
  /** At most so many of the question pairs, drawn by a seed that is always the same: all of them take many minutes. */
  readonly pairsMax: number;
}

const SAMPLE_SEED = 1;

interface Line {
  readonly what: string;
  readonly figure: Figure;
  readonly target?: { readonly is: 'at least' | 'at most'; readonly value: number };
}

/**
 * The cache on our own traps and, where there is a data folder, on question pairs. Nothing where the traps are not
 * there, as in an installed package.
 */
export async function measureCache(
  sources: CacheSources,
  dataDir: string | undefined,
  tools: EvaluationTools,
): Promise<readonly Line[]> {
  if (!existsSync(sources.traps)) return [];
  const entries = await readEntries(sources.entries);
  const on = async (rows: readonly PairRow[]): Promise<CacheEvaluation> => {
    const { judge, thresholds } = sources;
    const store = await sources.openStore();
    return evaluateCache(rows, entries, { ...tools, judge, thresholds, store });
  };
  const traps = await on(await readPairs(sources.traps));
  const lines: Line[] = [
    ...linesOf('cache, one thing differs', traps, { precision: 0.95, recall: 0.75, falseHits: 0.03 }),
    ...traps.kinds.flatMap((kind) => {
      const figure = (value: number | null): Figure => ({ name: kind.name, value, n: kind.n, unit: 'share' });
      return [
        { what: `  ${kind.name}: wrong ones served`, figure: figure(kind.falseHitRate) },
        { what: `  ${kind.name}: rewordings served`, figure: figure(kind.recall) },
      ];
    }),
  ];
  if (dataDir === undefined) return lines;
  const all = await readPairs(join(dataDir, 'cache/question_pairs.dev.jsonl'));
  const some = sampleOf(all, { limit: sources.pairsMax, seed: SAMPLE_SEED });
  const which = some.length < all.length ? ` (${some.length} of ${all.length})` : '';
  const targets = { precision: 0.88, recall: 0.3 };
  return [...lines, ...linesOf(`cache, question pairs${which}`, await on(some), targets)];
}

interface Targets {
  readonly precision: number;
  readonly recall: number;
  readonly falseHits?: number;
}

function linesOf(set: string, { figures }: CacheEvaluation, targets: Targets): readonly Line[] {
  const lines: Line[] = [];
  for (const figure of figures) {
    const what = `${set}: ${figure.name}`;
    if (figure.name === 'precision')
      lines.push({ what, figure, target: { is: 'at least', value: targets.precision } });
    else if (figure.name === 'recall')
      lines.push({ what, figure, target: { is: 'at least', value: targets.recall } });
    else if (targets.falseHits === undefined) lines.push({ what, figure });
    else lines.push({ what, figure, target: { is: 'at most', value: targets.falseHits } });
  }
  return lines;
}
