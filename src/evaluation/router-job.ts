import type { RoutedPrompt } from '../learn/routed-prompt.js';
import { expectQuality, type Forecast, type ForecastSample, type Router, textMark } from '../learn/router.js';
import type { Memory } from '../learn/router-memory.js';
import { type OutcomeRows, pickRows } from '../learn/router-rows.js';
import { trainRouter } from '../learn/router-trainer.js';
import { seededRandom } from '../lib/random.js';
import { DataError } from './data-error.js';

export interface RouterJob {
  readonly name: string;
  readonly rows: OutcomeRows;
  /** sha256 of the encoder's model file, hex. */
  readonly encoderHash: string;
  /** Prompts like the rows, whose outcomes with other models are known. */
  readonly memory?: Memory | undefined;
  /**
   * How much counts what sets one model apart from the others on a prompt, 0 to 1; the rest is what it does on the whole.
   * Below 1 where the encoder's heads learnt from these rows too, and so seem to know more of them than of others.
   */
  readonly ownShare?: number | undefined;
}

/** Parts that rows are dealt to; by their text, so that a text that stands there twice is in one of them. */
export const PARTS = 5;
const SEED = 20_261_121;
const ROWS_MIN = 20;
/** Rows of the sample by which dials are set. */
const SAMPLE_MAX = 512;

/** Rows of one part, and a router that was trained on the others. */
export interface HeldOutPart {
  readonly rows: OutcomeRows;
  readonly router: Router;
}

export function heldOutPart(job: RouterJob, part = 0): HeldOutPart {
  const rows = rowsWhere(job.rows, (of) => of === part);
  const others = rowsWhere(job.rows, (of) => of !== part);
  return { rows, router: routerOf({ ...job, rows: others }, EMPTY) };
}

/** What is expected of every row by a router that was trained on the parts that it does not belong to. In their order. */
export function crossForecasts(job: RouterJob, progress?: (what: string) => void): readonly Forecast[] {
  return inRowOrder(job.rows, byText, (part) => {
    progress?.(`training without part ${part + 1} of ${PARTS}`);
    const held = heldOutPart(job, part);
    return forecastsOf(held.router, held.rows.prompts);
  });
}

/** What is expected of each part, put where its rows stand. */
export function inRowOrder(
  rows: OutcomeRows,
  dealing: Dealing,
  expected: (part: number) => readonly Forecast[],
): readonly Forecast[] {
  const found = new Array<Forecast | undefined>(rows.prompts.length);
  for (let part = 0; part < PARTS; part++) {
    const forecasts = expected(part);
    for (const [at, row] of placesWhere(rows, (of) => of === part, dealing).entries()) {
      found[row] = forecasts[at];
    }
  }
  return found.flatMap((forecast) => forecast ?? []);
}

/** A router that was trained on all rows; by the held-out part it knows what it expects of prompts it has not seen. */
export function finishRouter(job: RouterJob, heldOut: HeldOutPart): Router {
  return routerOf(job, sampleOf(heldOut));
}

/** @throws DataError where there are too few rows */
export function routerOf(
  { rows, name, encoderHash, memory, ownShare }: RouterJob,
  sample: ForecastSample = EMPTY,
): Router {
  if (rows.prompts.length < ROWS_MIN)
    throw new DataError(`there are ${rows.prompts.length} rows to learn from; it takes ${ROWS_MIN}`);
  const trained = trainRouter(rows, { random: seededRandom(SEED), memory, ownShare });
  const marks = new Set(rows.prompts.map(({ text }) => textMark(text)));
  return { name, encoderHash, models: rows.models, ...trained, sample, seen: Uint32Array.from(marks).sort() };
}

const EMPTY: ForecastSample = {
  quality: new Float32Array(),
  outputTokens: new Float32Array(),
  promptTokens: new Float32Array(),
};

/** @throws DataError where the encoder gives other numbers than the router reads */
export function forecastsOf(router: Router, prompts: readonly RoutedPrompt[]): readonly Forecast[] {
  return prompts.map((prompt) => {
    const forecast = expectQuality(router, prompt);
    if (forecast !== undefined) return forecast;
    throw new DataError(
      `the router ${router.name} reads other numbers than the encoder gives; train it again`,
    );
  });
}

/** Says to which of `PARTS` a text belongs. */
export type Dealing = (text: string) => number;

export const byText: Dealing = (text) => textMark(text) % PARTS;
/** As evenly within one part of the other dealing. */
export const withinPart: Dealing = (text) => Math.floor(textMark(text) / PARTS) % PARTS;

/** The rows of the parts that are wanted. */
export function rowsWhere(
  rows: OutcomeRows,
  wanted: (part: number) => boolean,
  dealing?: Dealing,
): OutcomeRows {
  return pickRows(rows, placesWhere(rows, wanted, dealing));
}

export function placesWhere(
  { prompts }: OutcomeRows,
  wanted: (part: number) => boolean,
  dealing = byText,
): readonly number[] {
  return [...prompts.keys()].filter((row) => wanted(dealing(prompts[row]?.text ?? '')));
}

function sampleOf({ rows, router }: HeldOutPart): ForecastSample {
  const every = Math.max(1, Math.ceil(rows.prompts.length / SAMPLE_MAX));
  const prompts = rows.prompts.filter((_, at) => at % every === 0);
  const forecasts = forecastsOf(router, prompts);
  const joined = (parts: readonly (Float32Array | undefined)[]) =>
    Float32Array.from(parts.flatMap((part) => (part === undefined ? [] : [...part])));
  return {
    quality: joined(forecasts.map(({ quality }) => quality)),
    outputTokens: joined(forecasts.map(({ outputTokens }) => outputTokens)),
    promptTokens: Float32Array.from(prompts, ({ embedding }) => embedding.tokens),
  };
}
