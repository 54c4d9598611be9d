/** How a URL, or what is written like one, names a host: an IPv6 address stands in brackets. */
export function hostInUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
