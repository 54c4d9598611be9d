import { CsvError, parse } from 'csv-parse/sync';
import { DataError } from './data-error.js';
import {
  checkedText,
  type DataFile,
  decode,
  ROWS_MAX,
  readBounded,
  readJsonLines,
  textField,
} from './data-file.js';

export interface LabelledText {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
  readonly label: string;
}

export interface LabelledTextsOptions {
  /** Name of the field or column with the text. */
  readonly text: string;
  /** Name of the field or column with the label. */
  readonly label: string;
}

const LABEL_CHARS_MAX = 200;

/**
 * Reads examples with a label each from JSON Lines (`.jsonl`, `.ndjson`), or else from CSV with a line of names.
 * @throws DataError with file and line where a row is wrong
 */
export async function readLabelledTexts(
  path: string,
  options: LabelledTextsOptions,
): Promise<readonly LabelledText[]> {
  return /\.(jsonl|ndjson|json)$/i.test(path)
    ? fromJsonLines(await readJsonLines(path), options)
    : fromCsv(path, await readBounded(path), options);
}

function fromJsonLines(file: DataFile, names: LabelledTextsOptions): readonly LabelledText[] {
  return file.rows.map((row) => {
    const text = textField(file, row, [names.text]);
    const label = textField(file, row, [names.label]);
    return example({ line: row.line, text, label }, names, file.path);
  });
}

interface CsvRecord {
  readonly record: readonly string[];
  /** `lines` is the line at which the record ends. */
  readonly info: { readonly lines: number };
}

function fromCsv(path: string, bytes: Buffer, names: LabelledTextsOptions): readonly LabelledText[] {
  const [head, ...records] = recordsOf(path, decode(bytes, path));
  if (head === undefined) throw new DataError(`${path}: is empty; its first line must name the columns`);
  const textAt = columnOf(path, head.record, { name: names.text, option: '--text' });
  const labelAt = columnOf(path, head.record, { name: names.label, option: '--label' });
  if (records.length === 0) throw new DataError(`${path}: has no rows below the names of its columns`);
  return records.map(({ record, info }) => {
    const line = info.lines - newlinesIn(record);
    return example({ line, text: record[textAt] ?? '', label: record[labelAt] ?? '' }, names, path);
  });
}

function recordsOf(path: string, text: string): readonly CsvRecord[] {
  try {
    const records: unknown = parse(text, {
      bom: true,
      info: true,
      skipEmptyLines: true,
      toLine: ROWS_MAX * 10,
      maxRecordSize: 4_000_000,
    });
    const found = records as readonly CsvRecord[];
    if (found.length > ROWS_MAX + 1)
      throw new DataError(`${path}: has more than ${ROWS_MAX} rows; split the file`);
    return found;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    throw new DataError(`${path}:${line}: ${complaintOf(error.code)}`);
  }
}

/** In own words: the parser's message quotes what the file holds. */
function complaintOf(code: string): string {
  switch (code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return 'the row has more or fewer fields than the first line names; quote fields that hold a comma';
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quoted field is never closed; double the quotes that stand inside of it';
    case 'CSV_MAX_RECORD_SIZE':
      return 'the row is too long; is a quote missing?';
    default:
      return 'a quote stands where none may be; quote the whole field and double the quotes inside of it';
  }
}

function newlinesIn(record: readonly string[]): number {
  let count = 0;
  for (const field of record) count += field.split('\n').length - 1;
  return count;
}

function columnOf(
  path: string,
  columns: readonly string[],
  { name, option }: { readonly name: string; readonly option: string },
): number {
  const at = columns.indexOf(name);
  if (at >= 0) return at;
  const has = columns.map((column) => JSON.stringify(column.slice(0, 40))).join(', ');
  throw new DataError(`${path}:1: there is no column ${JSON.stringify(name)} (${option}); it has ${has}`);
}

function example(row: LabelledText, names: LabelledTextsOptions, path: string): LabelledText {
  const where = `${path}:${row.line}`;
  const label = row.label.trim();
  if (row.text.trim() === '') throw new DataError(`${where}: "${names.text}" is empty; remove the row`);
  if (label === '') throw new DataError(`${where}: "${names.label}" is empty; name what the text is`);
  if (label.length > LABEL_CHARS_MAX)
    throw new DataError(`${where}: "${names.label}" is longer than ${LABEL_CHARS_MAX} characters`);
  return { line: row.line, text: checkedText(row.text, { where, name: names.text }), label };
}
