import { isJsonObject, type Json } from '../lib/json.js';
import { type CacheDirectives, parseCacheControl, similarityOf } from './cache-control.js';

/** What a client asks of the cache. Each of these only tightens what the policy allows. */
export interface CacheControls {
  readonly noStore: boolean;
  /** A fresh answer is wanted; the one that comes is stored all the same. */
  readonly noCache: boolean;
  /** Only the very same question may be answered. */
  readonly exactOnly: boolean;
  /** No model may be asked. */
  readonly onlyIfCached: boolean;
  /** How old an answer may be. Seconds. */
  readonly maxAgeSeconds: number | undefined;
  /** How long the answer that comes may be kept. Seconds. */
  readonly ttlSecondsMax: number | undefined;
  /** 0 to 1; 0 when nothing was said. */
  readonly minSimilarity: number;
  /** Names that set the client's answers apart from others of the same tenant. */
  readonly namespaces: readonly string[];
}

/**
 * Where clients say it: our own header and the standard one, and what other gateways taught them to write. A header
 * that was not sent is undefined.
 */
export interface ControlSources {
  readonly cacheControl?: string | undefined;
  /** The directives of `Cache-Control`, and `min-similarity`. */
  readonly ownControl?: string | undefined;
  /** LiteLLM's `cache` object of the body. */
  readonly bodyCache?: Json | undefined;
  readonly portkey?: PortkeySources;
  readonly bifrost?: BifrostSources;
}

/** The values of Portkey's headers. */
export interface PortkeySources {
  readonly forceRefresh?: string | undefined;
  readonly mode?: string | undefined;
  readonly namespace?: string | undefined;
}

/** The values of Bifrost's headers. */
export interface BifrostSources {
  readonly noStore?: string | undefined;
  readonly ttl?: string | undefined;
  readonly threshold?: string | undefined;
  readonly type?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Joins all that a client said: of two values the tighter one holds, and a value that cannot be read counts as the
 * tightest there is, since a wish for less must not be lost to a typing error.
 */
export function readControls(sources: ControlSources): CacheControls {
  return [
    ofDirectives(parseCacheControl(sources.cacheControl)),
    ofDirectives(parseCacheControl(sources.ownControl)),
    ofBody(sources.bodyCache),
    ofPortkey(sources.portkey ?? {}),
    ofBifrost(sources.bifrost ?? {}),
  ].reduce(tighter);
}

const NOTHING: CacheControls = {
  noStore: false,
  noCache: false,
  exactOnly: false,
  onlyIfCached: false,
  maxAgeSeconds: undefined,
  ttlSecondsMax: undefined,
  minSimilarity: 0,
  namespaces: [],
};

function tighter(one: CacheControls, other: CacheControls): CacheControls {
  return {
    noStore: one.noStore || other.noStore,
    noCache: one.noCache || other.noCache,
    exactOnly: one.exactOnly || other.exactOnly,
    onlyIfCached: one.onlyIfCached || other.onlyIfCached,
    maxAgeSeconds: least(one.maxAgeSeconds, other.maxAgeSeconds),
    ttlSecondsMax: least(one.ttlSecondsMax, other.ttlSecondsMax),
    minSimilarity: Math.max(one.minSimilarity, other.minSimilarity),
    namespaces: [...one.namespaces, ...other.namespaces],
  };
}

function ofDirectives(said: CacheDirectives): CacheControls {
  // An age of 0 asks for what `no-cache` asks for: browsers write either on a forced reload.
  const noCache = said.noCache || said.maxAgeSeconds === 0;
  const { noStore, onlyIfCached, maxAgeSeconds, minSimilarity = 0 } = said;
  return { ...NOTHING, noStore, noCache, onlyIfCached, maxAgeSeconds, minSimilarity };
}

function ofBody(cache: Json | undefined): CacheControls {
  if (!isJsonObject(cache)) return NOTHING;
  const age = cache['s-maxage'] ?? cache['s-max-age'];
  const maxAgeSeconds = isSaid(age) ? secondsOf(age) : undefined;
  const ttlSecondsMax = isSaid(cache['ttl']) ? secondsOf(cache['ttl']) : undefined;
  return {
    ...NOTHING,
    noStore: isOn(cache['no-store']) || cache['use-cache'] === false || ttlSecondsMax === 0,
    noCache: isOn(cache['no-cache']) || maxAgeSeconds === 0,
    maxAgeSeconds,
    ttlSecondsMax,
    namespaces: isSaid(cache['namespace']) ? [JSON.stringify(cache['namespace'])] : [],
  };
}

function ofPortkey({ forceRefresh, mode, namespace }: PortkeySources): CacheControls {
  return {
    ...NOTHING,
    noCache: isOn(forceRefresh),
    exactOnly: mode?.trim().toLowerCase() === 'simple',
    namespaces: namespace === undefined ? [] : [`portkey:${namespace}`],
  };
}

function ofBifrost({ noStore, ttl, threshold, type, key }: BifrostSources): CacheControls {
  const ttlSecondsMax = ttl === undefined ? undefined : durationSeconds(ttl);
  return {
    ...NOTHING,
    noStore: isOn(noStore) || ttlSecondsMax === 0,
    exactOnly: type?.trim().toLowerCase() === 'direct',
    ttlSecondsMax,
    minSimilarity: threshold === undefined ? 0 : similarityOf(threshold),
    namespaces: key === undefined ? [] : [`bifrost:${key}`],
  };
}

/** Whole seconds, or a duration as Go writes it: `90`, `30s`, `5m`, `1h30m`. What cannot be read is 0. */
function durationSeconds(text: string): number {
  const plain = text.trim().toLowerCase();
  if (/^\d{1,10}$/.test(plain)) return Number(plain);
  if (plain.length > DURATION_CHARS_MAX || !/^(?:\d{1,10}(?:h|ms|m|s))+$/.test(plain)) return 0;
  let seconds = 0;
  for (const [, digits, unit] of plain.matchAll(/(\d+)(h|ms|m|s)/g)) {
    seconds += Number(digits) * (SECONDS_OF[unit ?? ''] ?? 0);
  }
  return Math.floor(seconds);
}

const DURATION_CHARS_MAX = 64;
const SECONDS_OF: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

function secondsOf(value: Json | undefined): number {
  if (typeof value === 'string') return durationSeconds(value);
  return typeof value === 'number' && value >= 0 && value < 1e10 ? Math.floor(value) : 0;
}

function isSaid(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}

function isOn(value: Json | undefined): boolean {
  if (typeof value === 'string') return !['', '0', 'false'].includes(value.trim().toLowerCase());
  return isSaid(value) && value !== false;
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
