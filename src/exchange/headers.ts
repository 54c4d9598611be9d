/** Every header name that Sextant reads or writes; they are spelled nowhere else. */

/** Envoy's `cluster_header` route reads the pool from here. */
export const CLUSTER = 'x-sextant-cluster';
/** Chooses the route on which other models may follow the first; which ones, metadata says. */
export const PLAN = 'x-sextant-plan';

/** By this the inference extension of the Gateway API routes: the model that a request goes to. */
export const GATEWAY_MODEL = 'x-gateway-model-name';
/** The same for Envoy AI Gateway. */
export const AI_GATEWAY_MODEL = 'x-ai-eg-model';

/** Has the answer of the first try judged; the pool never sees it. */
export const JUDGE = 'x-sextant-judge';

/** Answer headers: said on every answer that passed through Sextant. */
export const MODEL = 'x-sextant-model';
export const DECISION = 'x-sextant-decision';
export const PATH = 'x-sextant-path';
export const CACHE = 'x-sextant-cache';
export const SIMILARITY = 'x-sextant-similarity';
export const OVERHEAD_MS = 'x-sextant-overhead-ms';
export const UNREAD = 'x-sextant-unread';
export const PERSONAL_DATA = 'x-sextant-personal-data';
export const TRIES = 'x-sextant-tries';
export const CASCADE = 'x-sextant-cascade';
export const ID = 'x-sextant-id';
export const CACHE_STATUS = 'cache-status';
export const AGE = 'age';

/** gRPC initial metadata: the route of the Envoy YAML that a stream belongs to. */
export const ROUTE_METADATA = 'x-sextant-route';
/** The same: which pool asks about a request on its way there; absent on the way from the client. */
export const POOL_METADATA = 'x-sextant-pool';
/** Stands there where one cluster holds the servers of several models: each of them says in its metadata whose it is. */
export const POOL_OF_HOST = '*';

/** The same: which pool has an answer to be judged. */
export const JUDGE_METADATA = 'x-sextant-judge';

/** Envoy counts the tries from 1, in the request to a pool and in the answer. */
export const ATTEMPT_COUNT = 'x-envoy-attempt-count';
/** By these Envoy's router is told for one request when, how often and how fast to try again. */
export const RETRY_ON = 'x-envoy-retry-on';
export const RETRIABLE_STATUS_CODES = 'x-envoy-retriable-status-codes';
export const MAX_RETRIES = 'x-envoy-max-retries';
export const PER_TRY_TIMEOUT_MS = 'x-envoy-upstream-rq-per-try-timeout-ms';

/** Nothing under this prefix is ever taken from a client or an upstream. */
export const RESERVED_PREFIX = 'x-sextant-';

export const METHOD = ':method';
export const REQUEST_PATH = ':path';
export const STATUS = ':status';
export const AUTHORIZATION = 'authorization';
/** Where clients carry their keys. */
export const CLIENT_KEYS = [AUTHORIZATION, 'x-api-key', 'api-key'] as const;
export const COOKIE = 'cookie';
export const CACHE_CONTROL = 'cache-control';
/** What a client asks of our cache; beside `cache-control`, which other caches on the way read too. */
export const OWN_CACHE_CONTROL = 'sextant-cache-control';

/** By these, clients of other gateways ask for the same. */
export const PORTKEY_CACHE = 'x-portkey-cache';
export const PORTKEY_CACHE_FORCE_REFRESH = 'x-portkey-cache-force-refresh';
export const PORTKEY_CACHE_NAMESPACE = 'x-portkey-cache-namespace';
export const BIFROST_CACHE_KEY = 'x-bf-cache-key';
export const BIFROST_CACHE_NO_STORE = 'x-bf-cache-no-store';
export const BIFROST_CACHE_THRESHOLD = 'x-bf-cache-threshold';
export const BIFROST_CACHE_TTL = 'x-bf-cache-ttl';
export const BIFROST_CACHE_TYPE = 'x-bf-cache-type';

/** Meant for us alone, so the pool does not get them. */
export const CACHE_CONTROLS = [
  OWN_CACHE_CONTROL,
  PORTKEY_CACHE,
  PORTKEY_CACHE_FORCE_REFRESH,
  PORTKEY_CACHE_NAMESPACE,
  BIFROST_CACHE_KEY,
  BIFROST_CACHE_NO_STORE,
  BIFROST_CACHE_THRESHOLD,
  BIFROST_CACHE_TTL,
  BIFROST_CACHE_TYPE,
] as const;

/** The place in a trace, of W3C Trace Context. */
export const TRACEPARENT = 'traceparent';

export const CONTENT_ENCODING = 'content-encoding';
export const CONTENT_LENGTH = 'content-length';
export const CONTENT_TYPE = 'content-type';
export const ACCEPT_ENCODING = 'accept-encoding';

/** Namespaces of Envoy's dynamic metadata: the order of the models, for its router, and what further tries need. */
export const PLAN_NAMESPACE = 'sextant.plan';
export const TRIES_NAMESPACE = 'sextant.tries';
export const TRIES_KEY = 'tries';
/** Under this key of the namespace `sextant` a server's metadata name its model. */
export const HOST_MODEL_KEY = 'sextant_model';
/** Where Envoy AI Gateway keeps what it knows of a request. */
export const AI_GATEWAY_NAMESPACE = 'io.envoy.ai_gateway';
/** And which exchange an answer belongs to that is to be judged. */
export const CASCADE_NAMESPACE = 'sextant.cascade';
export const CASCADE_KEY = 'id';
