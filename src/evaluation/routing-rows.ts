import type { RouterModel } from '../learn/routed-prompt.js';
import { type Memory, memoryOf } from '../learn/router-memory.js';
import type { OutcomeRows } from '../learn/router-rows.js';
import { seededRandom } from '../lib/random.js';
import { DataError } from './data-error.js';
import { type Outcomes, onlyNamed } from './outcome-rows.js';
import { type PromptTools, routedPrompts } from './routed-prompts.js';

/** @throws DataError where a file has no outcomes of one of the models, or is of another shape */
export async function routedRows(
  files: readonly Outcomes[],
  models: readonly RouterModel[],
  tools: PromptTools,
): Promise<OutcomeRows> {
  const cut = files.map((file) =>
    onlyNamed(
      file,
      models.map(({ name }) => name),
    ),
  );
  const prompts = [];
  // Each file on its own, so that its passes are kept for whoever asks for it together with others.
  for (const { texts } of cut) prompts.push(...(await routedPrompts(texts, tools)));
  const told = cut.every(({ outputTokens }) => outputTokens !== undefined);
  return {
    prompts,
    models,
    correct: joined(cut.map(({ correct }) => correct)),
    outputTokens: told
      ? joined(cut.map(({ outputTokens }) => outputTokens ?? new Float32Array()))
      : undefined,
  };
}

/** The models that a router of these files is about: of many, those that have a price. */
export function modelsOf(
  files: readonly Outcomes[],
  prices: ReadonlyMap<string, number> | undefined,
): readonly RouterModel[] {
  const [first] = files;
  if (first === undefined) throw new DataError('there are no outcomes; name a file');
  for (const file of files) {
    if (file.shape !== first.shape)
      throw new DataError(`${file.path}: has other kinds of rows than ${first.path}; train a router of each`);
  }
  const priced = (name: string) => ({ name, parametersB: prices?.get(name) ?? 0 });
  if (first.shape === 'weak-strong') return first.models.map(priced);
  if (prices === undefined)
    throw new DataError(
      `${first.path}: names ${first.models.length} models; say with --prices which of them count, and what they cost`,
    );
  return [...prices.keys()].map(priced);
}

/** What is remembered of prompts whose outcomes with whichever models are known; undefined without files. */
export async function memoryFrom(
  files: readonly Outcomes[],
  tools: PromptTools,
): Promise<Memory | undefined> {
  const [first] = files;
  if (first === undefined) return undefined;
  const models = first.models.map((name) => ({ name, parametersB: 0 }));
  return memoryOf(await routedRows(files, models, tools), seededRandom(SEED));
}

const SEED = 20_261_121;

function joined(tables: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(tables.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const table of tables) {
    all.set(table, at);
    at += table.length;
  }
  return all;
}
