import { type Command, InvalidArgumentError } from 'commander';
import { type Act, example, jsonOption, withAdmin } from './command.js';
import type { Output } from './output.js';

/** `sextant learning`: what the decisions of a running Sextant have learnt, and the way back. */
export function addLearning(program: Command, act: Act, output: Output): void {
  const learning = program
    .command('learning')
    .description('show what decisions have learnt from outcomes: each model against what was expected of it');
  withAdmin(learning).addOption(jsonOption()).addHelpText('after', example('sextant learning --json'));
  learning.action(act(async () => (await verbs()).learningShow(learning.opts(), output)));
  const rollback = learning
    .command('rollback')
    .description('go back to what a decision knew at a version that is kept; 0 forgets all')
    .argument('<decision>', 'its name')
    .argument('<version>', 'as `sextant learning` lists them', wholeNumber);
  withAdmin(rollback)
    .addOption(jsonOption())
    .addHelpText('after', example('sextant learning rollback hard 0'));
  rollback.action((decision: string, version: number) =>
    // Its options are those of `learning` as well, which hears them first.
    act(async () =>
      (await verbs()).learningRollback({ decision, version }, rollback.optsWithGlobals(), output),
    )(),
  );
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number from 0.');
}

async function verbs() {
  return import('./learning.js');
}
