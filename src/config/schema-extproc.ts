import { z } from 'zod';
import type { ExtprocAddress, ExtprocTls, SocketAddress } from './config.js';
import { DEFAULTS, SOCKET_PATH_BYTES_MAX } from './defaults.js';
import { endpoint, host, isLoopback, port, section, splitEndpoint } from './fields.js';
import { resolveOptional, resolvePath } from './paths.js';
import { atValue, type Finding, type Path } from './problems.js';

const file = z.string().min(1).max(4096);

const envoySide = section({
  ca: file.optional().describe('Who signed the certificate of Sextant; left out, client_ca.'),
  certificate: file.optional().describe('What Envoy shows of itself.'),
  key: file.optional(),
  server_name: host
    .optional()
    .describe('What the certificate of Sextant must name; left out, the hosts of the endpoints.'),
}).describe("Envoy's own files, for the rendered configuration. Sextant reads none of them.");

const tls = section({
  certificate: file.describe('The chain that Sextant shows, as PEM; read again when it changes.'),
  key: file,
  client_ca: file.optional().describe('Who signs the certificates of those that may ask.'),
  envoy: envoySide.prefault({}),
}).describe('The TCP port speaks TLS.');

export const extproc = section({
  socket: z.string().min(1).optional(),
  address: host.optional(),
  port: port.optional(),
  endpoints: z
    .array(endpoint)
    .min(1)
    .max(256)
    .optional()
    .describe('host:port at which Envoy finds Sextant; left out, address and port.'),
  tls: tls.optional(),
  allow_remote: z.boolean().default(false),
}).describe('Where Sextant serves Envoy: a unix socket, or a TCP port, which beyond loopback speaks TLS.');

type Text = z.output<typeof extproc>;

/** @param file the config file, from whose folder paths start */
export function extprocAddress(text: Text, file: string): ExtprocAddress {
  if (text.port === undefined) {
    return { kind: 'unix', socket: resolvePath(text.socket ?? DEFAULTS.extproc.socket, file) };
  }
  const own: SocketAddress = { address: text.address ?? DEFAULTS.extproc.address, port: text.port };
  const endpoints = text.endpoints?.flatMap((each) => splitEndpoint(each) ?? []) ?? [own];
  return {
    kind: 'tcp',
    ...own,
    endpoints,
    ...(text.tls === undefined ? {} : { tls: tlsOf(text.tls, file) }),
  };
}

function tlsOf({ certificate, key, client_ca, envoy }: z.output<typeof tls>, file: string): ExtprocTls {
  const resolved = (path: string | undefined) => resolveOptional(path, file);
  return {
    certFile: resolvePath(certificate, file),
    keyFile: resolvePath(key, file),
    clientCaFile: resolved(client_ca),
    envoy: {
      caFile: resolved(envoy.ca ?? client_ca),
      certFile: resolved(envoy.certificate),
      keyFile: resolved(envoy.key),
      serverName: envoy.server_name,
    },
  };
}

/** What is well formed and still cannot work. */
export function extprocFindings(text: Text, file: string): readonly Finding[] {
  const { socket, port: own, address, endpoints, tls: secured } = text;
  if (socket !== undefined && (own !== undefined || address !== undefined)) {
    return [value([], 'has both a socket and a TCP address; Envoy takes one way, keep one of them')];
  }
  if (own === undefined) {
    const key = endpoints === undefined ? 'tls' : 'endpoints';
    if (address !== undefined) {
      return [value([], 'has an address without a port; add the port, or name a socket instead')];
    }
    if (endpoints !== undefined || secured !== undefined) {
      return [value([key], 'goes with a TCP port, and there is none; add port, or remove it')];
    }
  }
  const bytes = Buffer.byteLength(resolvePath(socket ?? DEFAULTS.extproc.socket, file));
  if (socket !== undefined && bytes > SOCKET_PATH_BYTES_MAX) {
    const message = `is ${bytes} bytes long as an absolute path; a unix socket takes ${SOCKET_PATH_BYTES_MAX}, choose a shorter folder`;
    return [value(['socket'], message)];
  }
  return [...remoteFindings(text), ...certificateFindings(secured)];
}

/**
 * Every prompt and every answer goes through this port, and whoever may ask it reads what the cache holds for any
 * tenant: beyond this machine it is never open, and open to anybody only when somebody says so.
 */
function remoteFindings({ address, allow_remote, tls: secured }: Text): readonly Finding[] {
  if (address === undefined || isLoopback(address)) return [];
  if (secured === undefined) {
    const message = `${address} can be reached from other machines, and prompts and answers would cross the network in the clear; add extproc.tls, or take 127.0.0.1 or a socket`;
    return [value(['address'], message)];
  }
  if (secured.client_ca !== undefined || allow_remote) return [];
  const message = `${address} can be reached from other machines and asks nobody for a certificate; add extproc.tls.client_ca, or set allow_remote: true where the network is closed`;
  return [value(['address'], message)];
}

function certificateFindings(secured: Text['tls']): readonly Finding[] {
  const { certificate, key, ca } = secured?.envoy ?? {};
  if ((certificate === undefined) !== (key === undefined)) {
    return [value(['tls', 'envoy'], 'has one of certificate and key; Envoy needs both, add the other')];
  }
  if (secured === undefined || secured.client_ca !== undefined || ca !== undefined) return [];
  const message = 'does not say whom Envoy shall trust; add envoy.ca, who signed the certificate';
  return [value(['tls'], message)];
}

function value(path: Path, message: string): Finding {
  return atValue(['extproc', ...path], message);
}
