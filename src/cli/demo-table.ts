import type { DemoRow } from './demo-once.js';

const PROMPT_CHARACTERS = 48;
const HEAD = ['#', 'prompt', 'model', 'decision', 'cache', 'similarity', 'ms', 'sextant ms', 'expected'];
/** Columns of numbers are set to the right. */
const RIGHT = new Set([5, 6, 7]);

/** The rows as a table for people; below it a line for everything that is not as expected. */
export function demoTable(rows: readonly DemoRow[]): readonly string[] {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? '')].length)));
  const lines = cells.map((row) =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  '),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const complaints = rows.flatMap((row, at) => row.deviations.map((text) => `${at + 1} ✗ ${text}`));
  return [lines[0] ?? '', rule, ...lines.slice(1), ...complaints].map((line) => line.trimEnd());
}

function cellsOf(row: DemoRow, at: number): readonly string[] {
  const { seen, question } = row;
  const { model, cache } = question.expected;
  const mark = row.deviations.length === 0 ? '✓' : '✗';
  return [
    String(at + 1),
    shorten(question.prompt),
    seen.model,
    seen.decision,
    seen.cache,
    seen.similarity || '-',
    seen.ms.toFixed(1),
    seen.overheadMs?.toFixed(2) ?? '-',
    `${model === undefined ? 'refused' : `${cache}, ${model}`} ${mark}`,
  ];
}

function shorten(prompt: string): string {
  const text = prompt.replace(/\s+/g, ' ');
  return text.length <= PROMPT_CHARACTERS ? text : `${text.slice(0, PROMPT_CHARACTERS - 1)}…`;
}

function pad(cell: string, width: number, column: number): string {
  return RIGHT.has(column) ? cell.padStart(width) : cell.padEnd(width);
}
