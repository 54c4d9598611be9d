import { isIP } from 'node:net';

/**
 * Whether a `Host` names this listener. A web page can have a name of its own resolved to our address, and a browser
 * then takes our answers for the page's own; but the page cannot change the `Host` that the browser writes.
 *
 * @param names beside IP addresses and `localhost`, in lower case
 */
export function isOwnHost(header: string | undefined, names: readonly string[]): boolean {
  const host = hostOf(header ?? '');
  return isIP(host) > 0 || host === 'localhost' || (host !== '' && names.includes(host));
}

/** A system that listens on both kinds of address writes the older kind into the newer. */
export function isLoopbackPeer(address: string | undefined): boolean {
  const peer = address ?? '';
  const plain = peer.startsWith('::ffff:') ? peer.slice('::ffff:'.length) : peer;
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** The host without its port and without the brackets of an IPv6 address, in lower case. */
function hostOf(header: string): string {
  const text = header.trim().toLowerCase();
  if (text.startsWith('[')) return text.slice(1, text.includes(']') ? text.indexOf(']') : undefined);
  const [host = ''] = text.split(':', 1);
  return host;
}
