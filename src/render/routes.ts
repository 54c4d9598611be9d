import type { Config, ModelConfig, RouteConfig } from '../config/config.js';
import * as names from '../exchange/headers.js';
import { CACHE_STATUS, CLUSTER, PLAN, ROUTE_METADATA } from '../exchange/headers.js';
import { type Fields, typed } from './envoy-types.js';
import { orderRetries, planAction } from './fallback.js';
import { EXT_PROC, PROCESSING_MODE, STREAMED_MODE, streamsHits, watchingMode } from './filters.js';
import { errorBody } from './local-reply.js';
import { heedsPersonal } from './timeouts.js';

/**
 * Two Envoy routes for each of ours, and a third where other models may follow the first. One needs the header by which Sextant names a pool, so
 * it is taken only once Sextant has spoken. The last is what is left when it has not.
 */
export function routes(config: Config): readonly Fields[] {
  const { routes: all, models, fallback, defaultModel, observes } = config;
  const told = heedsPersonal(config) ? [...TOLD, names.PERSONAL_DATA] : TOLD;
  // Envoy takes the first route that matches, and the longest prefix is the one that is meant.
  const longestFirst = all.toSorted((a, b) => b.prefix.length - a.prefix.length);
  if (observes) return longestFirst.map((route) => observed(route, defaultModel.cluster));
  return longestFirst.flatMap((route) => [
    ...(fallback === undefined || fallback.isFixed ? [] : [planned(route, models)]),
    classified(route, { told, isFixed: fallback?.isFixed === true }),
    unclassified(route, { cluster: defaultModel.cluster, told }),
  ]);
}

/** Nobody chooses: everything goes where it would go without Sextant. */
function observed(route: RouteConfig, defaultCluster: string): Fields {
  const overrides = {
    failure_mode_allow: true,
    grpc_initial_metadata: [{ key: ROUTE_METADATA, value: route.name }],
    processing_mode: watchingMode(route),
  };
  return {
    name: `${route.name}-observed`,
    match: { prefix: matchPrefix(route) },
    route: { cluster: defaultCluster, ...forwarding(route) },
    typed_per_filter_config: { [EXT_PROC]: typed('filters.http.ext_proc.v3.ExtProcPerRoute', { overrides }) },
  };
}

/** Comes before the others: a request that has a plan names its first pool as well. */
function planned(route: RouteConfig, models: readonly ModelConfig[]): Fields {
  return {
    name: `${route.name}-planned`,
    match: {
      prefix: matchPrefix(route),
      headers: [PLAN, CLUSTER].map((name) => ({ name, present_match: true })),
    },
    route: { ...planAction(models), ...forwarding(route) },
    request_headers_to_remove: [PLAN, CLUSTER],
    typed_per_filter_config: perRoute(route),
  };
}

function classified(
  route: RouteConfig,
  { told, isFixed }: { readonly told: readonly string[]; readonly isFixed: boolean },
): Fields {
  return {
    name: `${route.name}-classified`,
    match: { prefix: matchPrefix(route), headers: [{ name: CLUSTER, present_match: true }] },
    route: { cluster_header: CLUSTER, ...(isFixed ? orderRetries() : {}), ...forwarding(route) },
    // The pool has no use for it.
    request_headers_to_remove: [CLUSTER],
    ...toldHeaders(route, told),
    typed_per_filter_config: perRoute(route),
  };
}

function unclassified(
  route: RouteConfig,
  { cluster, told }: { readonly cluster: string; readonly told: readonly string[] },
): Fields {
  const name = `${route.name}-unclassified`;
  const match = { prefix: matchPrefix(route) };
  const typed_per_filter_config = perRoute(route);
  if (!route.guarded) {
    const action = { cluster, ...forwarding(route) };
    return { name, match, route: action, ...toldHeaders(route, told), typed_per_filter_config };
  }
  const body = errorBody({
    message: 'The request could not be checked, and this route lets nothing pass unchecked. Try again later.',
    type: 'server_error',
    code: 'unclassified',
  });
  return {
    name,
    match,
    direct_response: { status: 503, body: { inline_string: body } },
    response_headers_to_add: [
      {
        header: { key: 'content-type', value: 'application/json' },
        append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
      },
    ],
    typed_per_filter_config,
  };
}

/** With a slash at its end, so that `/team` is no prefix of `/teams`. */
function matchPrefix({ prefix }: RouteConfig): string {
  return prefix === '/' ? prefix : `${prefix}/`;
}

/** The default timeout of 15 s would end every long answer; silence is bounded by the idle timeout instead. */
function forwarding({ prefix }: RouteConfig): Fields {
  const rewrite = prefix === '/' ? {} : { prefix_rewrite: '/' };
  return { timeout: '0s', auto_host_rewrite: true, ...rewrite };
}

/** What Sextant says of an answer in its headers, in the order in which it says it. */
const TOLD = [
  names.ID,
  names.MODEL,
  names.DECISION,
  names.PATH,
  names.CACHE,
  names.SIMILARITY,
  names.OVERHEAD_MS,
  names.UNREAD,
];

/**
 * Each message to Sextant is a wait. Where it has no use for the answer it is not asked about it: it says beforehand,
 * in headers of the request, what the answer's headers shall tell, and Envoy copies them.
 */
function toldHeaders(route: RouteConfig, names: readonly string[]): Fields {
  if (route.hearsAnswers) return {};
  const told = names.map((name) => ({ header: { key: name, value: `%REQ(${name})%` } }));
  const status = { header: { key: CACHE_STATUS, value: 'Sextant; fwd=bypass' } };
  return { response_headers_to_add: [...told, status] };
}

function perRoute(route: RouteConfig): Fields {
  return {
    [EXT_PROC]: typed('filters.http.ext_proc.v3.ExtProcPerRoute', {
      overrides: {
        failure_mode_allow: !route.guarded,
        grpc_initial_metadata: [{ key: ROUTE_METADATA, value: route.name }],
        ...modeOf(route),
      },
    }),
  };
}

/** What Envoy shows of an exchange where that is not what the filter says. */
function modeOf(route: RouteConfig): Fields {
  if (!route.hearsAnswers) return { processing_mode: { ...PROCESSING_MODE, response_header_mode: 'SKIP' } };
  return streamsHits(route) ? { processing_mode: STREAMED_MODE } : {};
}
