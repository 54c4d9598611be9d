import type { Explain } from '../exchange/explain.js';
import { type Access, accessPage, admit, LOCAL_ACCESS } from './access.js';
import { type CacheAdmin, cacheRoutes } from './cache-routes.js';
import { type Classify, classifyPage } from './classify-page.js';
import { explainPage } from './explain-page.js';
import { type Listening, type ListenOptions, listen } from './listen.js';
import { type Probed, probeRoutes } from './probes.js';
import { pageOf, type Route } from './routes.js';

export interface AdminOptions extends Probed, Pick<ListenOptions, 'address' | 'port' | 'tls' | 'bounds'> {
  /** Left out: whoever sits at this machine may do everything, and nobody else anything. */
  readonly access?: () => Access;
  readonly classify: Classify;
  /** Says why a request would go where it goes; without it there is no page for that. */
  readonly explain?: { readonly why: Explain; readonly showPrompts: boolean };
  /** What the pages about the cache are made of; without it there are none. */
  readonly cache?: CacheAdmin;
  /** What else is served. */
  readonly routes?: readonly Route[];
}

export type AdminServer = Listening;

/**
 * HTTP for operators: it reads and changes what callers are told, so every page goes through one guard.
 *
 * @throws Error that says why it cannot listen there
 */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const { address, access = () => LOCAL_ACCESS } = options;
  // Asked for each request: tokens and names may change while it runs.
  const own = (): Access => {
    const now = access();
    return { ...now, hosts: [...now.hosts, address.toLowerCase()] };
  };
  const routes = [...ownRoutes(options, own), ...(options.routes ?? [])];
  return listen({
    ...options,
    name: 'admin',
    page: (request) => pageOf(routes, request, (route) => admit(request, route, own())),
  });
}

/** A handful of pages need no framework: loading one takes as long at start as reading and checking the policy. */
function ownRoutes(options: AdminOptions, access: () => Access): readonly Route[] {
  const { classify, explain, cache } = options;
  return [
    ...probeRoutes(options),
    accessPage(access, cache?.showPrompts ?? false),
    classifyPage(classify),
    ...(explain === undefined ? [] : [explainPage(explain.why, explain.showPrompts)]),
    ...(cache === undefined ? [] : cacheRoutes(cache)),
  ];
}
