import { isJsonObject, type JsonObject } from '../lib/json.js';
import { DataError } from './data-error.js';
import { type DataFile, type DataRow, readBounded, readJsonLines, textField } from './data-file.js';

/** Prompts with what models made of them, as a file has them. */
export interface Outcomes {
  readonly path: string;
  /** `weak-strong`: the two models are called so. `many`: they have names. */
  readonly shape: 'weak-strong' | 'many';
  readonly texts: readonly string[];
  readonly models: readonly string[];
  /** 1 a good answer, 0 a bad one, `NaN` where the model was not asked. Rows × models. */
  readonly correct: Float32Array;
  /** Tokens of the answers, `NaN` where nobody knows; undefined where no row tells. Rows × models. */
  readonly outputTokens: Float32Array | undefined;
}

const MODELS_MAX = 100;
const OPTIONS_MAX = 26;

/**
 * Reads rows with `prompt`, `weak` and `strong`, or with `question`, perhaps `options`, `correct` and perhaps
 * `output_tokens`. Of a row nothing else is looked at.
 *
 * @throws DataError with file and line where a row is wrong
 */
export async function readOutcomes(path: string): Promise<Outcomes> {
  return outcomesOf(await readJsonLines(path));
}

/** The same of a file that was read already. */
export function outcomesOf(file: DataFile): Outcomes {
  const first = file.rows[0]?.fields ?? {};
  return Object.hasOwn(first, 'weak') || Object.hasOwn(first, 'strong') ? pairs(file) : many(file);
}

export const PAIR = ['weak', 'strong'] as const;

function pairs(file: DataFile): Outcomes {
  const correct = new Float32Array(file.rows.length * PAIR.length);
  for (const [row, each] of file.rows.entries()) {
    for (const [place, model] of PAIR.entries()) {
      correct[row * PAIR.length + place] = outcomeOf(file, each, { of: each.fields, model });
    }
  }
  const texts = file.rows.map((row) => textField(file, row, ['prompt']));
  return { path: file.path, shape: 'weak-strong', texts, models: PAIR, correct, outputTokens: undefined };
}

function many(file: DataFile): Outcomes {
  const answered = file.rows.map((row) => objectField(file, row, 'correct'));
  const models = [...new Set(answered.flatMap((each) => Object.keys(each)))].sort();
  if (models.length > MODELS_MAX)
    throw new DataError(`${file.path}: names ${models.length} models; at most ${MODELS_MAX} are compared`);
  const correct = new Float32Array(file.rows.length * models.length).fill(Number.NaN);
  const tokens = new Float32Array(correct.length).fill(Number.NaN);
  let told = false;
  for (const [row, each] of file.rows.entries()) {
    const of = answered[row] ?? {};
    const written = Object.hasOwn(each.fields, 'output_tokens')
      ? objectField(file, each, 'output_tokens')
      : {};
    for (const [place, model] of models.entries()) {
      const at = row * models.length + place;
      if (Object.hasOwn(of, model)) correct[at] = outcomeOf(file, each, { of, model });
      const count = Object.hasOwn(written, model) ? written[model] : undefined;
      if (typeof count !== 'number' || !(count >= 0)) continue;
      tokens[at] = count;
      told = true;
    }
  }
  const texts = file.rows.map((row) => questionText(file, row));
  return { path: file.path, shape: 'many', texts, models, correct, outputTokens: told ? tokens : undefined };
}

/** The question with its options as letters, as tests with choices are put to models. */
function questionText(file: DataFile, row: DataRow): string {
  const question = textField(file, row, ['question']);
  const { options } = row.fields;
  if (!Array.isArray(options) || options.length === 0) return question;
  if (options.length > OPTIONS_MAX)
    throw new DataError(
      `${file.path}:${row.line}: has ${options.length} options; at most ${OPTIONS_MAX} have a letter`,
    );
  const lines = options.map((option, at) => `${String.fromCharCode(LETTER_A + at)}. ${String(option)}`);
  return [question.trim(), ...lines, 'Answer:'].join('\n');
}

const LETTER_A = 65;

function objectField(file: DataFile, { line, fields }: DataRow, name: string): JsonObject {
  const value = fields[name];
  if (isJsonObject(value)) return value;
  throw new DataError(`${file.path}:${line}: there is no object "${name}" with a number for each model`);
}

function outcomeOf(
  file: DataFile,
  { line }: DataRow,
  { of, model }: { readonly of: JsonObject; readonly model: string },
): number {
  const value = of[model];
  if (value === 0 || value === 1) return value;
  throw new DataError(
    `${file.path}:${line}: the outcome of ${JSON.stringify(model.slice(0, 40))} is neither 0 nor 1`,
  );
}

/** The same prompts with these models alone. @throws DataError where a model is missing */
export function onlyNamed(outcomes: Outcomes, models: readonly string[]): Outcomes {
  const places = models.map((model) => {
    const place = outcomes.models.indexOf(model);
    if (place >= 0) return place;
    throw new DataError(
      `${outcomes.path}: tells nothing of the model ${JSON.stringify(model.slice(0, 80))}; it has ${outcomes.models.join(', ')}`,
    );
  });
  const cut = (table: Float32Array) =>
    Float32Array.from({ length: outcomes.texts.length * places.length }, (_, at) => {
      const row = Math.floor(at / places.length);
      return table[row * outcomes.models.length + (places[at % places.length] ?? 0)] ?? Number.NaN;
    });
  const { outputTokens } = outcomes;
  return {
    ...outcomes,
    models,
    correct: cut(outcomes.correct),
    outputTokens: outputTokens === undefined ? undefined : cut(outputTokens),
  };
}

const PARAMETERS_MAX = 1e6;

/**
 * Reads a file of `{"pool": {"model": billions of active parameters}}`: what a token of each model costs.
 * @throws DataError where it is not of that shape
 */
export async function readPrices(path: string): Promise<ReadonlyMap<string, number>> {
  const wrong = (what: string) => new DataError(`${path}: ${what}; write {"pool": {"model": 7.2}}`);
  let file: unknown;
  try {
    file = JSON.parse((await readBounded(path)).toString('utf8'));
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw wrong('is not JSON');
  }
  const pool = isJsonObject(file as JsonObject) ? (file as JsonObject)['pool'] : undefined;
  if (!isJsonObject(pool)) throw wrong('has no object "pool"');
  const prices = Object.entries(pool).map(([model, price]) => {
    if (typeof price === 'number' && price > 0 && price <= PARAMETERS_MAX) return [model, price] as const;
    throw wrong(`says of ${JSON.stringify(model.slice(0, 40))} what is no number above 0`);
  });
  if (prices.length < 2 || prices.length > MODELS_MAX)
    throw wrong(`names ${prices.length} models, not 2 to ${MODELS_MAX}`);
  return new Map(prices);
}
