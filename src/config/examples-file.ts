import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Csv from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { err, ok, type Result } from '../lib/result.js';
import { YAML_ALIASES_MAX } from './defaults.js';
import { resolvePath } from './paths.js';
import { atValue, type Finding } from './problems.js';
import type { ConfigFile } from './schema.js';

/** Each example is encoded at every start. */
const EXAMPLES_MAX = 10_000;
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const EXAMPLE_CHARS_MAX = 4000;
/** The column of a CSV file that holds the examples. */
const COLUMN = 'text';

/** Whether the files of examples that signals name can be read. `file` is the config file, which paths start from. */
export function checkExampleFiles(config: ConfigFile, file: string, read: ReadExamples): readonly Finding[] {
  return config.signals.flatMap((signal, index) => {
    if (signal.type !== 'embedding' || signal.examples_file === undefined) return [];
    const examples = read(resolvePath(signal.examples_file, file));
    if (examples.ok) return [];
    return [atValue(['signals', index, 'examples_file'], examples.error)];
  });
}

/** Gives the examples of a file, or says what is wrong with it. */
export type ReadExamples = (path: string) => Result<readonly string[], string>;

export function loadExamples(path: string): Result<readonly string[], string> {
  let text: string;
  try {
    if (statSync(path).size > FILE_BYTES_MAX)
      return err('leads to a file above 16 MiB; examples are far fewer');
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(readFileSync(path));
  } catch {
    return err(
      'leads to no readable file of UTF-8 text; check the path, which starts from the folder of this file',
    );
  }
  const found = /\.ya?ml$/i.test(path) ? fromYaml(text) : fromCsv(text);
  return found.ok ? checked(found.value) : found;
}

function fromYaml(text: string): Result<readonly unknown[], string> {
  try {
    const value: unknown = parseYaml(text, { maxAliasCount: YAML_ALIASES_MAX });
    return Array.isArray(value)
      ? ok(value)
      : err('leads to YAML that is no list; write one example in each item');
  } catch {
    return err('leads to a file that is no YAML; write a list with one example in each item');
  }
}

/** Loaded with the first file in CSV, since few policies name one and every start would wait for it. */
let loadedCsv: typeof Csv | undefined;

function csv(): typeof Csv {
  loadedCsv ??= createRequire(import.meta.url)('csv-parse/sync') as typeof Csv;
  return loadedCsv;
}

function fromCsv(text: string): Result<readonly unknown[], string> {
  const { CsvError, parse: parseCsv } = csv();
  try {
    const rows: unknown = parseCsv(text, {
      bom: true,
      columns: true,
      skipEmptyLines: true,
      maxRecordSize: 1_000_000,
    });
    const records = rows as readonly Readonly<Record<string, unknown>>[];
    if (records.some((record) => !Object.hasOwn(record, COLUMN)))
      return err(`leads to CSV without a column "${COLUMN}"; name it in the first line`);
    return ok(records.map((record) => record[COLUMN]));
  } catch (error) {
    const line = error instanceof CsvError && typeof error['lines'] === 'number' ? error['lines'] : 1;
    return err(
      `leads to a file that is no CSV at line ${line}; quote fields that hold a comma, a quote or a line break`,
    );
  }
}

function checked(values: readonly unknown[]): Result<readonly string[], string> {
  if (values.length === 0) return err('leads to a file without examples; write at least one');
  if (values.length > EXAMPLES_MAX)
    return err(`leads to more than ${EXAMPLES_MAX} examples; keep the telling ones`);
  const examples: string[] = [];
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'string' || value.trim() === '' || value.length > EXAMPLE_CHARS_MAX)
      return err(
        `leads to an example ${index + 1} that is no text of 1 to ${EXAMPLE_CHARS_MAX} characters; correct it`,
      );
    examples.push(value);
  }
  return ok(examples);
}
