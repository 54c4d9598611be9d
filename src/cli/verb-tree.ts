import type { Command } from 'commander';

/** One option of a verb. */
export interface VerbOption {
  /** As in `--json`. */
  readonly long: string;
  readonly takesValue: boolean;
  /** Empty where any value will do. */
  readonly choices: readonly string[];
  readonly says: string;
}

/** A verb, or a group of verbs. */
export interface VerbNode {
  /** The words that call it, as in `sextant cache list`. */
  readonly words: string;
  readonly says: string;
  readonly options: readonly VerbOption[];
  readonly below: readonly VerbNode[];
  /** What its first argument may be; empty where any value will do. */
  readonly choices: readonly string[];
}

/** All that can be called, as plain values. */
export function verbTree(command: Command, before = ''): VerbNode {
  const words = `${before}${command.name()}`;
  const visible = command.createHelp();
  return {
    words,
    says: command.description(),
    options: visible.visibleOptions(command).flatMap((option) =>
      option.long == null
        ? []
        : [
            {
              long: option.long,
              takesValue: option.required || option.optional,
              choices: option.argChoices ?? [],
              says: option.description,
            },
          ],
    ),
    below: visible
      .visibleCommands(command)
      .filter((each) => each.name() !== 'help')
      .map((each) => verbTree(each, `${words} `)),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
}

/** The node and everything below it, in the order of the help. */
export function everyNode(node: VerbNode): readonly VerbNode[] {
  return [node, ...node.below.flatMap(everyNode)];
}
