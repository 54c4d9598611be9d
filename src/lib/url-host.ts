/** How a URL, or what is written like one, names a host: an IPv6 address stands in brackets. */
export function hostInUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Where a listener is asked from the same machine: one that listens everywhere, on loopback. */
export function askedAt(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
