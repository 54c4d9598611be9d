import { sameValue } from '../lib/same-value.js';
import type { Config } from './config.js';

/** What a running Sextant cannot change: where it listens, what it has loaded, and which stores it has opened. */
const FIXED: Readonly<Record<string, (config: Config) => unknown>> = {
  extproc: ({ extproc }) => extproc,
  admin: ({ admin }) => listener(admin),
  probe: ({ probe }) => probe,
  limits: ({ limits }) => limits,
  'telemetry.otlp': ({ telemetry }) => telemetry.otlp,
  encoder: ({ encoder }) => loaded(encoder),
  semantic_cache: ({ semanticCache }) => store(semanticCache),
};

/** A config as it can be served now, and the keys of the file that wait for a restart. */
export interface UntilRestart {
  readonly config: Config;
  readonly keys: readonly string[];
}

/** Takes over from `next` what can be changed while `running` is served; the rest stays as it runs. */
export function untilRestart(running: Config, next: Config): UntilRestart {
  const keys = Object.keys(FIXED).filter((key) => !sameValue(FIXED[key]?.(running), FIXED[key]?.(next)));
  const { extproc, probe, limits } = running;
  // The tokens belong to the address: without them a listener that the network reaches would be open to all.
  const admin = keys.includes('admin') ? running.admin : next.admin;
  const telemetry = { ...next.telemetry, otlp: running.telemetry.otlp };
  const config: Config = {
    ...next,
    extproc,
    admin,
    probe,
    limits,
    telemetry,
    encoder: { ...next.encoder, ...loaded(running.encoder) },
    semanticCache: { ...next.semanticCache, ...store(running.semanticCache) },
  };
  if (caches(running) || !caches(next)) return { config, keys };
  // Its judge of pairs is loaded at the start, and serving without would be laxer than the policy says.
  const routes = next.routes.map((route) => ({ ...route, cache: { ...route.cache, enabled: false } }));
  return { config: { ...config, routes }, keys: [...new Set([...keys, 'semantic_cache'])] };
}

function caches({ routes }: Config): boolean {
  return routes.some(({ cache }) => cache.enabled);
}

function listener({ address, port, tls, showPrompts }: Config['admin']) {
  return { address, port, tls, showPrompts };
}

function loaded({ path, provider, fallback, workers, queueMax }: Config['encoder']) {
  return { path, provider, fallback, workers, queueMax };
}

function store(cache: Config['semanticCache']) {
  const { backendType, milvus, maxEntries, bytesMax, evictionPolicy } = cache;
  const { persistPath, persistIntervalS, secretFile } = cache;
  return {
    backendType,
    milvus,
    maxEntries,
    bytesMax,
    evictionPolicy,
    persistPath,
    persistIntervalS,
    secretFile,
  };
}
