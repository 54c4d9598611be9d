/** One figure beside what it is held against. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  /** The same figure of the processor that does nothing, where there is one. */
  readonly nothing?: number;
  /** What that processor measured on the machine for which the target was set: it makes the target a ratio. */
  readonly nothingThere?: number;
  readonly target: number;
  readonly hold: 'at most' | 'at least';
  /** What else a reader should know: CPU per request, share of hits. */
  readonly note?: string;
}

export function isHeld(row: Row): boolean {
  // A figure that is not a number was not measured, so it holds nothing.
  return row.hold === 'at most' ? row.measured <= row.target : row.measured >= row.target;
}

/**
 * Whether the ratio to the do-nothing processor is as good as the target asks: what can be said on a machine of
 * another speed. Undefined where there is nothing to compare with.
 */
export function isRatioHeld(row: Row): boolean | undefined {
  if (row.nothing === undefined || row.nothingThere === undefined) return undefined;
  const ratio = row.measured / row.nothing;
  const target = row.target / row.nothingThere;
  return row.hold === 'at most' ? ratio <= target : ratio >= target;
}

/** The rows as a table of plain text. */
export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    figure(row.measured),
    row.nothing === undefined ? '' : figure(row.nothing),
    row.nothing === undefined ? '' : `${(row.measured / row.nothing).toFixed(2)} x`,
    `${row.hold} ${figure(row.target)} ${row.unit}`,
    isHeld(row) ? 'held' : 'MISSED',
    ratioTarget(row),
    row.note ?? '',
  ]);
  const table = [
    ['', 'measured', 'do-nothing', 'ratio', 'target', '', 'target as a ratio', 'note'],
    ...cells,
  ];
  const widths = (table[0] ?? []).map((_, at) => Math.max(...table.map((line) => line[at]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function ratioTarget(row: Row): string {
  const held = isRatioHeld(row);
  if (held === undefined || row.nothingThere === undefined) return '';
  return `${row.hold} ${(row.target / row.nothingThere).toFixed(2)} x ${held ? 'held' : 'MISSED'}`;
}

function figure(value: number): string {
  if (Number.isNaN(value)) return 'none';
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 3);
}
