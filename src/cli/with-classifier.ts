import { availableParallelism } from 'node:os';
import { type Classifier, openClassifier } from '../app.js';
import { DataError } from '../evaluation/data-error.js';
import { SextantError } from '../lib/sextant-error.js';
import { CliError, messageOf } from './output.js';

/** Threads, at most: each holds the model once more, and beyond these texts are not what takes the time. */
const WORKERS_MAX = 8;

/**
 * Opens the encoder on all cores, and closes it whatever happens. What is wrong with the user's files or with the models
 * becomes an error for the person at the terminal.
 */
export async function withClassifier<T>(
  models: string | undefined,
  use: (encoder: Classifier['encoder'], workers: number) => Promise<T>,
): Promise<T> {
  const workers = Math.min(WORKERS_MAX, availableParallelism());
  const opened = await openClassifier({ workers, ...(models === undefined ? {} : { models }) }).catch(
    (thrown: unknown) => {
      throw new CliError(`the models cannot be opened: ${messageOf(thrown)}`);
    },
  );
  try {
    return await worded(() => use(opened.encoder, workers));
  } finally {
    await opened.close();
  }
}

/** @throws CliError in place of errors that say what is wrong with a file, or with the encoder */
export async function worded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof DataError || thrown instanceof SextantError) throw new CliError(thrown.message);
    throw thrown;
  }
}
