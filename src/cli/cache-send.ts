import type { RefusedLine } from '../admin/line-report.js';
import { type AdminClient, type AdminOptions, adminClient } from './admin-client.js';
import { type FileLine, lineBatches } from './line-batches.js';
import { CliError, FAILED, OK, type Output } from './output.js';

export interface SendOptions extends AdminOptions {
  readonly json?: boolean;
}

/** Small enough that the service answers between them those who wait, large enough that the way costs nothing. */
const WARM_BATCH = { linesMax: 32, bytesMax: 1024 * 1024 };
const IMPORT_BATCH = { linesMax: 512, bytesMax: 8 * 1024 * 1024 };
/** How much is sent between two words on how far it is. */
const PROGRESS_LINES = 2_048;
/** Refused lines that are told one by one; the rest is counted. */
const TOLD_MAX = 20;

/** `sextant cache warm FILE`. */
export async function cacheWarm(file: string, options: SendOptions, output: Output): Promise<number> {
  const sum = new Sum(file, output);
  const client = adminClient(options);
  for await (const lines of lineBatches(file, WARM_BATCH)) {
    sum.add(await sent(client, '/cache/warm', lines), lines);
  }
  return told(sum, { warmed: sum.counts.get('warmed') ?? 0 }, { options, output });
}

/** `sextant cache import FILE`: each batch goes with the first line, which says where the export comes from. */
export async function cacheImport(file: string, options: SendOptions, output: Output): Promise<number> {
  const sum = new Sum(file, output);
  const client = adminClient(options);
  let header: FileLine | undefined;
  let last: FileLine | undefined;
  for await (const batch of lineBatches(file, IMPORT_BATCH)) {
    const lines: readonly FileLine[] = header === undefined ? batch : [header, ...batch];
    header ??= batch[0];
    last = batch.at(-1);
    sum.add(await sent(client, '/cache/import', lines), lines);
  }
  if (header === undefined) throw new CliError(`${file} is empty; it is no export.`);
  const counts = { imported: sum.counts.get('imported') ?? 0, expired: sum.counts.get('expired') ?? 0 };
  const status = told(sum, counts, { options, output });
  if (isEnd(last)) return status;
  output.err(`${file} ends early: the export was cut when it was made. What is in it was imported.`);
  return FAILED;
}

interface Report {
  readonly [count: string]: unknown;
  readonly refused_count: number;
  readonly refused: readonly RefusedLine[];
}

async function sent(client: AdminClient, path: string, lines: readonly FileLine[]): Promise<Report> {
  const newline = Buffer.from('\n');
  const body = Buffer.concat(lines.flatMap(({ bytes }) => [bytes, newline]));
  return (await client.post(path, body)) as Report;
}

/** Adds up what the service says of each batch, and tells refused lines by their place in the file. */
class Sum {
  readonly counts = new Map<string, number>();
  readonly refused: RefusedLine[] = [];
  refusedCount = 0;
  private nextWordAt = PROGRESS_LINES;

  constructor(
    private readonly file: string,
    private readonly output: Output,
  ) {}

  add(report: Report, lines: readonly FileLine[]): void {
    for (const [name, count] of Object.entries(report)) {
      if (typeof count === 'number') this.counts.set(name, (this.counts.get(name) ?? 0) + count);
    }
    this.refusedCount += report.refused_count;
    for (const refused of report.refused) {
      const line = lines[refused.line - 1]?.line ?? refused.line;
      if (this.refused.length < TOLD_MAX) this.refused.push({ ...refused, line });
    }
    const at = lines.at(-1)?.line ?? 0;
    if (at < this.nextWordAt) return;
    this.nextWordAt = at + PROGRESS_LINES;
    this.output.err(`${this.file}: ${at} lines so far`);
  }

  tellRefused(): void {
    for (const { line, message } of this.refused) this.output.err(`${this.file}:${line}: ${message}`);
    const more = this.refusedCount - this.refused.length;
    if (more > 0) this.output.err(`and ${more} more lines were refused`);
  }
}

function told(
  sum: Sum,
  counts: Readonly<Record<string, number>>,
  { options, output }: { readonly options: SendOptions; readonly output: Output },
): number {
  const { refusedCount: refused_count, refused } = sum;
  if (options.json === true) output.out(JSON.stringify({ ...counts, refused_count, refused }));
  else {
    const parts = Object.entries({ ...counts, refused: refused_count });
    output.out(parts.map(([name, count]) => `${name} ${count}`).join(', '));
    sum.tellRefused();
  }
  return refused_count === 0 ? OK : FAILED;
}

function isEnd(line: FileLine | undefined): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(line?.bytes ?? []).toString('utf8'));
    return typeof value === 'object' && value !== null && 'sextant_cache_end' in value;
  } catch {
    return false;
  }
}
