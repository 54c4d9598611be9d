import type { ModelConfig } from '../config/config.js';
import { EXTPROC_CLUSTER } from '../config/defaults.js';
import { ATTEMPT_COUNT, PLAN_NAMESPACE, POOL_METADATA, TRIES_NAMESPACE } from '../exchange/headers.js';
import { duration, type Fields, typed } from './envoy-types.js';

const TRY_TIMEOUT_MS = 5000;

/**
 * The pass on the way to a pool, for every try but the first, whose body fits already. It must not fail open: the body
 * would name another model. A failure of this pass is final, since Envoy tries nothing again after it, so it gets more
 * time than the work could ever take on a machine that is not starved.
 */
export function tryFilter(cluster: string): Fields {
  const extProc = typed('filters.http.ext_proc.v3.ExternalProcessor', {
    stat_prefix: 'sextant_try',
    grpc_service: {
      envoy_grpc: { cluster_name: EXTPROC_CLUSTER },
      timeout: '0s',
      initial_metadata: [{ key: POOL_METADATA, value: cluster }],
    },
    message_timeout: duration(TRY_TIMEOUT_MS),
    failure_mode_allow: false,
    status_on_error: { code: 503 },
    processing_mode: {
      request_header_mode: 'SEND',
      request_body_mode: 'BUFFERED',
      request_trailer_mode: 'SKIP',
      response_header_mode: 'SKIP',
      response_body_mode: 'NONE',
      response_trailer_mode: 'SKIP',
    },
    metadata_options: { forwarding_namespaces: { untyped: [TRIES_NAMESPACE] } },
  });
  const skip = typed('filters.common.matcher.action.v3.SkipFilter');
  return {
    name: 'sextant.try',
    typed_config: typed('common.matching.v3.ExtensionWithMatcher', {
      xds_matcher: {
        matcher_tree: {
          input: {
            name: 'attempt',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput',
              header_name: ATTEMPT_COUNT,
            },
          },
          exact_match_map: { map: { '1': { action: { name: 'skip', typed_config: skip } } } },
        },
      },
      extension_config: { name: 'sextant.try', typed_config: extProc },
    }),
  };
}

/**
 * How a route finds its pool where several may be tried: Sextant says the order in metadata, and when to try again in
 * headers. The groups are the table of names; their own order never counts, since the route asks for a plan.
 */
export function planAction(models: readonly ModelConfig[]): Fields {
  return {
    inline_cluster_specifier_plugin: {
      extension: {
        name: 'envoy.router.cluster_specifier_plugin.priority_group',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.router.cluster_specifiers.priority_group.v3.PriorityGroupClusterSpecifier',
          override_metadata_namespace: PLAN_NAMESPACE,
          priority_groups: models.map(({ name, cluster }) => ({
            name,
            clusters: [{ cluster_name: cluster, weight: 1 }],
          })),
        },
      },
    },
    retry_policy: {
      // Without it every try goes to the first group.
      refresh_cluster_on_retry: true,
      retry_back_off: { base_interval: '0.001s', max_interval: '0.01s' },
    },
  };
}
