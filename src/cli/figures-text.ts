import type { Figure } from '../evaluation/evaluation.js';

/** One line for each figure: name, value, 95 % interval, and how many rows it comes from. */
export function figureLines(figures: readonly Figure[]): readonly string[] {
  return table(
    figures.map((figure) => [figure.name, valueText(figure), intervalText(figure), `n ${figure.n}`]),
  );
}

export function valueText({ value, unit }: Figure): string {
  if (value === null) return '–';
  return unit === 'ms' ? value.toFixed(2) : value.toFixed(3);
}

export function intervalText({ interval }: Figure): string {
  return interval === undefined ? '' : `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`;
}

/** Columns as wide as their widest cell; numbers to the right, the rest to the left. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, at) => (NUMBER.test(cell) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const NUMBER = /^[\d.,]+$/;
