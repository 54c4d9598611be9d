import type { Command } from 'commander';
import { type Act, besideOption, example, jsonOption, modelsOption, pricesOption } from './command.js';
import { amount, countNumber, share } from './option-values.js';
import type { Output } from './output.js';

/** `sextant eval …`: what the shipped models, the cache and the routing are worth on rows with answers. */
export function addEval(program: Command, act: Act, output: Output): void {
  const command = program.command('eval').description('measure the shipped models on rows with answers');
  for (const [kind, fields] of EVALUATED) {
    const each = command
      .command(kind)
      .description(`measure on rows with ${fields}`)
      .requiredOption('--data <file>', 'the rows, as JSON Lines')
      .addOption(modelsOption())
      .addOption(jsonOption());
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
    .addOption(jsonOption())
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
    .addOption(jsonOption('one line of JSON for each figure'))
    .addHelpText('after', example('sextant eval all --data-dir data'));
  all.action(act(async () => (await import('./eval-all.js')).evaluateAll(all.opts(), output)));
}

const EVALUATED = [
  ['domain', 'question and category'],
  ['intent', 'text and intent'],
  ['guard', 'text or question, label (attack or benign), and perhaps role (user, tool or document)'],
  ['pii', 'text and spans (type, start and end in code points)'],
  ['difficulty', 'question and correct (0 or 1 for each model)'],
] as const;

function addEvalRewordings(command: Command, act: Act, output: Output): void {
  const rewordings = command
    .command('cache-rewordings')
    .description('measure how often the cache knows a question again in other words, and mistakes a near one')
    .requiredOption('--data <file>', 'rows with ask, rewordings and near, as JSON Lines')
    .option('--entries <file>', 'as for eval cache')
    .addOption(modelsOption())
    .addOption(jsonOption())
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
    .addOption(jsonOption())
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
    .addOption(jsonOption())
    .addHelpText('after', example('sextant eval routing --outcomes outcomes.jsonl --json'));
  routing.action(act(async () => (await import('./eval-routing.js')).evaluateRoutes(routing.opts(), output)));
}
