import { stringify } from 'yaml';
import type { Config } from '../config/config.js';
import { poolClusters, sextantCluster } from './clusters.js';
import { poolSecrets } from './credentials.js';
import { socketAddress } from './envoy-types.js';
import { someStreamHits } from './filters.js';
import { listener } from './listener.js';
import { orderClusters } from './order-clusters.js';
import { maxMessageTimeoutMs, readTimeMs } from './timeouts.js';

/**
 * Envoy's static configuration for this policy, as YAML. It needs Envoy 1.36 or newer: older ones cannot remove
 * headers by prefix. With hits that come as streams it needs 1.38, with fallback 1.40, unless its order is fixed.
 */
export function renderEnvoy(policy: Config): string {
  // Nobody chooses a model where Sextant only watches, so none follows it either.
  const config = policy.observes ? { ...policy, fallback: undefined } : policy;
  const secrets = poolSecrets(config.models);
  const bootstrap = {
    ...(config.envoyAdmin === undefined ? {} : { admin: { address: socketAddress(config.envoyAdmin) } }),
    static_resources: {
      listeners: [listener(config)],
      clusters: [...poolClusters(config), ...orderClusters(config), sextantCluster(config)],
      ...(secrets.length > 0 ? { secrets } : {}),
    },
  };
  // Aliases would save a few lines where two values are one object here, and cost whoever reads the file.
  const yaml = stringify(bootstrap, { aliasDuplicateObjects: false, lineWidth: 0, minContentWidth: 0 });
  return `${head(config)}${yaml}`;
}

function neededEnvoy(config: Config): string {
  const { fallback } = config;
  if (fallback?.isFixed === false) return 'Envoy 1.40 or newer: fallback needs priority groups.';
  if (someStreamHits(config)) return 'Envoy 1.38 or newer: hits come as streams.';
  return fallback === undefined
    ? 'Envoy 1.36 or newer.'
    : 'Envoy 1.36 or newer: models fall back in a fixed order.';
}

const WATCHES =
  'Sextant only watches (mode: observe): every request goes unread to the default pool, and waits for nobody.';

function head(config: Config): string {
  const { limits, routes, models } = config;
  const cacheWaits = routes.map((route) => (route.cache.enabled ? route.cache.maxWaitMs : 0));
  const readMs = readTimeMs(config);
  const reads = readMs === 0 ? '' : `encoder.read_deadline_ms (${readMs} ms), `;
  const lines = [
    'Rendered by `sextant envoy render` from sextant.yaml; change that file and render again.',
    neededEnvoy(config),
    '',
    'Where the numbers come from:',
    `- buffer limit ${limits.bodyBytesMax} bytes: limits.body_bytes_max. Sextant takes messages a little larger, so that Envoy`,
    '  answers 413 first and no body is ever too large for Sextant alone, which would let it pass unread.',
    `- message timeout ${limits.messageTimeoutMs} ms: limits.message_timeout_ms.`,
    `- longest message timeout ${maxMessageTimeoutMs(config)} ms: the longest semantic_cache.max_wait_ms of a route that caches`,
    `  (${Math.max(...cacheWaits)} ms), ${reads}one message timeout for what comes after it, and a second to spare.`,
    `- idle timeout ${limits.streamIdleTimeoutS} s: limits.stream_idle_timeout_s. No other timeout ends an answer that is still flowing.`,
    '',
    config.observes ? WATCHES : 'When Sextant fails:',
    ...(config.observes ? [] : routes).map((route) =>
      route.guarded
        ? `- route ${route.name} (${route.prefix}) fails closed: the client gets an error.`
        : `- route ${route.name} (${route.prefix}) fails open: everything goes unread to the default pool, which must accept the virtual model names.`,
    ),
    '',
    `Pools: ${[...new Set(models.map((model) => model.cluster))].join(', ')}.`,
  ];
  return lines.map((line) => (line === '' ? '#\n' : `# ${line}\n`)).join('');
}
