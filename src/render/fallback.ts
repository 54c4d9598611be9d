import type { ModelConfig } from '../config/config.js';
import {
  ATTEMPT_COUNT,
  PLAN_NAMESPACE,
  POOL_METADATA,
  POOL_OF_HOST,
  TRIES_NAMESPACE,
} from '../exchange/headers.js';
import type { Fields } from './envoy-types.js';
import { headerInput, matchedFilter, SKIP, sideExtProc } from './side-pass.js';

const TRY_TIMEOUT_MS = 5000;
const TRY_FILTER = 'sextant.try';

/**
 * The pass on the way to a pool, for every try but the first, whose body fits already. It must not fail open: the body
 * would name another model. A failure of this pass is final, since Envoy tries nothing again after it, so it gets more
 * time than the work could ever take on a machine that is not starved.
 */
export function tryFilter(cluster: string): Fields {
  return matchedFilter(TRY_FILTER, tryExtProc(cluster), {
    matcher_tree: {
      input: headerInput('attempt', ATTEMPT_COUNT),
      exact_match_map: { map: { '1': SKIP } },
    },
  });
}

/** The same where one cluster holds the servers of several models: at every try, since only the server says whose it is. */
export function tryOfHostFilter(): Fields {
  return { name: TRY_FILTER, typed_config: tryExtProc(POOL_OF_HOST) };
}

function tryExtProc(pool: string): Fields {
  return sideExtProc({
    statPrefix: 'sextant_try',
    metadata: { key: POOL_METADATA, value: pool },
    timeoutMs: TRY_TIMEOUT_MS,
    manner: {
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
      ...(pool === POOL_OF_HOST ? { request_attributes: ['xds.upstream_host_metadata'] } : {}),
    },
    namespace: TRIES_NAMESPACE,
  });
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

/** Where the order is laid down in a cluster, each further try goes to the next group of servers. */
export function orderRetries(): Fields {
  return {
    retry_policy: {
      retry_priority: {
        name: 'envoy.retry_priorities.previous_priorities',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig',
          update_frequency: 1,
        },
      },
      retry_back_off: { base_interval: '0.001s', max_interval: '0.01s' },
    },
  };
}
