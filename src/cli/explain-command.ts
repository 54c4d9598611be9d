import type { Command } from 'commander';
import {
  type Act,
  collect,
  configOption,
  example,
  jsonOption,
  setOption,
  tokenFileOption,
} from './command.js';
import type { Output } from './output.js';

/** `sextant explain` and `sextant replay`: why requests go where they go, and where they would go by another policy. */
export function addExplain(program: Command, act: Act, output: Output): void {
  const explain = program
    .command('explain')
    .description('say why a prompt goes where it goes: every signal, rule, model and threshold')
    .argument('[prompt]', 'what a user asks; left out, --file')
    .option('--file <path>', 'a whole request body instead, as a client sends it (JSON)')
    .addOption(configOption())
    .addOption(setOption())
    .option('--admin <url>', 'ask a running Sextant, which has a cache to look into, instead of a config')
    .addOption(tokenFileOption())
    .option('--diff <file>', 'say what would change by this other sextant.yaml')
    .option('--route <name>', 'the route that is asked (default: the first one)')
    .option('--header <line>', 'a header of the request, as in "x-team: sales" (repeatable)', collect, [])
    .addOption(jsonOption())
    .addHelpText('after', example('sextant explain "Prove that 2 is prime." --config sextant.yaml'));
  explain.action((prompt: string | undefined) =>
    act(async () => (await import('./explain.js')).explain(prompt, explain.opts(), output))(),
  );
  const replay = program
    .command('replay')
    .description('say what another policy would have done with the requests of a recording')
    .argument('<log>', 'the file that recording.path has written')
    .addOption(configOption().makeOptionMandatory())
    .addOption(setOption())
    .option('--against <file>', 'compare with this policy instead of what was done then')
    .option('--show-prompts', 'show the questions of examples, where the recording has them')
    .addOption(jsonOption())
    .addHelpText('after', example('sextant replay requests.jsonl --config new.yaml'));
  replay.action((log: string) =>
    act(async () => (await import('./replay.js')).replay(log, replay.opts(), output))(),
  );
}
