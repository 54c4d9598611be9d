import type { CacheBackend } from '../cache/contract.js';
import { type ExportOrigin, exportedEntry, exportFooter, exportHeader } from '../cache/transfer.js';
import type { JsonObject } from '../lib/json.js';
import { SextantError } from '../lib/sextant-error.js';
import { atOnce } from './at-once.js';
import { type Page, wrong } from './page.js';
import type { Asked, Route } from './routes.js';

interface Exporting {
  readonly backend: CacheBackend;
  readonly encoder: { readonly hash: string };
  readonly secret: Uint8Array;
  readonly showPrompts: boolean;
}

/** Entries may be large, and so many are held at a time. */
const PAGE_ENTRIES = 32;

/** `GET /cache/export?vectors=true`: every entry as JSON Lines, one after the other as the client reads them. */
export function exportRoute(cache: Exporting): Route {
  const places = atOnce(1, 'export is running');
  const origin: ExportOrigin = { secret: cache.secret, encoderHash: cache.encoder.hash };
  return {
    method: 'GET',
    path: '/cache/export',
    // All of the cache at once is more than a look.
    role: 'operate',
    page: async (asked) => {
      const vectors = vectorsOf(asked);
      if (!cache.showPrompts) throw hidden();
      const lines = linesOf(cache.backend, { origin, vectors, enter: places.enter });
      // Begun here, so that whoever ends it early gives the place back.
      const first = await lines.next();
      return { ...PAGE, text: first.value ?? '', more: lines };
    },
  };
}

const PAGE: Omit<Page, 'text'> = {
  status: 200,
  contentType: 'application/jsonl',
  headers: { 'cache-control': 'no-store' },
};

async function* linesOf(
  backend: CacheBackend,
  options: { readonly origin: ExportOrigin; readonly vectors: boolean; readonly enter: () => () => void },
): AsyncGenerator<string, undefined> {
  const { origin, vectors } = options;
  const leave = options.enter();
  try {
    yield lineOf(exportHeader(origin));
    let entries = 0;
    let after: string | undefined;
    do {
      const page = await backend.list({ after, limit: PAGE_ENTRIES });
      for (const entry of page.entries) {
        yield lineOf(exportedEntry(entry, origin, vectors));
        entries += 1;
      }
      after = page.next;
    } while (after !== undefined);
    yield lineOf(exportFooter(entries));
  } finally {
    leave();
  }
  return undefined;
}

function lineOf(value: JsonObject): string {
  return `${JSON.stringify(value)}\n`;
}

function vectorsOf({ query }: Asked): boolean {
  const vectors = query.get('vectors') ?? 'false';
  if (vectors === 'true' || vectors === 'false') return vectors === 'true';
  throw wrong('vectors must be true or false.', 'vectors');
}

function hidden(): SextantError {
  return new SextantError(
    'not_allowed',
    'An export holds questions and answers, which this policy hides. Set `show_prompts: true` in its `admin` section.',
  );
}
