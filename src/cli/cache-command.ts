import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { type Act, example, jsonOption, withAdmin } from './command.js';
import type { Output } from './output.js';

/** `sextant cache …`: what an operator does to the cache of a running Sextant. */
export function addCache(program: Command, act: Act, output: Output): void {
  const cache = program.command('cache').description('look after the semantic cache of a running Sextant');
  addLooking(cache, act, output);
  addChanging(cache, act, output);
  addFlush(cache, act, output);
  addMoving(cache, act, output);
  addFeedback(cache, act, output);
}

function addLooking(cache: Command, act: Act, output: Output): void {
  const list = verb(cache, {
    name: 'list',
    does: 'list entries, the newest first',
    line: 'sextant cache list --limit 50',
  })
    .addOption(limitOption(20, 1000))
    .option('--ids', ONLY_IDS)
    .option('--after <cursor>', 'go on where a list ended');
  list.action(act(async () => (await entries()).cacheList(list.opts(), output)));
  const search = verb(cache, {
    name: 'search',
    does: 'find the entries whose questions are nearest to a text',
    line: 'sextant cache search "How do I get my money back?"',
  })
    .argument('<text>', 'the text')
    .addOption(limitOption(10, 100))
    .option('--ids', ONLY_IDS);
  search.action((text: string) =>
    act(async () => (await entries()).cacheSearch(text, search.opts(), output))(),
  );
  const show = verb(cache, {
    name: 'show',
    does: 'show one entry',
    line: 'sextant cache show 3f0c9d6e',
  }).argument('<id>', ID);
  show.action((id: string) => act(async () => (await entries()).cacheShow(id, show.opts(), output))());
  const stats = verb(cache, {
    name: 'stats',
    does: 'count entries, bytes and evictions',
    line: 'sextant cache stats',
  });
  stats.action(act(async () => (await entries()).cacheStats(stats.opts(), output)));
}

const ONLY_IDS = 'only the ids, one a line, for xargs';
const ID = 'what list and search show as its id';

const CHANGES = [
  ['evict', 'forget entries'],
  ['pin', 'keep entries from making way for others until they expire'],
  ['unpin', 'let entries make way for others again'],
] as const;

function addChanging(cache: Command, act: Act, output: Output): void {
  for (const [what, does] of CHANGES) {
    const command = verb(cache, { name: what, does, line: `sextant cache ${what} 3f0c9d6e` }).argument(
      '<ids...>',
      ID,
    );
    command.action((ids: readonly string[]) =>
      act(async () => (await entries()).cacheChange(what, ids, { options: command.opts(), output }))(),
    );
  }
}

function addFlush(cache: Command, act: Act, output: Output): void {
  const flush = verb(cache, {
    name: 'flush',
    does: 'forget every entry, pinned ones too',
    line: 'sextant cache flush --yes',
  }).option('--yes', 'do not ask');
  flush.action(act(async () => (await entries()).cacheFlush(flush.opts(), output), 'stays'));
}

function addMoving(cache: Command, act: Act, output: Output): void {
  const warm = verb(cache, {
    name: 'warm',
    does: 'put questions with their answers into the cache',
    line: 'sextant cache warm answers.jsonl',
  }).argument('<file>', 'rows of JSON Lines: question or request, answer, and tenant or authorization');
  warm.action((file: string) => act(async () => (await sending()).cacheWarm(file, warm.opts(), output))());
  const out = verb(cache, {
    name: 'export',
    does: 'write every entry into a file',
    line: 'sextant cache export cache.jsonl',
  })
    .argument('<file>', 'the file; only its owner may read it')
    .option('--vectors', 'write the vectors along, which are most of the bytes but spare encoding again');
  out.action((file: string) =>
    act(async () => (await import('./cache-export.js')).cacheExport(file, out.opts(), output))(),
  );
  const load = verb(cache, {
    name: 'import',
    does: 'take the entries of an export',
    line: 'sextant cache import cache.jsonl',
  }).argument('<file>', 'what export wrote');
  load.action((file: string) => act(async () => (await sending()).cacheImport(file, load.opts(), output))());
}

function addFeedback(cache: Command, act: Act, output: Output): void {
  const command = verb(cache, {
    name: 'feedback',
    does: 'say that an answer from the cache was wrong, or right',
    line: 'sextant cache feedback 3f0c9d6e wrong',
  })
    .argument('<id>', 'the id that the answer carried in its headers')
    .addArgument(new Argument('<verdict>', 'what it was').choices(['wrong', 'right']));
  command.action((id: string, verdict: string) =>
    act(async () => (await entries()).cacheFeedback({ id, verdict }, { options: command.opts(), output }))(),
  );
}

interface VerbText {
  readonly name: string;
  readonly does: string;
  /** A command line that shows it. */
  readonly line: string;
}

function verb(cache: Command, { name, does, line }: VerbText): Command {
  return withAdmin(cache.command(name).description(does))
    .addOption(jsonOption())
    .addHelpText('after', example(line));
}

function limitOption(usual: number, max: number): Option {
  return new Option('--limit <number>', `how many, ${max} at most`).default(usual).argParser((text) => {
    const value = Number(text);
    if (/^\d{1,4}$/.test(text) && value >= 1 && value <= max) return value;
    throw new InvalidArgumentError(`A whole number from 1 to ${max}.`);
  });
}

async function entries() {
  return import('./cache-entries.js');
}

async function sending() {
  return import('./cache-send.js');
}
