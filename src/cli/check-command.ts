import type { Command } from 'commander';
import { type Act, example } from './command.js';
import type { Output } from './output.js';

/** `sextant check` and `sextant schema`: what a sextant.yaml may say, and whether one says it. */
export function addCheck(program: Command, act: Act, output: Output): void {
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
