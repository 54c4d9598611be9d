import { EXTPROC_CLUSTER } from '../config/defaults.js';
import { duration, type Fields, typed } from './envoy-types.js';

/** A stream to Sextant beside the one on the way from the client: on the way to a pool, or back from it. */
export interface SidePass {
  readonly statPrefix: string;
  /** Said with the call, so that Sextant knows what is asked of it. */
  readonly metadata: { readonly key: string; readonly value: string };
  readonly timeoutMs: number;
  /** What happens when it fails, and what it is shown. */
  readonly manner: Fields;
  /** Dynamic metadata that the stream on the way from the client has left for it. */
  readonly namespace: string;
}

export function sideExtProc({ statPrefix, metadata, timeoutMs, manner, namespace }: SidePass): Fields {
  return typed('filters.http.ext_proc.v3.ExternalProcessor', {
    stat_prefix: statPrefix,
    grpc_service: {
      envoy_grpc: { cluster_name: EXTPROC_CLUSTER },
      timeout: '0s',
      initial_metadata: [metadata],
    },
    message_timeout: duration(timeoutMs),
    ...manner,
    metadata_options: { forwarding_namespaces: { untyped: [namespace] } },
  });
}

/** Leaves a filter out, by what a matcher finds. */
export const SKIP: Fields = {
  action: { name: 'skip', typed_config: typed('filters.common.matcher.action.v3.SkipFilter') },
};

/** A matcher's look at a header of the request. */
export function headerInput(name: string, header: string): Fields {
  return {
    name,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput',
      header_name: header,
    },
  };
}

export function matchedFilter(name: string, extension: Fields, matcher: Fields): Fields {
  return {
    name,
    typed_config: typed('common.matching.v3.ExtensionWithMatcher', {
      xds_matcher: matcher,
      extension_config: { name, typed_config: extension },
    }),
  };
}
