import { isIP } from 'node:net';
import type { Config, ExtprocAddress, ModelConfig, SocketAddress } from '../config/config.js';
import { EXTPROC_CLUSTER } from '../config/defaults.js';
import { RESERVED_PREFIX } from '../exchange/headers.js';
import { judgedPools, judgeFilters } from './cascade.js';
import { credentialFilters } from './credentials.js';
import { duration, type Fields, socketAddress, typed } from './envoy-types.js';
import { tryFilter } from './fallback.js';
import { someStreamHits } from './filters.js';
import { poolEndpoint, poolOptions, tlsSocket } from './pool-options.js';
import { poolOwners } from './pools.js';

/**
 * Node takes about a thousand resets on one connection for an attack and says goodbye to it, and Envoy ends every
 * ext_proc stream by a reset. A new connection before that point keeps all of them alive.
 */
const EXTPROC_REQUESTS_PER_CONNECTION = 800;

/** vLLM, as most Python servers, closes idle connections after 5 s; Envoy lets go first and never writes into a closing one. */
const POOL_IDLE_MS = 4000;

/** Answers of models take minutes, so Envoy's default of 1,024 at once is soon reached. */
const POOL_CONCURRENCY_MAX = 65_536;

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

type Rendered = Pick<Config, 'models' | 'fallback' | 'decisions'>;

/** One cluster for each pool. */
export function poolClusters(config: Rendered): readonly Fields[] {
  return poolOwners(config.models).map((model) => poolCluster(model, config));
}

function poolCluster(model: ModelConfig, config: Rendered): Fields {
  const { cluster: name, endpoints, pool } = model;
  const tries = config.fallback === undefined || config.fallback.isFixed ? [] : [tryFilter(model.cluster)];
  const judges = judgedPools(config).has(model.cluster) ? judgeFilters(model.cluster) : [];
  return {
    ...upstreamCluster({
      ...{ name, endpoints, options: poolOptions(model) },
      filters: upstreamFilters(model, config, [...tries, ...judges]),
    }),
    load_assignment: assignment(
      name,
      endpoints.map((address) => poolEndpoint(address, pool.tls)),
    ),
  };
}

/** What every cluster of models has: without its servers. */
export function upstreamCluster({
  name,
  endpoints,
  options,
  filters,
}: {
  readonly name: string;
  readonly endpoints: readonly SocketAddress[];
  readonly options: Fields;
  readonly filters: readonly Fields[];
}): Fields {
  return {
    name,
    type: endpoints.every(({ address }) => isIP(address) !== 0) ? 'STATIC' : 'STRICT_DNS',
    connect_timeout: '2s',
    lb_policy: 'LEAST_REQUEST',
    circuit_breakers: concurrency(),
    ...options,
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: typed('upstreams.http.v3.HttpProtocolOptions', {
        common_http_protocol_options: { idle_timeout: duration(POOL_IDLE_MS) },
        explicit_http_config: { http_protocol_options: {} },
        http_filters: filters,
      }),
    },
  };
}

/**
 * What a server says under our names is taken out as it comes in, whether or not Sextant hears of the answer. Keys are
 * the pool's own business, at every try.
 */
export function upstreamFilters(
  model: ModelConfig,
  config: Pick<Config, 'models' | 'fallback'>,
  tries: readonly Fields[],
): readonly Fields[] {
  const keys = credentialFilters(model, config);
  return [
    {
      name: 'envoy.filters.http.header_mutation',
      typed_config: typed('filters.http.header_mutation.v3.HeaderMutation', {
        mutations: {
          ...(keys.mutations.length > 0 ? { request_mutations: keys.mutations } : {}),
          response_mutations: [{ remove_on_match: { key_matcher: { prefix: RESERVED_PREFIX } } }],
        },
      }),
    },
    ...keys.filters,
    ...tries,
    {
      name: 'envoy.filters.http.upstream_codec',
      typed_config: typed('filters.http.upstream_codec.v3.UpstreamCodec'),
    },
  ];
}

/**
 * For streamed bodies Envoy has no timer that would end the wait for a Sextant which hangs: a connection that does not
 * answer is given up, and the requests on it fail. The rest is patience with a machine that is starved for a moment.
 */
const KEEPALIVE: Fields = { connection_keepalive: { interval: '1s', timeout: '5s' } };

/** Sextant itself, all its replicas: gRPC over a unix socket, loopback or TLS. */
export function sextantCluster(config: Pick<Config, 'extproc' | 'routes' | 'observes'>): Fields {
  const { extproc } = config;
  const found =
    extproc.kind === 'unix' ? [{ pipe: { path: extproc.socket } }] : extproc.endpoints.map(socketAddress);
  const isNamed = extproc.kind === 'tcp' && extproc.endpoints.some(({ address }) => isIP(address) === 0);
  return {
    name: EXTPROC_CLUSTER,
    type: isNamed ? 'STRICT_DNS' : 'STATIC',
    connect_timeout: '0.5s',
    circuit_breakers: concurrency(),
    // With no host healthy the cluster fails at once, instead of trying one all the same.
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    health_checks: [healthCheck()],
    ...secured(extproc),
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: typed('upstreams.http.v3.HttpProtocolOptions', {
        common_http_protocol_options: { max_requests_per_connection: EXTPROC_REQUESTS_PER_CONNECTION },
        explicit_http_config: { http2_protocol_options: someStreamHits(config) ? KEEPALIVE : {} },
      }),
    },
    load_assignment: assignment(
      EXTPROC_CLUSTER,
      found.map((address) => ({ address })),
    ),
  };
}

function secured(extproc: ExtprocAddress): Fields {
  if (extproc.kind === 'unix' || extproc.tls === undefined) return {};
  return {
    transport_socket: tlsSocket(extproc.tls.envoy, { endpoints: extproc.endpoints, protocol: 'h2' }),
  };
}

/**
 * Short intervals: Sextant says NOT_SERVING 1.5 s before it drains, and Envoy must have noticed by then. The default
 * of a minute between checks without traffic would keep a Sextant that started after Envoy unhealthy for as long.
 */
function healthCheck(): Fields {
  return {
    timeout: '1s',
    interval: '0.5s',
    no_traffic_interval: '0.5s',
    unhealthy_interval: '0.25s',
    unhealthy_edge_interval: '0.25s',
    unhealthy_threshold: 2,
    healthy_threshold: 1,
    grpc_health_check: { service_name: 'envoy.service.ext_proc.v3.ExternalProcessor' },
  };
}

function concurrency(): Fields {
  const max = POOL_CONCURRENCY_MAX;
  return {
    thresholds: [{ max_connections: max, max_pending_requests: max, max_requests: max, max_retries: max }],
  };
}

function assignment(name: string, endpoints: readonly Fields[]): Fields {
  return {
    cluster_name: name,
    endpoints: [{ lb_endpoints: endpoints.map((endpoint) => ({ endpoint })) }],
  };
}
