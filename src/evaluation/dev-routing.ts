import { join } from 'node:path';
import { memoryIn } from '../learn/router.js';
import { pickRows } from '../learn/router-rows.js';
import { readJsonLines } from './data-file.js';
import type { DevLine, Target } from './dev-table.js';
import type { Figure } from './evaluation.js';
import { findRouter } from './find-router.js';
import { outcomesOf, PAIR, readOutcomes, readPrices } from './outcome-rows.js';
import type { PromptTools } from './routed-prompts.js';
import { crossForecasts } from './router-job.js';
import { evaluateRouting, judgedFigures } from './routing.js';
import { routedRows } from './routing-rows.js';

export interface RoutingSources {
  readonly dataDir: string;
  readonly modelsDir: string;
  /** Told of what is about to be done, since learning takes a while. */
  readonly progress?: ((what: string) => void) | undefined;
}

/** A subject whose strong answers were graded by their format; its rows are left out of a figure of their own. */
const BROKEN_SUBJECT = 'high_school_mathematics';
const POOL_FILE = 'mmlu_pro_28_models';

/**
 * Routing on the three sets of outcomes beside its targets. Of the pair, which has no rows of its own to measure on, each
 * of five parts is judged by a router that learnt from the others, and looks up what the shipped one does; the pool is
 * judged by the shipped router.
 *
 * @throws DataError when a file is missing or wrong
 */
export async function measureRouting(
  sources: RoutingSources,
  tools: PromptTools,
): Promise<readonly DevLine[]> {
  return [...(await measurePair(sources, tools)), ...(await measurePool(sources, tools))];
}

async function measurePair(
  { dataDir, modelsDir, progress }: RoutingSources,
  tools: PromptTools,
): Promise<readonly DevLine[]> {
  const read = (name: string) => readJsonLines(join(dataDir, `outcomes/routellm_${name}.train.jsonl`));
  const exam = await read('mmlu');
  const outcomes = [outcomesOf(exam), outcomesOf(await read('gsm8k'))] as const;
  const models = PAIR.map((name) => ({ name, parametersB: 0 }));
  const rows = await routedRows(outcomes, models, tools);
  const encoderHash = tools.encoder.hash;
  const shipped = await findRouter(outcomes[0], { modelsDir, encoderHash });
  const forecasts = crossForecasts(
    { name: 'held out', rows, encoderHash, memory: memoryIn(shipped) },
    progress,
  );
  const isSum = (row: number) => row >= exam.rows.length;
  const isBroken = (row: number) => exam.rows[row]?.fields['subject'] === BROKEN_SUBJECT;
  const sets = [
    ['Mixtral/GPT-4, MMLU', (row: number) => !isSum(row), [0.74, 0.36]],
    [
      `Mixtral/GPT-4, MMLU without ${BROKEN_SUBJECT}`,
      (row: number) => !isSum(row) && !isBroken(row),
      [0.7, 0.41],
    ],
    ['Mixtral/GPT-4, GSM8K', isSum, [0.65, 0.58]],
  ] as const;
  return sets.flatMap(([set, belongs, [apgr, strong]]) => {
    const places = [...rows.prompts.keys()].filter(belongs);
    const judged = places.flatMap((row) => forecasts[row] ?? []);
    return linesOf(set, judgedFigures(pickRows(rows, places), judged).shown, {
      apgr: { is: 'at least', value: apgr },
      strong_calls_at_95: { is: 'at most', value: strong },
      cpt50: undefined,
      cpt80: undefined,
    });
  });
}

async function measurePool(
  { dataDir, modelsDir, progress }: RoutingSources,
  tools: PromptTools,
): Promise<readonly DevLine[]> {
  const file = (name: string) => join(dataDir, `outcomes/${name}`);
  const prices = await readPrices(file('models.json'));
  const outcomes = await readOutcomes(file(`${POOL_FILE}.dev.jsonl`));
  const encoderHash = tools.encoder.hash;
  const router = await findRouter(outcomes, { modelsDir, encoderHash });
  const models = router.models.map((model) => ({
    ...model,
    parametersB: prices.get(model.name) ?? model.parametersB,
  }));
  progress?.('judging the pool of models');
  const rows = await routedRows([outcomes], models, tools);
  const { figures } = evaluateRouting({ rows, router, encoderHash, parts: 1 });
  return linesOf('ten open models, MMLU-Pro', figures, {
    points_over_line_at_half_cost: { is: 'at least', value: 3.5 },
    min_points_over_line: { is: 'at least', value: 0 },
    small_only_gain: { is: 'at least', value: 4 },
    cost_at_equal_accuracy: undefined,
  });
}

function linesOf(
  set: string,
  figures: readonly Figure[],
  wanted: Readonly<Record<string, Target | undefined>>,
): readonly DevLine[] {
  return Object.entries(wanted).flatMap(([name, target]) => {
    const figure = figures.find((each) => each.name === name);
    return figure === undefined ? [] : [{ what: `${set}: ${name.replaceAll('_', ' ')}`, figure, target }];
  });
}
