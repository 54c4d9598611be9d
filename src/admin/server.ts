import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Explain } from '../exchange/explain.js';
import { type CacheAdmin, cacheRoutes } from './cache-routes.js';
import { type Classify, classifyPage } from './classify-page.js';
import { explainPage } from './explain-page.js';
import { type Page, plain, refusal } from './page.js';
import { pageOf, type Route } from './routes.js';

export interface AdminOptions {
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** True once models are warm and until draining starts. */
  readonly ready: () => boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly classify: Classify;
  /** Says why a request would go where it goes; without it there is no page for that. */
  readonly explain?: { readonly why: Explain; readonly showPrompts: boolean };
  /** What the pages about the cache are made of; without it there are none. */
  readonly cache?: Omit<CacheAdmin, 'address'>;
  /** What else is served. */
  readonly routes?: readonly Route[];
}

export interface AdminServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Loopback HTTP for probes, scrapers, and operators. */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const routes = [...ownRoutes(options), ...(options.routes ?? [])];
  const server = createServer((request, response) => void answer(routes, request, response));
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  server.maxConnections = 128;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.address.includes(':') ? `[${options.address}]` : options.address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A client that takes a long answer and reads none of it is let go after this. Milliseconds. */
const IDLE_TIMEOUT_MS = 60_000;

async function answer(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const page = await pageOf(routes, request).catch(refusal);
  const { status, contentType, text, headers, more } = page;
  response.writeHead(status, {
    ...headers,
    'content-type': contentType,
    ...(more === undefined ? { 'content-length': Buffer.byteLength(text) } : {}),
  });
  if (more === undefined || request.method === 'HEAD') {
    response.end(request.method === 'HEAD' ? undefined : text);
    await more?.return();
  } else {
    response.setTimeout(IDLE_TIMEOUT_MS);
    response.write(text);
    // A failure on the way breaks the connection off, so that nobody takes what came for the whole.
    await pipeline(Readable.from(more), response).catch(() => undefined);
  }
}

/** A handful of pages need no framework: loading one takes as long at start as reading and checking the policy. */
function ownRoutes({ ready, metrics, classify, explain, cache, address }: AdminOptions): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', page: () => plain(200, 'ok\n') },
    {
      method: 'GET',
      path: '/readyz',
      page: () => (ready() ? plain(200, 'ready\n') : plain(503, 'not ready\n')),
    },
    { method: 'GET', path: '/metrics', page: () => metricsPage(metrics) },
    classifyPage(classify),
    ...(explain === undefined ? [] : [explainPage(explain.why, explain.showPrompts)]),
    ...(cache === undefined ? [] : cacheRoutes({ ...cache, address })),
  ];
}

async function metricsPage(metrics: AdminOptions['metrics']): Promise<Page> {
  try {
    return { status: 200, contentType: metrics.contentType, text: await metrics.text() };
  } catch {
    return plain(500, 'failed\n');
  }
}

function listen(server: Server, options: AdminOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`the admin listener cannot use ${options.address}:${options.port}: ${cause.message}`)),
    );
    server.listen(options.port, options.address, () => resolve());
  });
}
