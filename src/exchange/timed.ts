import type { Inquiry } from './inquiry.js';

/** Runs one stage and writes its milliseconds into the ledger, whether it ends well or not. */
export async function timed<T>(inquiry: Inquiry, stage: string, run: () => T | Promise<T>): Promise<T> {
  const { clock } = inquiry.service;
  const startedMs = clock.monotonicMs();
  try {
    return await run();
  } finally {
    const endMs = clock.monotonicMs();
    inquiry.ledger.stagesMs[stage] = endMs - startedMs;
    inquiry.ledger.trace?.stages.push({ name: stage, startMs: startedMs, endMs });
  }
}
