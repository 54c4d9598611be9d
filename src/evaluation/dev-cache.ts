import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheEvaluation, evaluateCache } from './cache.js';
import { readEntries, readPairs } from './cache-rows.js';
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
}

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
  const on = async (path: string): Promise<CacheEvaluation> => {
    const { judge, thresholds } = sources;
    const store = await sources.openStore();
    return evaluateCache(await readPairs(path), entries, { ...tools, judge, thresholds, store });
  };
  const traps = await on(sources.traps);
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
  const questions = await on(join(dataDir, 'cache/question_pairs.dev.jsonl'));
  return [...lines, ...linesOf('cache, question pairs', questions, { precision: 0.88, recall: 0.3 })];
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
