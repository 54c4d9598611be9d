import { table } from './figures-text.js';

/** More labels than these do not fit a terminal. */
const LABELS_SHOWN_MAX = 20;
const CONFUSIONS_SHOWN_MAX = 20;

export interface Confusion {
  /** `counts[truth][predicted]` in rows, in the order of the names. */
  readonly counts: readonly Uint32Array[];
  readonly names: readonly string[];
}

/** The whole matrix of few labels; of many, what is confused most often. */
export function confusionLines({ counts, names }: Confusion): readonly string[] {
  return names.length > LABELS_SHOWN_MAX ? largest({ counts, names }) : matrix({ counts, names });
}

function matrix({ counts, names }: Confusion): readonly string[] {
  const numbers = names.map((_, at) => String(at + 1));
  const head = ['', 'is \\ said', ...numbers];
  const rows = counts.map((line, at) => [
    numbers[at] ?? '',
    names[at] ?? '',
    ...[...line].map((count) => (count === 0 ? '.' : String(count))),
  ]);
  return [
    'Confusion matrix: what the rows are, and how many of them were said to be what',
    ...table([head, ...rows]),
  ];
}

function largest({ counts, names }: Confusion): readonly string[] {
  const confused = counts.flatMap((line, is) =>
    [...line].flatMap((count, said) => (count > 0 && is !== said ? [{ is, said, count }] : [])),
  );
  confused.sort((a, b) => b.count - a.count);
  const shown = confused.slice(0, CONFUSIONS_SHOWN_MAX);
  const rest = confused.length - shown.length;
  return [
    `Most frequent confusions${rest > 0 ? `, of ${confused.length}` : ''}`,
    ...table(
      shown.map(({ is, said, count }) => [String(count), `${names[is]}`, `said to be ${names[said]}`]),
    ),
  ];
}
