import { setImmediate as nextTurn } from 'node:timers/promises';
import { familyLine, type KeptBound, routeLine, SavedBounds, savedLine } from '../../cache/bound/saved.js';
import type { BoundState } from '../../cache/bound.js';
import type { Logger } from '../../telemetry/contract.js';
import { codeOf, type Kept, keepWritten } from './keep-written.js';
import { readSealed, type SealedOutcome } from './sealed-file.js';

export interface BoundsFileOptions {
  /** Its folder is made when missing. */
  readonly path: string;
  /** By the name of the route. */
  readonly bounds: ReadonlyMap<string, KeptBound>;
  /** Hash of the encoder, and of the judge of pairs where there is one: what they said means nothing to others. */
  readonly models: string;
  /** How often what has changed is written. Milliseconds. */
  readonly intervalMs: number;
  readonly logger: Logger;
}

const FORMAT = 'sextant-bounds';
const VERSION = 1;
const PAGE_LINES = 256;

/**
 * Keeps what error bounds have learnt over a restart: numbers and ids of entries, no text. Without it, each start would
 * ask a model some hundred times again before the first hit. A file of other models, or with a wrong checksum, is not
 * taken up, and the next write replaces it.
 *
 * Never rejects: bounds that have forgotten serve less, and nothing wrong.
 */
export async function openBoundsFile(options: BoundsFileOptions): Promise<Kept> {
  const { path, intervalMs, logger } = options;
  const written = changesOf(options);
  await load(options);
  return keepWritten({
    path,
    intervalMs,
    written,
    changes: () => changesOf(options),
    lines: () => linesOf(options),
    failed: (reason) =>
      logger.warn({ path, reason }, 'the error bounds could not be written; it is tried again'),
  });
}

async function load(options: BoundsFileOptions): Promise<void> {
  const { path, bounds, logger } = options;
  try {
    const outcome = await readSealed(path, (lines) => read(options, lines));
    if (outcome.kind === 'refused') {
      logger.warn({ path, why: outcome.why }, `the error bounds start anew: ${outcome.why}`);
    } else if (outcome.kind === 'read') {
      for (const [route, state] of outcome.value) bounds.get(route)?.bound.restore(state);
      logger.info({ path, routes: [...outcome.value.keys()] }, 'the error bounds were loaded');
    }
  } catch (error) {
    logger.warn({ path, reason: codeOf(error) }, 'the error bounds start anew: their file cannot be read');
  }
}

async function read(
  { models, bounds }: BoundsFileOptions,
  lines: AsyncIterable<string>,
): Promise<SealedOutcome<ReadonlyMap<string, BoundState>>> {
  const found = new SavedBounds(bounds);
  let isFirst = true;
  for await (const text of lines) {
    const line = savedLine(text);
    if (isFirst) {
      if (line?.['format'] !== FORMAT || line['version'] !== VERSION) {
        return { kind: 'refused', why: 'their file has another format' };
      }
      if (line['models'] !== models) return { kind: 'refused', why: 'they were learnt with other models' };
      isFirst = false;
    } else if (line === undefined || !found.take(line)) {
      return { kind: 'refused', why: 'their file has another format' };
    }
  }
  return { kind: 'read', value: found.states() };
}

function changesOf({ bounds }: BoundsFileOptions): number {
  return [...bounds.values()].reduce((sum, { bound }) => sum + bound.changes(), 0);
}

async function* linesOf({ models, bounds }: BoundsFileOptions): AsyncGenerator<string> {
  yield `${JSON.stringify({ format: FORMAT, version: VERSION, models })}\n`;
  let written = 0;
  for (const [route, { bound, judge }] of bounds) {
    const state = bound.snapshot();
    yield `${JSON.stringify(routeLine(route, judge, state))}\n`;
    for (const family of state.records.families) {
      yield `${JSON.stringify(familyLine(route, family))}\n`;
      written += 1;
      // Requests are served between the pages.
      if (written % PAGE_LINES === 0) await nextTurn();
    }
  }
}
