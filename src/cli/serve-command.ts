import type { Command } from 'commander';
import { type Act, collect, configOption, envoyOption, example, jsonOption, setOption } from './command.js';
import { amount, countNumber, portNumber } from './option-values.js';
import type { Output } from './output.js';

/** `sextant serve`, `sextant demo` and `sextant simulator`: what runs until it is told to stop. */
export function addRunning(program: Command, act: Act, output: Output): void {
  addServe(program, act, output);
  addDemo(program, act, output);
  addSimulator(program, act, output);
}

function addServe(program: Command, act: Act, output: Output): void {
  const command = program
    .command('serve')
    .description('run the service that Envoy asks')
    .addOption(configOption().makeOptionMandatory())
    .addOption(setOption())
    .option('--no-watch', 'do not look at the config file for changes; POST /reload still does')
    .addOption(jsonOption('say as JSON why it ended, too; the log is JSON anyway'))
    .addHelpText('after', example('sextant serve --config sextant.yaml'));
  command.action(act(async () => (await import('./serve.js')).serve(command.opts(), output), 'stays'));
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
    .addOption(jsonOption('machine-readable lines instead of text'))
    .addHelpText('after', example('sextant demo --once'));
  command.action(act(async () => (await import('./demo.js')).demo(command.opts(), output), 'stays'));
}

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
    .addOption(jsonOption())
    .addHelpText('after', example('sextant simulator --name small --port 9101 --tokens-per-second 25'));
  command.action(
    act(async () => (await import('./simulator.js')).simulator(command.opts(), output), 'stays'),
  );
}
