import type { Command } from 'commander';
import { type Act, example, jsonOption } from './command.js';
import type { Output } from './output.js';

/** `sextant check` and `sextant schema`: what a sextant.yaml may say, and whether one says it. */
export function addCheck(program: Command, act: Act, output: Output): void {
  const command = program
    .command('check')
    .description('check a sextant.yaml and say where it is wrong')
    .argument('<file>', 'the file to check')
    .option('--without-secrets', 'do not ask for the variables and files of secrets, which are elsewhere')
    .addOption(jsonOption('one line of JSON with every problem and its place'))
    .addHelpText('after', example('sextant check sextant.yaml'));
  command.action((file: string) =>
    act(async () => (await import('./check.js')).check(file, command.opts(), output))(),
  );
  const schema = program
    .command('schema')
    .description('print the JSON Schema of sextant.yaml')
    .addOption(jsonOption('the same in one line'))
    .option('--markdown', 'every key as tables to read, in place of the schema')
    .addHelpText('after', example('sextant schema > sextant.schema.json'));
  schema.action(act(async () => (await import('./schema.js')).schema(schema.opts(), output)));
}
