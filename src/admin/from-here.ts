import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { SextantError } from '../lib/sextant-error.js';
import type { Route } from './routes.js';

/**
 * Lets a page be asked for from this machine alone, by a name that is this machine's. What is here reads and changes
 * what callers were told, and has no password. A web page can have its own name resolved to 127.0.0.1, and a browser
 * then lets it read our answers; but it cannot change the `Host` that the browser writes.
 *
 * @param address where the admin listener is configured to listen: a name given there counts as this machine's
 */
export function fromHere(route: Route, address: string): Route {
  return {
    ...route,
    page: (asked) => {
      refuseStranger(asked.request, address);
      return route.page(asked);
    },
  };
}

function refuseStranger({ socket, headers }: IncomingMessage, address: string): void {
  if (!isLoopback(socket.remoteAddress ?? '')) {
    throw new SextantError(
      'not_allowed',
      'This page answers on its own machine alone; run the command there.',
    );
  }
  const host = hostOf(headers.host ?? '');
  if (isIP(host) > 0 || host === 'localhost' || host === address.toLowerCase()) return;
  throw new SextantError(
    'not_allowed',
    'This page is asked for by an IP address, or as localhost; use that.',
  );
}

/** A system that listens on both kinds of address writes the older kind into the newer. */
function isLoopback(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** The host without its port and without the brackets of an IPv6 address, in lower case. */
function hostOf(header: string): string {
  const text = header.trim().toLowerCase();
  if (text.startsWith('[')) return text.slice(1, text.includes(']') ? text.indexOf(']') : undefined);
  const [host = ''] = text.split(':', 1);
  return host;
}
