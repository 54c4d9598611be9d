import type { Config, RouteConfig } from '../config/config.js';
import { EXTPROC_CLUSTER } from '../config/defaults.js';
import {
  AI_GATEWAY_NAMESPACE,
  CASCADE_NAMESPACE,
  PLAN_NAMESPACE,
  RESERVED_PREFIX,
  TRIES_NAMESPACE,
} from '../exchange/headers.js';
import { judgedPools } from './cascade.js';
import { keepClientKeys } from './credentials.js';
import { duration, type Fields, typed } from './envoy-types.js';
import { maxMessageTimeoutMs } from './timeouts.js';

/** The filter's name; per-route settings and the access log's filter state go by it. */
export const EXT_PROC = 'envoy.filters.http.ext_proc';

/** The namespace of dynamic metadata that Sextant may write; Envoy drops all others. */
export const METADATA_NAMESPACE = 'sextant';

/** Which parts of an exchange Envoy shows to Sextant, unless a route says otherwise. */
export const PROCESSING_MODE: Fields = {
  request_header_mode: 'SEND',
  request_body_mode: 'BUFFERED',
  request_trailer_mode: 'SKIP',
  response_header_mode: 'SEND',
  response_body_mode: 'NONE',
  response_trailer_mode: 'SKIP',
};

/**
 * The same where Sextant only watches: Envoy then sends what passes and goes on, so that bodies come in pieces, and no
 * reply can ask for one.
 */
export function watchingMode({ readUsage }: Pick<RouteConfig, 'readUsage'>): Fields {
  const response_body_mode = readUsage ? 'STREAMED' : 'NONE';
  return { ...PROCESSING_MODE, request_body_mode: 'STREAMED', response_body_mode };
}

/**
 * The same where hits come as streams, which Envoy takes only beside a request's body that it streams to us. It heeds no
 * `mode_override` then, so that pieces of every answer are shown.
 */
export const STREAMED_MODE: Fields = {
  request_header_mode: 'SEND',
  request_body_mode: 'FULL_DUPLEX_STREAMED',
  request_trailer_mode: 'SEND',
  response_header_mode: 'SEND',
  response_body_mode: 'STREAMED',
  response_trailer_mode: 'SKIP',
};

/** Whether hits come as streams on this route. */
export function streamsHits({ cache }: RouteConfig): boolean {
  return cache.enabled && cache.streamHits !== undefined;
}

/** Whether they do anywhere; where Sextant only watches, nothing is answered. */
export function someStreamHits({ routes, observes }: Pick<Config, 'routes' | 'observes'>): boolean {
  return !observes && routes.some(streamsHits);
}

/**
 * Takes out of a request what only Sextant, or a filter before it, may say. It runs before a route is chosen: Envoy
 * keeps the first choice unless a filter asks for another, so with a removal among the filters a client's header would
 * still choose the pool whenever Sextant is down.
 */
export function stripClientHeaders({ identity, gateway, residency }: Config): Fields {
  // By x-envoy-* a client on a network that Envoy takes for internal could set timeouts and retries.
  const mutations: Fields[] = [RESERVED_PREFIX, 'x-envoy-'].map((prefix) => ({
    remove_on_match: { key_matcher: { prefix } },
  }));
  for (const name of gateway.modelHeaders) mutations.push({ remove: name });
  if (identity.setBy === 'filter') {
    const callers = Object.values(identity.sources).map(({ header }) => header);
    const said = [identity.tenantHeader, ...callers, residency?.header];
    for (const header of new Set(said)) if (header !== undefined) mutations.push({ remove: header });
  }
  return {
    name: 'envoy.http.early_header_mutation.header_mutation',
    typed_config: typed('http.early_header_mutation.header_mutation.v3.HeaderMutation', { mutations }),
  };
}

/** In the order in which requests meet them. */
export function httpFilters(config: Config): readonly Fields[] {
  return [
    ...keepClientKeys(config),
    { name: EXT_PROC, typed_config: extProc(config) },
    { name: 'envoy.filters.http.router', typed_config: typed('filters.http.router.v3.Router') },
  ];
}

function extProc(config: Config): Fields {
  const { jwtClaim, sources } = config.identity;
  const claimed = [jwtClaim, ...Object.values(sources).map(({ claim }) => claim)];
  const namespaces = [...new Set(claimed.flatMap((claim) => claim?.namespace ?? []))];
  return typed('filters.http.ext_proc.v3.ExternalProcessor', {
    stat_prefix: METADATA_NAMESPACE,
    // The stream lives as long as the answer takes, so it has no timeout as a whole; each message has one.
    grpc_service: { envoy_grpc: { cluster_name: EXTPROC_CLUSTER }, timeout: '0s' },
    ...(config.observes ? watching(config) : acting(config)),
    metadata_options: {
      receiving_namespaces: {
        untyped: [
          METADATA_NAMESPACE,
          ...(config.fallback === undefined ? [] : [PLAN_NAMESPACE, TRIES_NAMESPACE]),
          ...(config.gateway.metadata ? [AI_GATEWAY_NAMESPACE] : []),
          ...(judgedPools(config).size === 0 ? [] : [CASCADE_NAMESPACE]),
        ],
      },
      ...(namespaces.length === 0 ? {} : { forwarding_namespaces: { untyped: namespaces } }),
    },
  });
}

function acting(config: Config): Fields {
  return {
    message_timeout: duration(config.limits.messageTimeoutMs),
    max_message_timeout: duration(maxMessageTimeoutMs(config)),
    // Closed unless a route says otherwise, so that a route that somebody adds by hand is a safe one.
    failure_mode_allow: false,
    status_on_error: { code: 503 },
    processing_mode: PROCESSING_MODE,
    // Sextant asks for the answer's body in pieces where somebody reads it.
    allow_mode_override: true,
    // Of a body that it streams Envoy drops the length, and so would whatever we say of it.
    ...(someStreamHits(config) ? { allow_content_length_header: true } : {}),
    // It tells Envoy's router when to try again.
    ...(config.fallback === undefined ? {} : { mutation_rules: { allow_envoy: true } }),
  };
}

function watching(config: Config): Fields {
  return {
    observability_mode: true,
    failure_mode_allow: true,
    processing_mode: watchingMode({ readUsage: true }),
    // A decision may take longer than the answer of the model; then it is still to be told.
    deferred_close_timeout: duration(maxMessageTimeoutMs(config)),
  };
}
