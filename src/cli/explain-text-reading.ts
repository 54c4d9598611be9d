import type { ExplainedReading } from '../exchange/explanation/value.js';

/** Windows that are shown, those nearest to an attack; the rest is in the JSON. */
const WINDOWS_SHOWN = 8;

/** What the guards and the search for personal data looked at. */
export function readingLines({ windows, unread, personal }: ExplainedReading): readonly string[] {
  const worst = windows.toSorted((one, other) => nearness(other) - nearness(one)).slice(0, WINDOWS_SHOWN);
  const more = windows.length - worst.length;
  if (windows.length + unread.length === 0) return ['no window was to be read', ...personalLines(personal)];
  return [
    `${windows.length} ${windows.length === 1 ? 'window' : 'windows'} read, ${unread.length} unread`,
    ...worst.map(
      (window) =>
        `${placeOf(window)}: attack ${window.attack} of ${window.threshold}, by the ${window.head} head`,
    ),
    ...(more === 0 ? [] : [`and ${more} more, further from an attack`]),
    ...unread.map((stretch) => `${placeOf(stretch)}: unread, attack ${stretch.attack} by its words`),
    ...personalLines(personal),
  ];
}

type Place = Pick<ExplainedReading['unread'][number], 'turn' | 'role' | 'start' | 'end'>;

/** An attack from 1 on. */
function nearness({ attack, threshold }: ExplainedReading['windows'][number]): number {
  return threshold === 0 ? 1 : attack / threshold;
}

function placeOf({ turn, role, start, end }: Place): string {
  return `turn ${turn} (${role}), ${start}–${end}`;
}

function placeless(personal: NonNullable<ExplainedReading['personal']>): readonly string[] {
  return personal.map(({ type, score, count }) => `personal data: ${type}, ${count} at ${score}`);
}

function personalLines(personal: ExplainedReading['personal']): readonly string[] {
  if (personal === null) return ['personal data: nobody searched'];
  return personal.length === 0 ? ['personal data: none found'] : placeless(personal);
}
