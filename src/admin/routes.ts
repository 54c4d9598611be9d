import type { IncomingMessage } from 'node:http';
import { SextantError } from '../lib/sextant-error.js';
import { type Page, plain, refusal } from './page.js';

/** A request, and what its address says beside the page that it asks for. */
export interface Asked {
  readonly request: IncomingMessage;
  /** What stands in the place of each `*` of the route, as it was sent: not decoded, not checked. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
}

/** What a caller must be allowed: nothing, to look, or to change what callers are told. */
export type Role = 'open' | 'read' | 'operate';

/** A page of the admin listener. What it throws becomes an error in the shape of the API. */
export interface Route {
  /** A page that takes GET takes HEAD as well. */
  readonly method: 'GET' | 'POST';
  /** Where a segment is `*`, any one will do. */
  readonly path: string;
  /** Left out: `read` for GET, `operate` for POST. A page that is `open` shows nothing that somebody sent. */
  readonly role?: Role;
  /** Whether it may be asked for by any name; for pages that tell nothing. */
  readonly anyHost?: boolean;
  /** A body to send, for whoever asks by another method. */
  readonly example?: string;
  page(asked: Asked): Page | Promise<Page>;
}

/**
 * The page for a request, or what is to be said where there is none.
 *
 * @param admit throws when the request may not come to this page
 */
export async function pageOf(
  routes: readonly Route[],
  request: IncomingMessage,
  admit: (route: Route) => void = () => {},
): Promise<Page> {
  const { path, query } = splitTarget(request.url ?? '/');
  const segments = path.split('/');
  const here = routes.filter((route) => matches(route, segments));
  const route = here.find(({ method }) => method === methodOf(request));
  if (route !== undefined) {
    admit(route);
    const stars = starsOf(route);
    const params = segments.filter((_, at) => stars[at] === true);
    return route.page({ request, params, query: new URLSearchParams(query) });
  }
  const [other] = here;
  return other === undefined ? nothingHere(routes) : wrongMethod(other);
}

/** A target is split by hand: `new URL` would take `//host/path` for another host's page. */
function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const at = target.indexOf('?');
  return at < 0 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at + 1) };
}

function methodOf({ method }: IncomingMessage): string | undefined {
  return method === 'HEAD' ? 'GET' : method;
}

function matches(route: Route, segments: readonly string[]): boolean {
  const own = route.path.split('/');
  return (
    own.length === segments.length &&
    own.every((part, at) => part === segments[at] || (part === '*' && segments[at] !== ''))
  );
}

function starsOf({ path }: Route): readonly boolean[] {
  return path.split('/').map((part) => part === '*');
}

function wrongMethod({ method, path, example }: Route): Page {
  const body = example === undefined ? '' : ` with a JSON body such as ${example}`;
  return refusal(new SextantError('method_not_allowed', `${path} takes ${method}${body}.`), {
    allow: method === 'GET' ? 'GET, HEAD' : method,
  });
}

function nothingHere(routes: readonly Route[]): Page {
  const known = routes.map(({ method, path }) => (method === 'GET' ? path : `${method} ${path}`));
  return plain(404, `Nothing here. Try ${known.join(', ')}.\n`);
}
