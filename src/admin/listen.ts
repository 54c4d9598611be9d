import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hostInUrl } from '../lib/url-host.js';
import { type Page, refusal } from './page.js';

/** Where an HTTP listener of ours is, and what it bears. */
export interface ListenOptions {
  /** For messages: `admin`. */
  readonly name: string;
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Absent: the listener speaks plain HTTP. */
  readonly tls?: ListenTls | undefined;
  readonly bounds?: Partial<ListenBounds>;
  page(request: IncomingMessage): Page | Promise<Page>;
}

/** PEM. */
export interface ListenTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Who must have signed the certificate of every client; absent: clients need none. */
  readonly clientCa?: Buffer | undefined;
}

export interface ListenBounds {
  readonly connectionsMax: number;
  /** Milliseconds from the first byte of a request to the last of its head, and to its end. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** A client that takes a long answer and reads none of it is let go after this. Milliseconds. */
  readonly idleTimeoutMs: number;
}

export interface Listening {
  /** With the port that the system chose. */
  readonly url: string;
  close(): Promise<void>;
}

const BOUNDS: ListenBounds = {
  connectionsMax: 128,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
};
const HEAD_BYTES_MAX = 16 * 1024;
/** Node looks this often for requests that take too long; its own 30 s would make six times of five seconds. */
const LATE_CHECK_MS = 1_000;

/** @throws Error that says why it cannot listen there */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { address, tls } = options;
  const bounds = { ...BOUNDS, ...options.bounds };
  const server = serverOf(tls, bounds, (request, response) => {
    void Promise.resolve()
      .then(() => options.page(request))
      .catch(refusal)
      .then((page) => send(page, { request, response, idleTimeoutMs: bounds.idleTimeoutMs }))
      .catch(() => response.destroy());
  });
  server.maxConnections = bounds.connectionsMax;
  await bound(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${hostInUrl(address)}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serverOf(tls: ListenTls | undefined, bounds: ListenBounds, listener: RequestListener): Server {
  const options: ServerOptions = {
    headersTimeout: bounds.headersTimeoutMs,
    requestTimeout: bounds.requestTimeoutMs,
    connectionsCheckingInterval: LATE_CHECK_MS,
    maxHeaderSize: HEAD_BYTES_MAX,
  };
  if (tls === undefined) return createServer(options, listener);
  const { certificate: cert, key, clientCa: ca } = tls;
  const verified = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
  const wire = { minVersion: 'TLSv1.2', handshakeTimeout: bounds.headersTimeoutMs } as const;
  return createTlsServer({ ...options, ...wire, cert, key, ...verified }, listener);
}

function bound(server: Server, { name, address, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`the ${name} listener cannot use ${address}:${port}: ${cause.message}`, { cause })),
    );
    server.listen(port, address, () => resolve());
  });
}

async function send(
  page: Page,
  to: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly idleTimeoutMs: number;
  },
): Promise<void> {
  const { request, response } = to;
  const { status, contentType, text, headers, more } = page;
  response.writeHead(status, {
    'cache-control': 'no-store',
    ...headers,
    ...closed(page.policy),
    'content-type': contentType,
    ...(more === undefined ? { 'content-length': Buffer.byteLength(text) } : {}),
  });
  if (more === undefined || request.method === 'HEAD') {
    response.end(request.method === 'HEAD' ? undefined : text);
    await more?.return();
  } else {
    response.setTimeout(to.idleTimeoutMs);
    response.write(text);
    // A failure on the way breaks the connection off, so that nobody takes what came for the whole.
    await pipeline(Readable.from(more), response).catch(() => undefined);
  }
}

/** No other site may frame a page, read it, guess its type or learn its address, whatever the page is. */
function closed(policy = "default-src 'none'"): Readonly<Record<string, string>> {
  return {
    'content-security-policy': `${policy}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  };
}
