import { fileURLToPath } from 'node:url';
import type { RouteHits } from '../adapters/prometheus/hit-metrics.js';
import { configPage } from '../admin/config-page.js';
import { createLive, type Live } from '../admin/live/live.js';
import { livePages } from '../admin/live/pages.js';
import type { LiveFalseHits } from '../admin/live/view.js';
import { chatPage } from '../admin/playground/chat-page.js';
import { sendToGateway } from '../admin/playground/gateway.js';
import type { Route } from '../admin/routes.js';
import { uiRoutes } from '../admin/ui-files.js';
import type { CacheOperations } from '../cache/contract.js';
import type { Config } from '../config/config.js';
import { systemClock } from '../lib/clock.js';
import { askedAt, hostInUrl } from '../lib/url-host.js';

/** What the dashboard reads. */
export interface DashboardParts {
  /** The config in force. */
  readonly config: () => Config;
  readonly version: string;
  readonly store: Pick<CacheOperations, 'stats'>;
  /** Of the routes whose hits are watched. */
  readonly hits: () => readonly RouteHits[];
}

export interface Dashboard extends Pick<Live, 'telemetry'> {
  readonly routes: readonly Route[];
}

/** The dashboard and the playground: what they know, and the pages by which a browser asks for it. */
export function openDashboard({ config, version, store, hits }: DashboardParts): Dashboard {
  const live = createLive(systemClock, async () => {
    const { observes, models, defaultModel } = config();
    return {
      ...{ version, observes, cards: models, default_model: defaultModel.name },
      false_hits: hits().map(falseHitsOf),
      cache: await store.stats(),
    };
  });
  return {
    telemetry: live.telemetry,
    routes: [
      ...uiRoutes(fileURLToPath(new URL('../../dist/ui', import.meta.url))),
      ...livePages(live),
      configPage(config),
      chatPage(sendToGateway(() => gatewayUrl(config()))),
    ],
  };
}

function falseHitsOf({ route, figures, maxErrorRate }: RouteHits): LiveFalseHits {
  const { falseHitRatio, falseHitInterval } = figures;
  return { route, ratio: falseHitRatio ?? null, ...falseHitInterval, allowed: maxErrorRate ?? null };
}

/** Where clients send their requests, as it is reached from this machine. */
function gatewayUrl({ admin, listen }: Config): string {
  const { address, port } = listen;
  return admin.gatewayUrl ?? `http://${hostInUrl(askedAt(address))}:${port}`;
}
