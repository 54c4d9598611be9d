import { Argument, type Command } from 'commander';
import { type Act, collect, configOption, envoyOption, example, jsonOption, setOption } from './command.js';
import type { Shell } from './completion.js';
import type { Output } from './output.js';

/** `sextant init`, `doctor` and `completion`: what comes before the first start, and when something does not work. */
export function addSetup(program: Command, act: Act, output: Output): void {
  addInit(program, act, output);
  addDoctor(program, act, output);
  addCompletion(program, act, output);
}

function addInit(program: Command, act: Act, output: Output): void {
  const command = program
    .command('init')
    .description('write a commented sextant.yaml from what your servers of models say of themselves')
    .argument('[file]', 'the file to write', 'sextant.yaml')
    .option('--backend <url>', 'a server that answers GET /v1/models (repeatable)', collect, [])
    .option('--from-envoy <file>', 'ask the servers of the clusters in this Envoy YAML')
    .option('--key-env <name>', 'the variable that holds the key of the servers, here and for Envoy')
    .option('--force', 'replace what is there')
    .addOption(jsonOption())
    .addHelpText('after', example('sextant init --backend http://127.0.0.1:8000'));
  command.action((file: string) =>
    act(async () => (await import('./init.js')).init(file, command.opts(), output), 'stays')(),
  );
}

function addDoctor(program: Command, act: Act, output: Output): void {
  const command = program
    .command('doctor')
    .description(
      'look for what may keep Sextant from serving: config, ports, files, Envoy, pools, models, Milvus, clocks',
    )
    .addOption(configOption('the sextant.yaml (default: the one in this folder, where there is one)'))
    .addOption(setOption())
    .option('--envoy-config <file>', 'the Envoy YAML that is in use, where it is not the rendered one')
    .addOption(envoyOption())
    .addOption(jsonOption())
    .addHelpText('after', example('sextant doctor --config sextant.yaml --envoy-config envoy.yaml'));
  command.action(act(async () => (await import('./doctor.js')).doctor(command.opts(), output)));
}

function addCompletion(program: Command, act: Act, output: Output): void {
  const command = program
    .command('completion')
    .description('print a script by which a shell completes verbs and options')
    .addArgument(new Argument('<shell>', 'whose').choices(['bash', 'zsh', 'fish']))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      example('sextant completion bash > ~/.local/share/bash-completion/completions/sextant'),
    );
  command.action((shell: Shell) =>
    act(async () => {
      const [{ completion }, { verbTree }] = await Promise.all([
        import('./completion.js'),
        import('./verb-tree.js'),
      ]);
      const { json = false } = command.opts<{ json?: boolean }>();
      return completion(shell, { tree: verbTree(program), json }, output);
    })(),
  );
}
