import { createHash } from 'node:crypto';
import type { Kept } from '../adapters/memory/keep-written.js';
import type { KeptBound } from '../cache/bound/saved.js';
import type { Config } from '../config/config.js';
import type { Logger } from '../telemetry/contract.js';

/**
 * Keeps the error bounds beside the entries that they are about. Loads the file's code only where there is something
 * to keep. Undefined where the entries end with the process, or are in Milvus: what other processes learn of those is not
 * known here.
 */
export async function rememberBounds(
  cache: Pick<Config['semanticCache'], 'persistPath' | 'persistIntervalS' | 'milvus'>,
  parts: {
    readonly bounds: ReadonlyMap<string, KeptBound>;
    readonly encoderHash: string;
    readonly judgeHash: string | undefined;
    readonly logger: Logger;
  },
): Promise<Kept | undefined> {
  const { persistPath, persistIntervalS, milvus } = cache;
  const { bounds, encoderHash, judgeHash, logger } = parts;
  if (persistPath === undefined || milvus !== undefined || bounds.size === 0) return undefined;
  const { openBoundsFile } = await import('../adapters/memory/bounds-file.js');
  const models = createHash('sha256')
    .update(JSON.stringify([encoderHash, judgeHash ?? null]))
    .digest('hex');
  const intervalMs = 1000 * persistIntervalS;
  return openBoundsFile({ path: `${persistPath}.bounds`, bounds, models, intervalMs, logger });
}
