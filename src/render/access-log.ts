import type { Config } from '../config/config.js';
import {
  AI_GATEWAY_NAMESPACE,
  CACHE,
  DECISION,
  ID,
  MODEL,
  OVERHEAD_MS,
  PATH,
  SIMILARITY,
  UNREAD,
} from '../exchange/headers.js';
import { type Fields, typed } from './envoy-types.js';
import { EXT_PROC } from './filters.js';

/**
 * One JSON line for each request on standard output. It holds neither prompts nor credentials: no body, no request
 * header but the method and the path, and the path without its query.
 */
export function accessLog({ gateway }: Pick<Config, 'gateway'>): Fields {
  return {
    name: 'envoy.access_loggers.stdout',
    typed_config: typed('access_loggers.stream.v3.StdoutAccessLog', {
      log_format: { json_format: { ...http, ...sextant, ...(gateway.metadata ? aiGateway : {}) } },
    }),
  };
}

const http: Fields = {
  time: '%START_TIME%',
  method: '%REQ(:METHOD)%',
  path: '%PATH(NQ:PATH)%',
  protocol: '%PROTOCOL%',
  status: '%RESPONSE_CODE%',
  details: '%RESPONSE_CODE_DETAILS%',
  flags: '%RESPONSE_FLAGS%',
  route: '%ROUTE_NAME%',
  pool: '%UPSTREAM_CLUSTER_RAW%',
  upstream: '%UPSTREAM_HOST%',
  tries: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration_ms: '%DURATION%',
  first_byte_ms: '%RESPONSE_DURATION%',
  request_id: '%REQ(X-REQUEST-ID)%',
};

/** What Sextant said of the request in its answer's headers, and what Envoy measured of Sextant: an independent witness. */
const sextant: Fields = {
  id: `%RESP(${ID})%`,
  model: `%RESP(${MODEL})%`,
  decision: `%RESP(${DECISION})%`,
  way: `%RESP(${PATH})%`,
  cache: `%RESP(${CACHE})%`,
  similarity: `%RESP(${SIMILARITY})%`,
  overhead_ms: `%RESP(${OVERHEAD_MS})%`,
  unread: `%RESP(${UNREAD})%`,
  ext_proc: `%FILTER_STATE(${EXT_PROC}:PLAIN)%`,
};

/** Under the names that Envoy AI Gateway's own log has. */
const aiGateway: Fields = {
  'gen_ai.response.model': `%DYNAMIC_METADATA(${AI_GATEWAY_NAMESPACE}:model_name_override)%`,
  'gen_ai.provider.name': `%DYNAMIC_METADATA(${AI_GATEWAY_NAMESPACE}:backend_name)%`,
};
