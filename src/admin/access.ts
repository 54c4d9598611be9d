import type { IncomingMessage } from 'node:http';
import { mediaTypeOf } from '../lib/headers.js';
import { SextantError } from '../lib/sextant-error.js';
import { isLoopbackPeer, isOwnHost } from './host.js';
import { type Page, shown } from './page.js';
import type { Role, Route } from './routes.js';

/** Who may ask the admin listener for what. */
export interface Access {
  /** Names that it is asked by, beside IP addresses and `localhost`. Lower case. */
  readonly hosts: readonly string[];
  /** Where there is one, nobody does without. */
  readonly tokens: readonly AccessToken[];
  /** Whether TLS turns away whoever shows no certificate of ours. */
  readonly clientsVerified: boolean;
}

export interface AccessToken {
  readonly role: Exclude<Role, 'open'>;
  /** Takes as long for a wrong text as for the right one. */
  readonly secret: { matches(text: string): boolean };
}

/** Browsers ask before they send one of these across origins, and get no leave: no web page can use what is here. */
const BODY_TYPES = ['application/json', 'application/jsonl'];

/** For whoever sits at this machine. */
export const LOCAL_ACCESS: Access = { hosts: [], tokens: [], clientsVerified: false };

/**
 * Lets a request come to the page of a route, or says why not.
 *
 * @throws SextantError `not_allowed`, `unauthorized`, `unsupported_encoding`
 */
export function admit(request: IncomingMessage, route: Route, access: Access): void {
  if (route.anyHost !== true) refuseOtherHosts(request, access);
  const needed = neededBy(route);
  if (needed !== 'open') {
    refuseOtherSites(request);
    refuseOthers(request, needed, access);
  }
  // Also where the page reads no body.
  if (route.method === 'POST') refuseForm(request);
}

/** `GET /access`: what a dashboard must know before it asks for anything else. */
export function accessPage(accessNow: () => Access, showPrompts: boolean): Route {
  return {
    method: 'GET',
    path: '/access',
    role: 'open',
    page: ({ request }): Page => {
      const access = accessNow();
      return shown({
        sign_in: access.tokens.length > 0 ? 'token' : 'none',
        role: roleOf(request, access) ?? 'none',
        prompts: showPrompts ? 'shown' : 'hidden',
      });
    },
  };
}

function neededBy({ role, method }: Route): Role {
  return role ?? (method === 'GET' ? 'read' : 'operate');
}

function refuseOtherHosts({ headers }: IncomingMessage, { hosts }: Access): void {
  if (isOwnHost(headers.host, hosts)) return;
  throw new SextantError(
    'not_allowed',
    'The admin listener is asked by an IP address, as localhost, or by a name that `admin.hosts` lists; use one of these.',
  );
}

/**
 * Browsers say from where a page asks, and pages cannot change it. What is no browser says nothing of the kind. A proxy
 * may speak TLS in our place, so hosts are compared and schemes are not.
 */
function refuseOtherSites({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site'];
  const asksFromHere = site === undefined || site === 'same-origin' || site === 'none';
  const { origin } = headers;
  if (asksFromHere && (origin === undefined || hostIn(origin) === headers.host?.toLowerCase())) return;
  throw new SextantError('not_allowed', 'Web pages of other sites may not ask the admin listener.');
}

function hostIn(origin: string): string | undefined {
  const at = origin.indexOf('://');
  return at < 0 ? undefined : origin.slice(at + '://'.length).toLowerCase();
}

/** Refuses a body that does not say that it is JSON, or JSON Lines. */
function refuseForm({ headers }: IncomingMessage): void {
  const type = mediaTypeOf(headers['content-type']) ?? '';
  if (!BODY_TYPES.includes(type)) {
    throw new SextantError('unsupported_encoding', 'Send the body as JSON: content-type: application/json.');
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new SextantError('unsupported_encoding', 'Send the body as it is, without content-encoding.');
  }
}

function refuseOthers(request: IncomingMessage, needed: Role, access: Access): void {
  const role = roleOf(request, access);
  if (role === undefined) throw unknown(access);
  if (needed === 'operate' && role === 'read') {
    throw new SextantError('not_allowed', 'This token may only read; operate with the other one.');
  }
}

/** What a request may do; undefined is nothing. */
function roleOf({ headers, socket }: IncomingMessage, access: Access): AccessToken['role'] | undefined {
  if (access.tokens.length === 0) {
    return access.clientsVerified || isLoopbackPeer(socket.remoteAddress) ? 'operate' : undefined;
  }
  const [, token] = /^bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) return undefined;
  // Each is compared, so that the time does not tell which it was.
  const roles = access.tokens.filter(({ secret }) => secret.matches(token));
  return roles.some(({ role }) => role === 'operate') ? 'operate' : roles[0]?.role;
}

function unknown({ tokens }: Access): SextantError {
  return tokens.length === 0
    ? new SextantError('not_allowed', 'This page answers on its own machine alone; ask from there.')
    : new SextantError(
        'unauthorized',
        'The admin listener asks for a token: send `authorization: Bearer …`, or give --token-file to the command.',
      );
}
