import type { Role } from '../openai/request.js';
import type { Passage, WholeReading } from '../signals/contract.js';
import { passagesOf } from '../signals/passages.js';
import { mapConcurrently } from './concurrently.js';
import { DEADLINE_MS } from './encode-all.js';
import type { EvaluationTools } from './evaluation.js';

/** A text as one turn of a conversation. */
export interface SpokenRow {
  readonly text: string;
  readonly role: Role;
}

/** As much as serving reads of one request; the clock that serving has besides would let busy machines judge worse. */
const BUDGET = { windowsMax: 64, deadlineMs: DEADLINE_MS };
/** Rows on their way at once, for each thread of the encoder: each of them may be many windows. */
const ROWS_PER_WORKER = 8;

/** Reads each row from end to end, as a request with this one turn is read. */
export function readRows<R extends SpokenRow, A>(
  rows: readonly R[],
  { encoder, workers, progress }: EvaluationTools,
  use: (whole: WholeReading, passages: readonly Passage[], row: R) => A,
): Promise<readonly A[]> {
  return mapConcurrently(rows, { limit: workers * ROWS_PER_WORKER, progress }, async (row) => {
    const passages = passagesOf({ turns: [{ role: row.role, text: row.text, modalities: [] }] });
    return use(await encoder.readWhole(passages, BUDGET), passages, row);
  });
}
