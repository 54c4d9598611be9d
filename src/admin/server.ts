import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AdminOptions {
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** True once models are warm and until draining starts. */
  readonly ready: () => boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

export interface AdminServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Loopback HTTP for probes and scrapers. It shows no prompt and takes no order. */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const server = createServer((request, response) => void answer(options, request, response));
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

interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

async function answer(
  options: AdminOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, contentType, text } = await pageOf(options, request).catch(() => plain(500, 'failed\n'));
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** Three pages need no framework: loading one takes as long at start as reading and checking the policy does. */
async function pageOf(options: AdminOptions, request: IncomingMessage): Promise<Page> {
  const path = request.url?.split('?', 1)[0];
  if (request.method !== 'GET' && request.method !== 'HEAD') return NOT_FOUND;
  switch (path) {
    case '/healthz':
      return plain(200, 'ok\n');
    case '/readyz':
      return options.ready() ? plain(200, 'ready\n') : plain(503, 'not ready\n');
    case '/metrics':
      return { status: 200, contentType: options.metrics.contentType, text: await options.metrics.text() };
    default:
      return NOT_FOUND;
  }
}

function plain(status: number, text: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', text };
}

const NOT_FOUND = plain(404, 'Nothing here. Try /healthz, /readyz or /metrics.\n');

function listen(server: Server, options: AdminOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`the admin listener cannot use ${options.address}:${options.port}: ${cause.message}`)),
    );
    server.listen(options.port, options.address, () => resolve());
  });
}
