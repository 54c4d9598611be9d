import { join } from 'node:path';
import { readJsonLines } from './data-file.js';
import type { DevLine, Target } from './dev-table.js';
import type { Figure } from './evaluation.js';
import { findRouter } from './find-router.js';
import { type Outcomes, outcomesOf, PAIR, readOutcomes, readPrices } from './outcome-rows.js';
import type { PromptTools } from './routed-prompts.js';
import { heldOutPart, rowsWhere } from './router-job.js';
import { evaluateRouting } from './routing.js';
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
 * Routing on the three sets of outcomes beside its targets. Of the pair, which has no rows of its own to measure on, one
 * part of five is judged by a router that learnt from the rest; the pool is judged by the shipped router.
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
  { dataDir, progress }: RoutingSources,
  tools: PromptTools,
): Promise<readonly DevLine[]> {
  const read = (name: string) => readJsonLines(join(dataDir, `outcomes/routellm_${name}.train.jsonl`));
  const exam = await read('mmlu');
  const sums = outcomesOf(await read('gsm8k'));
  const plain = { ...exam, rows: exam.rows.filter(({ fields }) => fields['subject'] !== BROKEN_SUBJECT) };
  const models = PAIR.map((name) => ({ name, parametersB: 0 }));
  const rowsOf = (outcomes: Outcomes) => routedRows([outcomes], models, tools);
  const [examRows, plainRows, sumRows] = [
    await rowsOf(outcomesOf(exam)),
    await rowsOf(outcomesOf(plain)),
    await rowsOf(sums),
  ];
  const all = await routedRows([outcomesOf(exam), sums], models, tools);
  progress?.('learning the pair of models without one part of five');
  const encoderHash = tools.encoder.hash;
  const { router } = heldOutPart({ name: 'held out', rows: all, encoderHash });
  const sets = [
    ['Mixtral/GPT-4, MMLU', examRows, [0.74, 0.36]],
    [`Mixtral/GPT-4, MMLU without ${BROKEN_SUBJECT}`, plainRows, [0.7, 0.41]],
    ['Mixtral/GPT-4, GSM8K', sumRows, [0.65, 0.58]],
  ] as const;
  return sets.flatMap(([set, rows, [apgr, strong]]) => {
    const held = rowsWhere(rows, (part) => part === 0);
    const { figures } = evaluateRouting({ rows: held, router, encoderHash, parts: 1 });
    return linesOf(set, figures, {
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
