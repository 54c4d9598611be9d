import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { SextantError } from '../lib/sextant-error.js';
import type { Page } from './page.js';
import type { Route } from './routes.js';

/** The dashboard is made of these kinds of files alone. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/** The page runs its own files, speaks to its own origin, and loads nothing else. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:";

/** Its build writes a hash of the content into each name, so what stands under a name never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

interface UiFiles {
  readonly index: Page;
  /** By name. */
  readonly assets: ReadonlyMap<string, Page>;
}

/**
 * `GET /` and `GET /assets/NAME`: the dashboard. The files are read once, with the first question, and are found by
 * name in a map, so nothing that a client sends becomes a path.
 *
 * @param folder of the built dashboard
 */
export function uiRoutes(folder: string): readonly Route[] {
  let reading: Promise<UiFiles> | undefined;
  const files = (): Promise<UiFiles> => {
    // A failure is not kept: whoever builds it meanwhile need not start again.
    reading ??= readFiles(folder).catch((cause: unknown) => {
      reading = undefined;
      throw notBuilt(cause);
    });
    return reading;
  };
  return [
    { method: 'GET', path: '/', role: 'open', page: async () => (await files()).index },
    {
      method: 'GET',
      path: '/assets/*',
      role: 'open',
      page: async ({ params: [name = ''] }) => {
        const page = (await files()).assets.get(name);
        if (page === undefined)
          throw new SextantError('not_found', 'The dashboard has no such file; load it again.');
        return page;
      },
    },
  ];
}

async function readFiles(folder: string): Promise<UiFiles> {
  const assets = join(folder, 'assets');
  const names = (await readdir(assets)).filter((name) => TYPES.has(extname(name)));
  const pages = names.map(async (name) => [name, await pageOf(join(assets, name), FOREVER)] as const);
  return {
    index: await pageOf(join(folder, 'index.html'), 'no-cache'),
    assets: new Map(await Promise.all(pages)),
  };
}

async function pageOf(file: string, cacheControl: string): Promise<Page> {
  return {
    status: 200,
    contentType: TYPES.get(extname(file)) ?? 'text/plain; charset=utf-8',
    text: await readFile(file, 'utf8'),
    headers: { 'cache-control': cacheControl },
    policy: POLICY,
  };
}

function notBuilt(cause: unknown): SextantError {
  return new SextantError('not_found', 'The dashboard is not built; run `npm run build` in the package.', {
    cause,
  });
}
