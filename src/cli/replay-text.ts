import type { Moved, ReplayReport } from '../evaluation/replay.js';
import { printable } from './printable.js';
import { section } from './section.js';

const EXAMPLES_SHOWN = 3;
const ASK_CHARS_SHOWN = 100;

/**
 * What another policy would have done, for a person at a terminal.
 *
 * @param asks questions by the id of their request, where they may be shown
 */
export function replayText(report: ReplayReport, asks?: ReadonlyMap<string, string>): string {
  const { rows, compared, blocked, decisions, models } = report;
  return [
    section('rows', [`${rows} recorded, ${compared} compared`, ...leftOutLines(report)]),
    section('decisions', [`${changed(report.decisions_changed, compared)}`, ...movedLines(decisions, asks)]),
    section('models', [`${changed(report.models_changed, compared)}`, ...movedLines(models, asks)]),
    section('blocked', [`${blocked.before} → ${blocked.after}`]),
    section('cost', [costLine(report)]),
  ].join('\n');
}

function leftOutLines({ left_out }: ReplayReport): readonly string[] {
  const { by_client, undecided, unsure, missing, failed } = left_out;
  const reasons = [
    [by_client, 'because the client named its model'],
    [undecided, 'because the cache answered or something failed, so that nothing was decided'],
    [failed, 'because they cannot be decided anew'],
    [unsure, `because the recording does not hold ${Object.keys(missing).join(', ')}`],
  ] as const;
  return reasons.flatMap(([n, why]) => (n === 0 ? [] : [`${n} left out ${why}`]));
}

function changed(n: number, of: number): string {
  const share = of === 0 ? 0 : (100 * n) / of;
  return `${n} changed (${share.toFixed(1)} %)`;
}

function movedLines(moves: readonly Moved[], asks?: ReadonlyMap<string, string>): readonly string[] {
  return moves.flatMap(({ before, after, n, examples }) => {
    const shown = examples.slice(0, EXAMPLES_SHOWN);
    const line = `  ${before} → ${after}: ${n}, such as ${shown.join(', ')}`;
    const texts = shown.flatMap((id) => asks?.get(id) ?? []);
    return [line, ...texts.map((ask) => `    ${printable(ask, ASK_CHARS_SHOWN)}`)];
  });
}

function costLine({ cost }: ReplayReport): string {
  const { rows, before, after, change } = cost;
  const share = change === null ? '' : ` (${change < 0 ? '' : '+'}${(100 * change).toFixed(1)} %)`;
  return `${before.toFixed(6)} → ${after.toFixed(6)} USD${share}, by the prices of ${rows} rows`;
}
