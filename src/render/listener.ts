import type { Config } from '../config/config.js';
import { accessLog } from './access-log.js';
import { duration, type Fields, socketAddress, typed } from './envoy-types.js';
import { httpFilters, stripClientHeaders } from './filters.js';
import { localReplies } from './local-reply.js';
import { routes } from './routes.js';

/** The front door, and all that happens behind it. */
export function listener(config: Config): Fields {
  return {
    name: 'llm',
    address: socketAddress(config.listen),
    // A BUFFERED body may be as large as this buffer; Envoy answers 413 above it.
    per_connection_buffer_limit_bytes: config.limits.bodyBytesMax,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: connectionManager(config),
          },
        ],
      },
    ],
  };
}

/** Pools and Sextant tell by the count which try it is; no client gets to see it. */
function attempts({ fallback }: Config): Fields {
  if (fallback === undefined) return {};
  return { include_request_attempt_count: true, include_attempt_count_in_response: true };
}

function connectionManager(config: Config): Fields {
  return typed('filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: 'llm',
    codec_type: 'AUTO',
    // One spelling for each path, so that nothing slips past Sextant under another. An escaped slash has no place in
    // any path of the API; a redirect would make clients repeat their POST, so it is refused.
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: 'REJECT_REQUEST',
    use_remote_address: true,
    early_header_mutation_extensions: [stripClientHeaders(config)],
    stream_idle_timeout: duration(config.limits.streamIdleTimeoutS * 1000),
    request_timeout: '60s',
    request_headers_timeout: '10s',
    max_request_headers_kb: 60,
    common_http_protocol_options: {
      idle_timeout: '900s',
      max_headers_count: 100,
      headers_with_underscores_action: 'DROP_HEADER',
    },
    http2_protocol_options: {
      max_concurrent_streams: 1000,
      initial_stream_window_size: 65_536,
      initial_connection_window_size: 1_048_576,
    },
    access_log: [accessLog(config)],
    local_reply_config: localReplies(config.limits.bodyBytesMax),
    http_filters: httpFilters(config),
    route_config: {
      name: 'llm',
      virtual_hosts: [{ name: 'llm', domains: ['*'], ...attempts(config), routes: routes(config) }],
    },
  });
}
