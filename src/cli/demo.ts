import { CACHE, DECISION, MODEL } from '../exchange/headers.js';
import { QUESTIONS } from '../simulator/answers.js';
import { askAll } from './demo-once.js';
import { BEARER, REWORDED, requestBody } from './demo-questions.js';
import { type DemoStack, startDemoStack } from './demo-stack.js';
import { demoTable } from './demo-table.js';
import { findEnvoy } from './envoy-binary.js';
import { FAILED, OK, type Output } from './output.js';
import { nextSignal } from './signals.js';

export interface DemoOptions {
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
 * `sextant demo`: a real Envoy, Sextant, and three labelled simulators of model pools on loopback. Whatever ends it,
 * nothing stays: signals and failures come by here, and a warden stands by for the death of this process itself.
 */
export async function demo(options: DemoOptions, output: Output): Promise<number> {
  const log = (line: string): void => output.err(line);
  const interruption = new AbortController();
  const interrupted = nextSignal(['SIGINT', 'SIGTERM', 'SIGHUP']).then(() => interruption.abort());
  const { signal } = interruption;
  let stack: DemoStack;
  try {
    const envoy = await findEnvoy({ path: options.envoy, install: true, log, signal });
    log(`starting three simulators, ${options.milvus === true ? 'Milvus, ' : ''}Sextant and Envoy …`);
    stack = await startDemoStack({ envoy, port: options.port, milvus: options.milvus, log, signal });
  } catch (thrown) {
    if (signal.aborted) return INTERRUPTED;
    throw thrown;
  }
  try {
    const work = options.once === true ? once(stack, options, output) : stay(stack, options, output);
    const status = await Promise.race([work, interrupted, stack.failed]);
    if (typeof status === 'number') return status;
    log('stopping …');
    return options.once === true ? INTERRUPTED : OK;
  } finally {
    await stack.stop();
  }
}

async function once(stack: DemoStack, options: DemoOptions, output: Output): Promise<number> {
  const report = await askAll(stack, (line) => output.err(line));
  if (options.json === true) for (const row of report.rows) output.out(JSON.stringify(row));
  else for (const line of demoTable(report.rows)) output.out(line);
  output.out(JSON.stringify(report.summary));
  return report.good ? OK : FAILED;
}

/** Says where everything is, then leaves the stage to the user. */
function stay(stack: DemoStack, options: DemoOptions, output: Output): Promise<never> {
  const { url, adminUrl, simulators } = stack;
  if (options.json === true) {
    const pools = simulators.map(({ name, url: address }) => ({ name, url: address }));
    output.out(JSON.stringify({ url, admin_url: adminUrl, simulators: pools }));
  } else {
    for (const line of welcome(stack)) output.out(line);
  }
  return new Promise<never>(() => {});
}

function welcome(stack: DemoStack): readonly string[] {
  const { url, adminUrl, simulators, config } = stack;
  const pools = simulators.map(({ name, url: address }) => {
    const model = config.models.find((card) => card.name === name);
    const card =
      model === undefined
        ? ''
        : ` ${model.parametersB} B parameters, ${model.price.output} USD per million tokens`;
    return `  ${name.padEnd(16)} ${address} ${card}`;
  });
  return [
    '',
    `Envoy answers at ${url} (OpenAI API, model "auto").`,
    `Sextant's health and metrics: ${adminUrl}/readyz, ${adminUrl}/metrics`,
    'Upstream simulators (no model runs here; every answer says so):',
    ...pools,
    '',
    `An easy question goes to the small model: about 16 s the first time, at once the second time (${CACHE} says so).`,
    curl(url, QUESTIONS.article),
    '',
    'The same question in other words: once it has been answered above, the semantic cache answers this one.',
    curl(url, REWORDED),
    '',
    `A coding question goes to the coder: the answer's header ${MODEL} says which model, ${DECISION} why.`,
    curl(url, QUESTIONS.coding),
    '',
    'Ctrl-C stops everything.',
  ];
}

function curl(url: string, prompt: string): string {
  return (
    `  curl -i ${url}/v1/chat/completions -H 'Content-Type: application/json' ` +
    `-H 'Authorization: ${BEARER}' -d '${requestBody(prompt)}'`
  );
}
