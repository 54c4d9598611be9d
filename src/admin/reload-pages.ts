import { objectOf } from './json-body.js';
import { shown } from './page.js';
import type { Route } from './routes.js';

const LIMITS = { bytesMax: 1024, deadlineMs: 5_000 };
const EXAMPLE = '{}';

/** What is known of the config file, and how it is looked at again. */
export interface ReloadDesk {
  readonly state: object;
  /** Never rejects. */
  reload(): Promise<{ readonly outcome: string }>;
}

/** `GET /reload` and `POST /reload`, where somebody reloads; and `GET /schema`. */
export function reloadPages(
  desk: ReloadDesk | undefined,
  schema: () => Promise<Readonly<Record<string, unknown>>>,
): readonly Route[] {
  const reloading: readonly Route[] =
    desk === undefined
      ? []
      : [
          { method: 'GET', path: '/reload', page: () => shown(desk.state) },
          {
            method: 'POST',
            path: '/reload',
            example: EXAMPLE,
            async page({ request }) {
              await objectOf(request, LIMITS);
              const reloaded = await desk.reload();
              return shown(reloaded, reloaded.outcome === 'refused' ? 409 : 200);
            },
          },
        ];
  return [...reloading, { method: 'GET', path: '/schema', page: async () => shown(await schema()) }];
}
