import { type Command, Option } from 'commander';
import { type Act, example, jsonOption, modelsOption } from './command.js';
import type { Output } from './output.js';

/** `sextant models …` and `sextant classify`: the models that ship with Sextant, and what they make of a text. */
export function addModels(program: Command, act: Act, output: Output): void {
  addVerify(program, act, output);
  addClassify(program, act, output);
}

function addVerify(program: Command, act: Act, output: Output): void {
  const models = program.command('models').description('the models that ship with Sextant');
  const verify = models
    .command('verify')
    .description('compare every model file with its hash in the manifest')
    .option('--folder <path>', 'folder of the manifest (default: the one that ships with Sextant)')
    .addOption(jsonOption())
    .addHelpText('after', example('sextant models verify'));
  verify.action(act(async () => (await import('./models-verify.js')).modelsVerify(verify.opts(), output)));
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
    .addOption(jsonOption('one line of JSON with every label, and without any of the text'))
    .addHelpText('after', example('sextant classify "What is the capital of France?"'));
  command.action((text: string | undefined) =>
    act(async () => (await import('./classify.js')).classify(text, command.opts(), output))(),
  );
}
