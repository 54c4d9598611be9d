import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Classify, classifyPage } from './classify-page.js';
import { type Page, plain } from './page.js';

export interface AdminOptions {
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** True once models are warm and until draining starts. */
  readonly ready: () => boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly classify: Classify;
}

export interface AdminServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Loopback HTTP for probes, scrapers, and whoever wants to know how a text is classified. It shows no prompt. */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const pages: Pages = { ...options, classify: classifyPage(options.classify) };
  const server = createServer((request, response) => void answer(pages, request, response));
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

interface Pages extends Pick<AdminOptions, 'ready' | 'metrics'> {
  readonly classify: (request: IncomingMessage) => Promise<Page>;
}

async function answer(pages: Pages, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, contentType, text, headers } = await pageOf(pages, request).catch(() =>
    plain(500, 'failed\n'),
  );
  response.writeHead(status, {
    ...headers,
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** Four pages need no framework: loading one takes as long at start as reading and checking the policy does. */
async function pageOf(pages: Pages, request: IncomingMessage): Promise<Page> {
  const path = request.url?.split('?', 1)[0];
  if (path === '/classify') return pages.classify(request);
  if (request.method !== 'GET' && request.method !== 'HEAD') return NOT_FOUND;
  switch (path) {
    case '/healthz':
      return plain(200, 'ok\n');
    case '/readyz':
      return pages.ready() ? plain(200, 'ready\n') : plain(503, 'not ready\n');
    case '/metrics':
      return { status: 200, contentType: pages.metrics.contentType, text: await pages.metrics.text() };
    default:
      return NOT_FOUND;
  }
}

const NOT_FOUND = plain(404, 'Nothing here. Try /healthz, /readyz, /metrics or POST /classify.\n');

function listen(server: Server, options: AdminOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`the admin listener cannot use ${options.address}:${options.port}: ${cause.message}`)),
    );
    server.listen(options.port, options.address, () => resolve());
  });
}
