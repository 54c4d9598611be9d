import type { Command } from 'commander';
import {
  type Act,
  besideOption,
  collect,
  configOption,
  example,
  jsonOption,
  modelsOption,
  pricesOption,
  setOption,
} from './command.js';
import { share } from './option-values.js';
import type { Output } from './output.js';

/** `sextant train …` and `sextant tune …`: what is learnt from rows of the user's own. */
export function addTraining(program: Command, act: Act, output: Output): void {
  addTrain(program, act, output);
  addTune(program, act, output);
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
    .addOption(jsonOption())
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
    .option(
      '--own-share <share>',
      'how much what sets a model apart on a prompt counts, beside what it does on the whole',
      share,
    )
    .option('--name <name>', 'name of the router (default: the last part of --out)')
    .addOption(modelsOption())
    .addOption(jsonOption())
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
    .addOption(jsonOption())
    .addHelpText(
      'after',
      example('sextant tune signal --config sextant.yaml --signal returns --data rows.csv'),
    );
  signal.action(act(async () => (await import('./tune-signal.js')).tune(signal.opts(), output)));
}
