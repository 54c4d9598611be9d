import type { Listening } from './listen.js';
import { listen } from './listen.js';
import { type Page, plain } from './page.js';
import { pageOf, type Route } from './routes.js';

/** What orchestrators and scrapers ask for. */
export interface Probed {
  /** True once models are warm and until draining starts. */
  readonly ready: () => boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

export interface ProbeOptions extends Probed {
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/**
 * HTTP that may face the network of pods: it tells whether we live, whether we are ready, and figures, none of which
 * holds anybody's text. It reads no body and asks nobody for a token.
 *
 * @throws Error that says why it cannot listen there
 */
export function startProbes(options: ProbeOptions): Promise<Listening> {
  const { address, port } = options;
  const routes = probeRoutes(options);
  return listen({ name: 'probe', address, port, page: (request) => pageOf(routes, request) });
}

/** Probes come by whatever name a cluster has for us, so the first two do not look at it; figures are for scrapers. */
export function probeRoutes({ ready, metrics }: Probed): readonly Route[] {
  const probe = { method: 'GET', role: 'open' } as const;
  return [
    { ...probe, path: '/healthz', anyHost: true, page: () => plain(200, 'ok\n') },
    {
      ...probe,
      path: '/readyz',
      anyHost: true,
      page: () => (ready() ? plain(200, 'ready\n') : plain(503, 'not ready\n')),
    },
    { ...probe, path: '/metrics', page: () => metricsPage(metrics) },
  ];
}

async function metricsPage(metrics: Probed['metrics']): Promise<Page> {
  try {
    return { status: 200, contentType: metrics.contentType, text: await metrics.text() };
  } catch {
    return plain(500, 'failed\n');
  }
}
