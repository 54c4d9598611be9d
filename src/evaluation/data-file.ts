import { open } from 'node:fs/promises';
import type { Json } from '../lib/json.js';
import { isJsonObject, type JsonObject } from '../lib/json.js';
import { DataError } from './data-error.js';

/** One row of a file of examples. */
export interface DataRow {
  /** Counted from 1; of a row that goes over several lines, the first. */
  readonly line: number;
  readonly fields: JsonObject;
}

export interface DataFile {
  readonly path: string;
  readonly rows: readonly DataRow[];
}

export const ROWS_MAX = 1_000_000;
export const FILE_BYTES_MAX = 512 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads JSON Lines: one object on each line, empty lines passed over.
 * @throws DataError with file and line where a line is no JSON object, the text no UTF-8, or a limit is passed
 */
export async function readJsonLines(path: string): Promise<DataFile> {
  const bytes = await readBounded(path);
  const rows: DataRow[] = [];
  let line = 0;
  for (let start = 0; start < bytes.length; ) {
    // Split by the newline alone: in JSON, texts may hold the other line separators of Unicode as they are.
    const found = bytes.indexOf(NEWLINE, start);
    const end = found === -1 ? bytes.length : found;
    line++;
    const text = decode(bytes.subarray(start, end), `${path}:${line}`);
    start = end + 1;
    if (text.trim() === '') continue;
    if (rows.length >= ROWS_MAX)
      throw new DataError(`${path}:${line}: more than ${ROWS_MAX} rows; split the file`);
    rows.push({ line, fields: objectOf(text, `${path}:${line}`) });
  }
  if (rows.length === 0) throw new DataError(`${path}: has no rows`);
  return { path, rows };
}

/** @throws DataError when there is no such file, or it is larger than `FILE_BYTES_MAX` */
export async function readBounded(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > FILE_BYTES_MAX)
        throw new DataError(`${path}: is larger than ${FILE_BYTES_MAX} bytes; split it`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new DataError(`${path}: cannot be read (${reason}); check the path`);
  }
}

/** @throws DataError when the bytes are no UTF-8 */
export function decode(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DataError(`${where}: is not UTF-8 text; save the file as UTF-8`);
  }
}

function objectOf(text: string, where: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new DataError(`${where}: is not JSON; each line of the file must be one JSON object`);
  }
  if (!isJsonObject(value)) throw new DataError(`${where}: is JSON but no object, such as {"text": "…"}`);
  return value;
}

/** A text field, the first of these names that the row has. @throws DataError with file and line */
export function textField(file: DataFile, { line, fields }: DataRow, names: readonly string[]): string {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === 'string') return checkedText(value, { where: `${file.path}:${line}`, name });
    if (value !== undefined) throw new DataError(`${file.path}:${line}: "${name}" is no text`);
  }
  const wanted = names.map((name) => `"${name}"`).join(' or ');
  throw new DataError(`${file.path}:${line}: there is no ${wanted}`);
}

/** Characters of one text. */
export const TEXT_CHARS_MAX = 1_000_000;

export function checkedText(
  text: string,
  { where, name }: { readonly where: string; readonly name: string },
): string {
  if (text.length > TEXT_CHARS_MAX)
    throw new DataError(`${where}: "${name}" is longer than ${TEXT_CHARS_MAX} characters; shorten it`);
  return text;
}
