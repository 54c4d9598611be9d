import { join } from 'node:path';
import type { Load, Stream } from './learning-stream.js';

/** What is read of the rows, and of the router that ships for them. */
interface Outcomes {
  readonly texts: readonly string[];
  readonly correct: Float32Array;
}
interface Expectation {
  readonly quality: Float32Array;
  readonly outputTokens: Float32Array | undefined;
}
interface Router {
  readonly models: readonly string[];
  expect(text: string, embedding: object): Expectation | undefined;
}
interface Classifier {
  readonly encoder: { readonly hash: string };
  close(): Promise<void>;
}

const MADE_ROWS = 2000;
const MADE_MODELS = [
  { name: 'small', parametersB: 3, skill: 1.2 },
  { name: 'medium', parametersB: 14, skill: 2 },
  { name: 'large', parametersB: 70, skill: 2.7 },
];
const POOL = { rows: 'mmlu_pro_28_models.dev.jsonl', prices: 'models.json', router: 'mmlu-pro-10' };

/**
 * Three models that differ in skill, prompts that differ in difficulty, and a router that sees the difficulty through a
 * haze.
 */
export function madeStream(random: () => number): Stream {
  const rows = Array.from({ length: MADE_ROWS }, (_, row) => {
    const difficulty = 4 * random();
    const seen = difficulty + 1.5 * (random() - 0.5);
    return {
      text: `Question ${row} of a made stream, as long as questions are.`,
      expected: Float32Array.from(MADE_MODELS, ({ skill }) => chance(skill - seen + 1)),
      outputTokens: undefined,
      good: Float32Array.from(MADE_MODELS, ({ skill }) => chance(skill - difficulty + 1)),
    };
  });
  return { models: MADE_MODELS.map(({ name, parametersB }) => ({ name, parametersB })), rows };
}

/** The outcomes of ten models on questions that the router which ships for them has not seen. */
export async function poolStream(load: Load, dataDir: string): Promise<Stream> {
  const { readOutcomes, onlyNamed, readPrices } = await load<{
    readonly readOutcomes: (path: string) => Promise<Outcomes>;
    readonly onlyNamed: (outcomes: Outcomes, models: readonly string[]) => Outcomes;
    readonly readPrices: (path: string) => Promise<ReadonlyMap<string, number>>;
  }>('evaluation/outcome-rows.js');
  const { routedPrompts } = await load<{
    readonly routedPrompts: (
      texts: readonly string[],
      tools: object,
    ) => Promise<readonly { readonly text: string; readonly embedding: object }[]>;
  }>('evaluation/routed-prompts.js');
  const { openClassifier } = await load<{ readonly openClassifier: () => Promise<Classifier> }>('app.js');
  const { readOwnRouter } = await load<{ readonly readOwnRouter: (wish: object) => Promise<Router> }>(
    'app/own-routers.js',
  );
  const folder = join(dataDir, 'outcomes');
  const prices = await readPrices(join(folder, POOL.prices));
  const classifier = await openClassifier();
  try {
    const { encoder } = classifier;
    const wish = { named: POOL.router, modelsDir: 'models', encoderHash: encoder.hash };
    const router = await readOwnRouter(wish);
    const outcomes = onlyNamed(await readOutcomes(join(folder, POOL.rows)), router.models);
    const tools = { encoder, workers: 1, cacheDir: '.cache/routed-prompts' };
    const prompts = await routedPrompts(outcomes.texts, tools);
    const width = router.models.length;
    const rows = prompts.flatMap(({ text, embedding }, row) => {
      const said = router.expect(text, embedding);
      const good = outcomes.correct.subarray(row * width, (row + 1) * width);
      return said === undefined || good.some(Number.isNaN)
        ? []
        : [{ text, good, expected: said.quality, outputTokens: said.outputTokens }];
    });
    return { models: router.models.map((name) => ({ name, parametersB: prices.get(name) ?? 0 })), rows };
  } finally {
    await classifier.close();
  }
}

function chance(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
