import { brierScore, calibrationError, type Forecast } from '../learn/calibration.js';
import { isJsonObject } from '../lib/json.js';
import { readHeads } from '../signals/heads.js';
import { SIZES, type Size } from '../signals/labels.js';
import { DataError } from './data-error.js';
import { type DataFile, type DataRow, readJsonLines, textField } from './data-file.js';
import { encodeAll } from './encode-all.js';
import {
  type Evaluation,
  type EvaluationTools,
  headsOf,
  intervalsOf,
  milliseconds,
  rounded,
  share,
} from './evaluation.js';
import { resampledInterval } from './resampled.js';

/** A question with what models of each size made of it. */
export interface OutcomeRow {
  readonly text: string;
  /** Share of the models of that size that answered well, 0 to 1; undefined where none was asked. */
  readonly answered: Readonly<Partial<Record<Size, number>>>;
}

/** Models of the outcomes by size, as `SIZES` draws the lines; those that are not named are large ones. */
const SIZE_OF: Readonly<Record<string, Size>> = {
  ...sized('small', [
    'Llama-2-7b-hf',
    'Meta-Llama-3-8B',
    'Meta-Llama-3_1-8B',
    'Meta-Llama-3_1-8B-Instruct',
    'Mistral-7B-Instruct-v0.1',
    'Mistral-7B-Instruct-v0.2',
    'Mistral-7B-v0.1',
    'Mistral-7B-v0.2-hf',
    'Phi-3-mini-4k-instruct',
    'Qwen1.5-7B-Chat',
    'Yi-6B',
    'Yi-6b-Chat',
    'gemma-7b',
    'mathstral-7B',
  ]),
  ...sized('medium', [
    'Llama-2-13b-hf',
    'Mixtral-8x7B-Instruct-v0.1',
    'Mixtral-8x7B-v0.1',
    'Yi-34B',
    'c4ai-command-r-v01',
  ]),
};

/**
 * Reads rows with `question` and `correct`: by model, 1 where it answered well and 0 where not.
 * @throws DataError with file and line where a row is wrong
 */
export async function readOutcomeRows(path: string): Promise<readonly OutcomeRow[]> {
  const file = await readJsonLines(path);
  return file.rows.map((row) => ({
    text: textField(file, row, ['question']),
    answered: answeredOf(file, row),
  }));
}

function answeredOf(file: DataFile, row: DataRow): OutcomeRow['answered'] {
  const { correct } = row.fields;
  if (!isJsonObject(correct))
    throw new DataError(`${file.path}:${row.line}: there is no object "correct" with 0 or 1 for each model`);
  const answers: Record<Size, number[]> = { small: [], medium: [], large: [] };
  for (const [model, well] of Object.entries(correct)) {
    if (well !== 0 && well !== 1)
      throw new DataError(`${file.path}:${row.line}: "correct" holds something other than 0 and 1`);
    answers[sizeOf(model)].push(well);
  }
  const known = SIZES.filter((size) => answers[size].length > 0);
  return Object.fromEntries(known.map((size) => [size, mean(answers[size])]));
}

/** How near the chances that the difficulty head gives come to what happened. @throws DataError when it is missing */
export async function evaluateDifficulty(
  rows: readonly OutcomeRow[],
  tools: EvaluationTools,
): Promise<Evaluation> {
  const { labels } = headsOf(tools.encoder).difficulty;
  const startMs = tools.clock.monotonicMs();
  const texts = rows.map(({ text }) => text);
  const said = await encodeAll(texts, tools, (embedding) => {
    const heads = readHeads(embedding);
    return heads.ok ? heads.value.probabilities.difficulty : undefined;
  });
  const msPerRow = (tools.clock.monotonicMs() - startMs) / rows.length;
  const bySize = SIZES.map((size) => {
    const place = labels.indexOf(size);
    const forecasts = rows.flatMap(({ answered }, index): readonly Forecast[] => {
      const [probability, outcome] = [said[index]?.[place], answered[size]];
      return probability === undefined || outcome === undefined ? [] : [{ probability, outcome }];
    });
    return { size, forecasts, ece: calibrationError(forecasts), brier: brierScore(forecasts) };
  });
  const figures = [
    ...bySize.flatMap(({ size, forecasts, ece, brier }) => [
      share(`ECE ${size}`, ece, {
        n: forecasts.length,
        interval: resampledInterval(forecasts, (part) => calibrationError(part)),
      }),
      share(`Brier ${size}`, brier, { n: forecasts.length }),
    ]),
    milliseconds('ms per row', msPerRow, rows.length),
  ];
  const worst = Math.max(...bySize.map(({ ece }) => ece));
  return {
    json: {
      n: rows.length,
      ece: rounded(worst),
      by_size: Object.fromEntries(
        bySize.map(({ size, forecasts, ece, brier }) => {
          const answered = mean(forecasts.map(({ outcome }) => outcome));
          return [
            size,
            { n: forecasts.length, ece: rounded(ece), brier: rounded(brier), answered: rounded(answered) },
          ];
        }),
      ),
      ms_per_row: rounded(msPerRow),
      ci: intervalsOf(figures),
    },
    figures,
    notes: [],
  };
}

function sized(size: Size, models: readonly string[]): Readonly<Record<string, Size>> {
  return Object.fromEntries(models.map((model) => [model, size]));
}

function sizeOf(model: string): Size {
  return (Object.hasOwn(SIZE_OF, model) ? SIZE_OF[model] : undefined) ?? 'large';
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
