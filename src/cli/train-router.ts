import { basename, resolve } from 'node:path';
import { readPrices } from '../evaluation/outcome-rows.js';
import { writeRouter } from '../evaluation/router-files.js';
import { finishRouter, heldOutPart } from '../evaluation/router-job.js';
import { evaluateRouting } from '../evaluation/routing.js';
import { memoryFrom, modelsOf, routedRows } from '../evaluation/routing-rows.js';
import { promptTools, readAll } from './eval-routing.js';
import { figureLines } from './figures-text.js';
import { CliError, OK, type Output, USAGE } from './output.js';
import { withClassifier } from './with-classifier.js';

export interface TrainRouterOptions {
  /** Files of outcomes, divided by commas. */
  readonly outcomes: string;
  /** Files of outcomes of other models on prompts like these, divided by commas. */
  readonly beside?: string;
  readonly out: string;
  /** File of what a token of each model costs; it says which models count. */
  readonly prices?: string;
  /** See `RouterJob`. */
  readonly ownShare?: number;
  /** Default: the last part of `out`. */
  readonly name?: string;
  readonly models?: string;
  readonly json?: boolean;
}

const NAME = /^[\w.-]{1,64}$/;

/** `sextant train router`: what to expect of one's own models, from how they did. */
export async function trainRouterFrom(options: TrainRouterOptions, output: Output): Promise<number> {
  const name = options.name ?? basename(resolve(options.out));
  if (!NAME.test(name))
    throw new CliError(
      'The name of a router has letters, digits, dots and dashes alone: give one with --name.',
      USAGE,
    );
  const startMs = performance.now();
  const found = await withClassifier(options.models, async (encoder, workers) => {
    const files = await readAll(options.outcomes.split(','));
    const prices = options.prices === undefined ? undefined : await readPrices(options.prices);
    const tools = promptTools(encoder, workers, output);
    const rows = await routedRows(files, modelsOf(files, prices), tools);
    const memory = await memoryFrom(await readAll(options.beside?.split(',') ?? []), tools);
    const job = { name, rows, encoderHash: encoder.hash, memory, ownShare: options.ownShare };
    output.err('training without one part of five, to measure on it');
    const held = heldOutPart(job);
    const figures = evaluateRouting({ ...held, encoderHash: encoder.hash, parts: 1 });
    output.err('training on all rows');
    const router = finishRouter(job, held);
    const metrics = numbersOf(figures.json);
    await writeRouter(options.out, router, { rows: rows.prompts.length, metrics });
    return { figures, rows: rows.prompts.length, metrics, models: rows.models.map((model) => model.name) };
  });
  const seconds = Number(((performance.now() - startMs) / 1000).toFixed(1));
  const { rows, models, figures } = found;
  output.out(
    options.json === true
      ? JSON.stringify({ name, out: options.out, rows, models, held_out: figures.json, seconds })
      : [
          `${rows} rows, ${models.length} models; measured on one part of five, by a router that was not told it`,
          ...figureLines(figures.figures),
          '',
          `Written to ${options.out} in ${seconds.toFixed(0)} s.`,
        ].join('\n'),
  );
  return OK;
}

function numbersOf(figures: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
