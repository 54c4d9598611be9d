import { splitEndpoint } from '../config/fields.js';
import { hostInUrl } from '../lib/url-host.js';

/** A server of models, as `--backend` or an Envoy cluster names it. */
export interface Backend {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
}

/**
 * Reads `http://host:port`, `https://host`, with or without `/v1` behind it, or `host:port` alone.
 *
 * @returns what is wrong with the text, and what to write instead, where it is no such thing
 */
export function parseBackend(text: string): Backend | string {
  const trimmed = text.trim();
  const bare = splitEndpoint(trimmed);
  if (bare !== undefined) return { ...bare, tls: false };
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return 'is no address of a server; write it as http://127.0.0.1:8000';
  if (url.username !== '' || url.password !== '')
    return 'holds a key or a password; name the variable that holds it by --key-env instead';
  if (!/^\/(?:v1\/?)?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    return 'has a path; Envoy sends requests on as /v1/…, so write scheme, host and port alone';
  const tls = url.protocol === 'https:';
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  const found = splitEndpoint(`${url.hostname}:${port}`);
  return found === undefined ? 'names no usable host and port' : { ...found, tls };
}

/** As a config names it. */
export function endpointOf({ address, port }: Pick<Backend, 'address' | 'port'>): string {
  return `${hostInUrl(address)}:${port}`;
}

export function urlOf(backend: Backend): string {
  return `${backend.tls ? 'https' : 'http'}://${endpointOf(backend)}`;
}
