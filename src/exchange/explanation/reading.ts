import { type GuardSpecs, guardVerdict } from '../../signals/guard.js';
import { passagesOf, turnOf } from '../../signals/passages.js';
import type { Trail } from '../trail.js';
import { digits } from './digits.js';
import type { Explained } from './explained.js';
import type { ExplainedReading } from './value.js';

/** What was read of the conversation, window by window, and what was not; null when nobody asked for any of it. */
export function explainReading({ inquiry, trail }: Explained): ExplainedReading | null {
  const { whole, personal } = trail;
  if (whole === undefined && personal === undefined) return null;
  const unread = (whole?.unread ?? []).map(({ passage, start, end, scanned }) => ({
    ...placeOf(trail, passage),
    start,
    end,
    attack: digits(scanned, 4),
  }));
  const finds = personal?.finds.map(({ type, score, count }) => ({ type, score: digits(score, 4), count }));
  return { windows: windowsOf(trail, inquiry.service.encoder.heads), unread, personal: finds ?? null };
}

/** Each window by the head and the calibrated threshold that its role asks for. */
function windowsOf({ view, whole }: Trail, specs: GuardSpecs | undefined): ExplainedReading['windows'] {
  if (view === undefined || whole === undefined || specs === undefined) return [];
  const passages = passagesOf(view);
  return whole.windows.flatMap((window) => {
    const { worst } = guardVerdict({ windows: [window], unread: [] }, passages, specs);
    if (worst === undefined) return [];
    const { start, end, head, probability, threshold } = worst;
    return [
      {
        ...placeOf({ view }, window.passage),
        start,
        end,
        head,
        attack: digits(probability, 4),
        threshold: digits(threshold, 4),
      },
    ];
  });
}

function placeOf({ view }: Trail, passage: number): { readonly turn: number; readonly role: string } {
  const turn = view === undefined ? undefined : turnOf(view, passage);
  return { turn: turn?.index ?? -1, role: turn?.role ?? 'unknown' };
}
