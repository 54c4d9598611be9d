import type { CacheBackend, CacheEntry } from '../cache/contract.js';
import {
  type ExportOrigin,
  entriesOfFooter,
  headerFlaw,
  type ImportedEntry,
  importedEntry,
  withVector,
} from '../cache/transfer.js';
import type { Clock } from '../lib/clock.js';
import type { JsonObject } from '../lib/json.js';
import { toSextantError } from '../openai/errors.js';
import type { Encoder } from '../signals/contract.js';
import { atOnce } from './at-once.js';
import { type JsonLine, linesIn } from './json-lines.js';
import { LineReport } from './line-report.js';
import { shown, wrong } from './page.js';
import { readBody } from './read-body.js';
import type { Route } from './routes.js';

interface Importing {
  readonly backend: CacheBackend;
  readonly encoder: Pick<Encoder, 'encode' | 'hash'>;
  readonly secret: Uint8Array;
  readonly clock: Clock;
}

const LIMITS = { bytesMax: 16 * 1024 * 1024, deadlineMs: 10_000 };
/** Lines of one body. Each without its vector is a pass of the encoder. */
const LINES_MAX = 1024;
const ENCODE_DEADLINE_MS = 10_000;

/** `POST /cache/import`: takes the lines of an export, the first one always among them. */
export function importRoute(cache: Importing): Route {
  const places = atOnce(1, 'import is running');
  const origin: ExportOrigin = { secret: cache.secret, encoderHash: cache.encoder.hash };
  return {
    method: 'POST',
    path: '/cache/import',
    example: 'the lines of GET /cache/export, content-type application/jsonl',
    page: ({ request }) =>
      places.run(async () => {
        const [first, ...rest] = linesIn(await readBody(request, LIMITS), LINES_MAX);
        refuseForeign(first, origin);
        const report = new LineReport();
        let expired = 0;
        for (const { line, object } of rest) {
          const taken = await take(object, { ...cache, origin }).catch((thrown: unknown) => {
            report.refuse(line, toSextantError(thrown));
          });
          if (taken === 'stored') report.taken += 1;
          if (taken === 'expired') expired += 1;
        }
        return shown({ imported: report.taken, expired, ...report.told() });
      }),
  };
}

function refuseForeign(first: JsonLine | undefined, origin: ExportOrigin): void {
  if (first === undefined) throw wrong('The body is empty; send the lines of an export.');
  if (!first.object.ok) throw first.object.error;
  const flaw = headerFlaw(first.object.value, origin);
  if (flaw !== undefined) throw wrong(flaw);
}

async function take(
  object: JsonLine['object'],
  cache: Importing & { readonly origin: ExportOrigin },
): Promise<'stored' | 'expired' | 'end'> {
  if (!object.ok) throw object.error;
  if (entriesOfFooter(object.value) !== undefined) return 'end';
  const { entry, lacksVector } = read(object.value, cache.origin);
  if (entry.expiresAtMs <= cache.clock.nowMs()) return 'expired';
  await cache.backend.put(lacksVector ? await encoded(entry, cache) : entry);
  return 'stored';
}

function read(line: JsonObject, origin: ExportOrigin): ImportedEntry {
  const imported = importedEntry(line, origin);
  if (!imported.ok) throw wrong(imported.error);
  return imported.value;
}

async function encoded(entry: CacheEntry, { encoder }: Importing): Promise<CacheEntry> {
  return withVector(entry, (await encoder.encode(entry.ask, ENCODE_DEADLINE_MS)).vector);
}
