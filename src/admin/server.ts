import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';

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
  const server = createServer(getRequestListener(routes(options).fetch));
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

function routes(options: AdminOptions): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (options.ready() ? c.text('ready\n') : c.text('not ready\n', 503)));
  app.get('/metrics', async (c) =>
    c.body(await options.metrics.text(), 200, { 'content-type': options.metrics.contentType }),
  );
  app.notFound((c) => c.text('Nothing here. Try /healthz, /readyz or /metrics.\n', 404));
  return app;
}

function listen(server: Server, options: AdminOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`the admin listener cannot use ${options.address}:${options.port}: ${cause.message}`)),
    );
    server.listen(options.port, options.address, () => resolve());
  });
}
