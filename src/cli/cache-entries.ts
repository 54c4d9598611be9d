import { createInterface } from 'node:readline/promises';
import type { EntryView, WholeView } from '../admin/entry-view.js';
import type { CacheStats } from '../cache/contract.js';
import { type AdminOptions, adminClient } from './admin-client.js';
import { table } from './figures-text.js';
import { CliError, OK, type Output, USAGE } from './output.js';
import { printable } from './printable.js';

interface JsonOption extends AdminOptions {
  readonly json?: boolean;
}

export interface ListOptions extends JsonOption {
  readonly limit: number;
  readonly after?: string;
  /** Only the ids, one a line, for other commands. */
  readonly ids?: boolean;
}

interface Listed {
  readonly entries: readonly (EntryView & { readonly similarity?: number })[];
  readonly next?: string | null;
  readonly prompts: 'shown' | 'hidden';
}

const ASK_CHARS_MAX = 60;
/** Enough of a hash to tell tenants apart by eye. */
const HASH_CHARS = 8;

/** `sextant cache list`. */
export async function cacheList(options: ListOptions, output: Output): Promise<number> {
  const query = new URLSearchParams({ limit: String(options.limit) });
  if (options.after !== undefined) query.set('after', options.after);
  const listed = (await adminClient(options).get(`/cache/entries?${query}`)) as Listed;
  tell(listed, options, output);
  return OK;
}

/** `sextant cache search TEXT`. */
export async function cacheSearch(text: string, options: ListOptions, output: Output): Promise<number> {
  const found = await adminClient(options).post('/cache/search', { text, limit: options.limit });
  tell(found as Listed, options, output);
  return OK;
}

function tell(listed: Listed, options: ListOptions, output: Output): void {
  if (options.ids === true) {
    for (const { id } of listed.entries) output.out(printable(id, 128));
    return;
  }
  if (options.json === true) {
    output.out(JSON.stringify(listed));
    return;
  }
  const { entries, next, prompts } = listed;
  if (entries.length === 0) output.out('The cache holds no entry.');
  else
    for (const line of table([headings(listed), ...entries.map((entry) => cells(entry, listed))]))
      output.out(line);
  if (next !== undefined && next !== null) output.err(`There are more: --after ${next}`);
  if (prompts === 'hidden' && entries.length > 0) {
    output.err('Questions are hidden; `show_prompts: true` in the `admin` section shows them.');
  }
}

function headings({ entries, prompts }: Listed): readonly string[] {
  const similarity = entries[0]?.similarity === undefined ? [] : ['likeness'];
  const ask = prompts === 'shown' ? ['question'] : [];
  return [...similarity, 'id', 'tenant', 'model', 'decision', 'expires', 'bytes', 'kept', ...ask];
}

function cells(entry: Listed['entries'][number], { prompts }: Listed): readonly string[] {
  const { similarity, id, tenant, model, decision, expires, bytes, pinned, ask = '' } = entry;
  return [
    ...(similarity === undefined ? [] : [similarity.toFixed(3)]),
    id,
    tenant.slice(0, HASH_CHARS),
    model,
    decision,
    expires.replace(/\.\d+Z$/, 'Z'),
    String(bytes),
    pinned ? 'pinned' : '',
    ...(prompts === 'shown' ? [printable(ask, ASK_CHARS_MAX)] : []),
  ];
}

/** `sextant cache show ID`. */
export async function cacheShow(id: string, options: JsonOption, output: Output): Promise<number> {
  const entry = (await adminClient(options).get(entryPath(id))) as WholeView;
  if (options.json === true) output.out(JSON.stringify(entry));
  else {
    const { answer, ...rest } = entry;
    const rows = Object.entries(rest).map(([name, value]) => [name, printable(String(value), 1000)]);
    for (const [name = '', value = ''] of rows) output.out(`${name.padEnd(10)} ${value}`);
    if (answer !== undefined)
      output.out(`${'answer'.padEnd(10)} ${printable(JSON.stringify(answer), 10_000)}`);
  }
  return OK;
}

/** `sextant cache evict`, `pin` and `unpin`, each for one entry or several. */
export async function cacheChange(
  what: 'evict' | 'pin' | 'unpin',
  ids: readonly string[],
  { options, output }: { readonly options: JsonOption; readonly output: Output },
): Promise<number> {
  const client = adminClient(options);
  for (const id of ids) {
    const done = await client.post(`${entryPath(id)}/${what}`, {});
    output.out(options.json === true ? JSON.stringify(done) : `${DONE[what]} ${printable(id, 128)}`);
  }
  return OK;
}

const DONE = { evict: 'evicted', pin: 'pinned', unpin: 'unpinned' } as const;

function entryPath(id: string): string {
  return `/cache/entries/${encodeURIComponent(id)}`;
}

export interface FlushOptions extends JsonOption {
  readonly yes?: boolean;
}

/** `sextant cache flush`. */
export async function cacheFlush(options: FlushOptions, output: Output): Promise<number> {
  const client = adminClient(options);
  if (options.yes !== true && !(await agrees())) throw new CliError('nothing was flushed');
  const flushed = await client.post('/cache/flush', {});
  output.out(options.json === true ? JSON.stringify(flushed) : 'flushed: the cache is empty');
  return OK;
}

async function agrees(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new CliError('This forgets every entry, pinned ones too. Say --yes when you mean it.', USAGE);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(await terminal.question('Forget every entry, pinned ones too? [y/N] '));
  } finally {
    terminal.close();
  }
}

/** `sextant cache stats`. */
export async function cacheStats(options: JsonOption, output: Output): Promise<number> {
  const stats = (await adminClient(options).get('/cache/stats')) as CacheStats;
  if (options.json === true) output.out(JSON.stringify(stats));
  else for (const [name, value] of Object.entries(stats)) output.out(`${name.padEnd(10)} ${String(value)}`);
  return OK;
}

/** `sextant cache feedback ID VERDICT`: `id` is what the answer said of itself. */
export async function cacheFeedback(
  feedback: { readonly id: string; readonly verdict: string },
  { options, output }: { readonly options: JsonOption; readonly output: Output },
): Promise<number> {
  const learnt = await adminClient(options).post('/cache/feedback', feedback);
  output.out(options.json === true ? JSON.stringify(learnt) : 'noted');
  return OK;
}
