import { existsSync } from 'node:fs';
import type { Classifier } from '../app.js';
import type { Evaluation } from '../evaluation/evaluation.js';
import { findRouter } from '../evaluation/find-router.js';
import { type Outcomes, readOutcomes, readPrices } from '../evaluation/outcome-rows.js';
import type { PromptTools } from '../evaluation/routed-prompts.js';
import { evaluateRouting } from '../evaluation/routing.js';
import { memoryFrom, modelsOf, routedRows } from '../evaluation/routing-rows.js';
import { figureLines } from './figures-text.js';
import { OK, type Output } from './output.js';
import { packagePath } from './package-path.js';
import { withClassifier } from './with-classifier.js';

export interface EvalRoutingOptions {
  readonly outcomes: string;
  /** File of what a token of each model costs. */
  readonly prices?: string;
  /** Name of a shipped router, or the folder of one. */
  readonly router?: string;
  /** Train on these files first, divided by commas. */
  readonly train?: string;
  /** Files of outcomes of other models on such prompts, divided by commas; for training. */
  readonly beside?: string;
  /** Of five parts, how many are held out in turn where the rows were trained on. */
  readonly parts: number;
  readonly models?: string;
  readonly json?: boolean;
}

/** `sextant eval routing`: how good the answers are for what they cost, on prompts of known outcome. */
export async function evaluateRoutes(options: EvalRoutingOptions, output: Output): Promise<number> {
  const found = await withClassifier(options.models, (encoder, workers) =>
    measure(options, { ...promptTools(encoder, workers, output), encoder }, output),
  );
  for (const note of found.notes) output.err(`note: ${note}`);
  output.out(options.json === true ? JSON.stringify(found.json) : figureLines(found.figures).join('\n'));
  return OK;
}

/** In a checkout, passes are kept beside what tests and builds keep; an installed package has no such folder. */
export function promptTools(
  encoder: Classifier['encoder'],
  workers: number,
  output: Output,
): PromptTools & { readonly encoder: Classifier['encoder'] } {
  const cacheDir = packagePath('.cache');
  return {
    encoder,
    workers,
    progress: (done, of) => output.err(`encoded ${done} of ${of} texts`),
    ...(existsSync(cacheDir) ? { cacheDir: `${cacheDir}/routed-prompts` } : {}),
  };
}

async function measure(options: EvalRoutingOptions, tools: PromptTools, output: Output): Promise<Evaluation> {
  const outcomes = await readOutcomes(options.outcomes);
  const prices = options.prices === undefined ? undefined : await readPrices(options.prices);
  const encoderHash = tools.encoder.hash;
  const job = { encoderHash, parts: options.parts, progress: (what: string) => output.err(what) };
  if (options.train !== undefined) {
    const files: readonly Outcomes[] = await readAll(options.train.split(','));
    const models = modelsOf([outcomes, ...files], prices);
    const train = await routedRows(files, models, tools);
    const memory = await memoryFrom(await readAll(options.beside?.split(',') ?? []), tools);
    return evaluateRouting({ ...job, rows: await routedRows([outcomes], models, tools), train, memory });
  }
  const modelsDir = options.models ?? packagePath('models');
  const router = await findRouter(outcomes, { modelsDir, encoderHash, named: options.router });
  const models = router.models.map((model) => ({
    ...model,
    parametersB: prices?.get(model.name) ?? model.parametersB,
  }));
  return evaluateRouting({ ...job, rows: await routedRows([outcomes], models, tools), router });
}

export function readAll(paths: readonly string[]): Promise<readonly Outcomes[]> {
  return Promise.all(paths.map((path) => readOutcomes(path.trim())));
}
