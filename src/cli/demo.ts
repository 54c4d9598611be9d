import { askAll } from './demo-once.js';
import { type DemoStack, startDemoStack } from './demo-stack.js';
import { demoTable } from './demo-table.js';
import { welcome } from './demo-welcome.js';
import { findEnvoy } from './envoy-binary.js';
import { FAILED, OK, type Output } from './output.js';
import { DEMO_RECIPE, openRecipe, type Recipe } from './recipes.js';
import { nextSignal } from './signals.js';

export interface DemoOptions {
  /** Whose policy and questions; by default those of the article. */
  readonly recipe?: string;
  /** Ask the questions and stop, instead of waiting for somebody to ask. */
  readonly once?: boolean;
  readonly envoy?: string;
  readonly port?: number;
  readonly json?: boolean;
  /** Keep the cache in a Milvus, which is installed from its wheel. */
  readonly milvus?: boolean;
}

/** What a shell reports of a process that a signal ended. */
const INTERRUPTED = 130;

/**
 * `sextant demo`: a real Envoy, Sextant, and a labelled simulator for each model pool, on loopback. Whatever ends it,
 * nothing stays: signals and failures come by here, and a warden stands by for the death of this process itself.
 */
export async function demo(options: DemoOptions, output: Output): Promise<number> {
  const log = (line: string): void => output.err(line);
  const recipe = openRecipe(options.recipe ?? DEMO_RECIPE);
  const interruption = new AbortController();
  const interrupted = nextSignal(['SIGINT', 'SIGTERM', 'SIGHUP']).then(() => interruption.abort());
  const { signal } = interruption;
  let stack: DemoStack;
  try {
    const envoy = await findEnvoy({ path: options.envoy, install: true, log, signal });
    log(`starting simulators, ${options.milvus === true ? 'Milvus, ' : ''}Sextant and Envoy …`);
    stack = await startDemoStack({ recipe, envoy, port: options.port, milvus: options.milvus, log, signal });
  } catch (thrown) {
    if (signal.aborted) return INTERRUPTED;
    throw thrown;
  }
  try {
    const told = { recipe, stack, json: options.json === true, output };
    const work = options.once === true ? once(told) : stay(told);
    const status = await Promise.race([work, interrupted, stack.failed]);
    if (typeof status === 'number') return status;
    log('stopping …');
    return options.once === true ? INTERRUPTED : OK;
  } finally {
    await stack.stop();
  }
}

interface Demonstration {
  readonly recipe: Recipe;
  readonly stack: DemoStack;
  readonly json: boolean;
  readonly output: Output;
}

async function once({ recipe, stack, json, output }: Demonstration): Promise<number> {
  const report = await askAll(stack, recipe.questions, (line) => output.err(line));
  if (json) for (const row of report.rows) output.out(JSON.stringify(row));
  else for (const line of demoTable(report.rows)) output.out(line);
  output.out(JSON.stringify(report.summary));
  return report.good ? OK : FAILED;
}

/** Says where everything is, shows what a recipe does with its examples, then leaves the stage to the user. */
async function stay(shown: Demonstration): Promise<never> {
  const { recipe, stack, json, output } = shown;
  const { url, adminUrl, simulators } = stack;
  if (json) {
    const pools = simulators.map(({ name, url: address }) => ({ name, url: address }));
    output.out(JSON.stringify({ url, admin_url: adminUrl, simulators: pools }));
  } else {
    for (const line of welcome(stack, recipe)) output.out(line);
  }
  if (recipe.name !== DEMO_RECIPE) await once(shown);
  return new Promise<never>(() => {});
}
