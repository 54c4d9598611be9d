import type { Config, ExtprocAddress, ModelConfig } from '../config/config.js';
import { EXTPROC_CLUSTER } from '../config/defaults.js';
import { RESERVED_PREFIX } from '../exchange/headers.js';
import { isJsonObject, type Json, type JsonObject, objectsOf } from '../lib/json.js';
import { poolOwners } from '../render/pools.js';
import { maxMessageTimeoutMs } from '../render/timeouts.js';
import { endpointOf } from './backend.js';
import { clustersOf, objectsIn, resourcesOf, typedIn } from './envoy-file.js';
import { type Finding, findingsOf } from './finding.js';

/** Envoy's own values where a file says nothing. */
const ENVOY_DEFAULTS = { messageTimeoutMs: 200, bufferBytes: 1024 * 1024 };
/** Node takes about a thousand resets on one connection for an attack. */
const REQUESTS_PER_CONNECTION_MAX = 1000;

const { good, warning, problem } = findingsOf('limits');
const RENDER = 'compare with what `sextant envoy render` writes';

/** What an Envoy configuration says that does not go with a config: by itself each of the two may be good. */
export function limitFindings(envoy: JsonObject, config: Config): readonly Finding[] {
  const resources = resourcesOf(envoy);
  const filters = typedIn(resources['listeners'], 'ExternalProcessor');
  const [filter] = filters;
  if (filter === undefined)
    return [problem('no listener of this Envoy asks Sextant: there is no ext_proc filter', RENDER)];
  const findings = [
    ...waitFindings(filter, config),
    ...failureFindings(filter, resources, config),
    ...bufferFindings(resources, config),
    ...routeFindings(resources),
    ...clientHeaderFindings(resources),
    ...poolFindings(envoy, config),
    ...extprocFindings(filter, resources, config),
  ];
  return findings.length > 0 ? findings : [good('Envoy and the config agree in limits, pools and failures')];
}

/** Nobody waits for a Sextant that only watches. */
function waitFindings(filter: JsonObject, config: Config): readonly Finding[] {
  if (config.observes) return [];
  const usualMs = millis(filter['message_timeout']) ?? ENVOY_DEFAULTS.messageTimeoutMs;
  const longestMs = millis(filter['max_message_timeout']) ?? 0;
  const { messageTimeoutMs } = config.limits;
  const neededMs = maxMessageTimeoutMs(config);
  return [
    ...(usualMs < messageTimeoutMs
      ? [
          problem(
            `Envoy waits ${usualMs} ms for each reply, and Sextant takes up to ${messageTimeoutMs}`,
            `set message_timeout of the ext_proc filter to ${messageTimeoutMs / 1000}s, or lower limits.message_timeout_ms`,
          ),
        ]
      : []),
    ...(longestMs < neededMs
      ? [
          warning(
            `Envoy lets Sextant ask for ${longestMs} ms at most; those who wait for a twin or a long text may need ${neededMs}`,
            `set max_message_timeout of the ext_proc filter to ${neededMs / 1000}s`,
          ),
        ]
      : []),
  ];
}

/** A filter's word holds for the routes that have none of their own. */
function failureFindings(filter: JsonObject, resources: JsonObject, config: Config): readonly Finding[] {
  if (config.observes) return [];
  const overrides = typedIn(resources['listeners'], 'ExtProcPerRoute').flatMap(({ overrides: own }) =>
    isJsonObject(own) && typeof own['failure_mode_allow'] === 'boolean' ? [own['failure_mode_allow']] : [],
  );
  const lets = overrides.length > 0 ? overrides : [filter['failure_mode_allow'] === true];
  const guarded = config.routes.filter((route) => route.guarded).map(({ name }) => name);
  const open = config.routes.filter((route) => !route.guarded).map(({ name }) => name);
  if (guarded.length > 0 && !lets.includes(false))
    return [
      problem(
        `route ${guarded.join(', ')} is guarded, and Envoy lets everything pass when Sextant fails`,
        'set failure_mode_allow: false, for the filter or in ExtProcPerRoute.overrides',
      ),
    ];
  if (open.length > 0 && !lets.includes(true))
    return [
      warning(
        `route ${open.join(', ')} is not guarded, and Envoy answers with an error when Sextant fails`,
        'set failure_mode_allow: true, or say guarded: true in the config as well',
      ),
    ];
  return [];
}

function bufferFindings(resources: JsonObject, { limits }: Config): readonly Finding[] {
  const { bodyBytesMax } = limits;
  return objectsOf(resources['listeners'])
    .filter((listener) => typedIn(listener, 'ExternalProcessor').length > 0)
    .flatMap((listener) => {
      const said = listener['per_connection_buffer_limit_bytes'];
      const bytes = typeof said === 'number' ? said : ENVOY_DEFAULTS.bufferBytes;
      if (bytes === bodyBytesMax) return [];
      const what = `Envoy buffers bodies of ${bytes} bytes, limits.body_bytes_max is ${bodyBytesMax}`;
      return bytes > bodyBytesMax
        ? [problem(`${what}: larger ones reach Sextant, which refuses them or lets them pass unread`, EQUAL)]
        : [warning(`${what}: longer prompts get 413 from Envoy`, EQUAL)];
    });
}

const EQUAL = 'give per_connection_buffer_limit_bytes and limits.body_bytes_max the same value';

/** Only routes that lead to a pool. */
function routeFindings(resources: JsonObject): readonly Finding[] {
  const bounded = objectsIn(resources['listeners'], 'route').filter(
    (action) =>
      (action['cluster'] !== undefined || action['cluster_header'] !== undefined) &&
      millis(action['timeout']) !== 0,
  );
  if (bounded.length === 0) return [];
  return [
    warning(
      `${bounded.length} routes of this Envoy end answers after a time (15 s where none is said), in a 504`,
      'set timeout: 0s on each route to a pool; the idle timeout ends those that hang',
    ),
  ];
}

function clientHeaderFindings(resources: JsonObject): readonly Finding[] {
  const strips = typedIn(resources['listeners'], 'HeaderMutation').some((mutation) =>
    JSON.stringify(mutation).includes(`"${RESERVED_PREFIX}"`),
  );
  if (strips) return [];
  return [
    problem(
      `clients can choose their pool: nothing removes the ${RESERVED_PREFIX}* headers that they send`,
      'add an early header mutation that removes them, as `sextant envoy render` writes it',
    ),
  ];
}

function poolFindings(envoy: JsonObject, { models }: Config): readonly Finding[] {
  const clusters = new Map(clustersOf(envoy).map((cluster) => [cluster.name, cluster]));
  return poolOwners(models).flatMap((model) => {
    const cluster = clusters.get(model.cluster);
    if (cluster === undefined)
      return [
        problem(
          `Envoy has no cluster "${model.cluster}", to which Sextant would send what goes to ${model.name}`,
          'add it to static_resources.clusters, or name an existing one in models[].cluster',
        ),
      ];
    const theirs = cluster.backends.map(endpointOf);
    if (theirs.length === 0 || sameEndpoints(theirs, model)) return [];
    const ours = model.endpoints.map(endpointOf).join(', ');
    return [
      warning(
        `cluster "${model.cluster}" of Envoy has the servers ${theirs.join(', ')}, the config ${ours}`,
        'requests go where Envoy says; correct models[].endpoints, by which Sextant asks for load and doctor looks',
      ),
    ];
  });
}

function sameEndpoints(theirs: readonly string[], { endpoints }: ModelConfig): boolean {
  const ours = endpoints.map(endpointOf);
  return theirs.length === ours.length && theirs.every((each) => ours.includes(each));
}

function extprocFindings(filter: JsonObject, resources: JsonObject, config: Config): readonly Finding[] {
  const named = objectsIn(filter, 'envoy_grpc')[0]?.['cluster_name'];
  const name = typeof named === 'string' ? named : EXTPROC_CLUSTER;
  const cluster = objectsOf(resources['clusters']).find((each) => each['name'] === name);
  if (cluster === undefined)
    return [problem(`Envoy has no cluster "${name}", by which it asks Sextant`, RENDER)];
  const perConnection = objectsIn(cluster, 'common_http_protocol_options')[0]?.[
    'max_requests_per_connection'
  ];
  return [
    ...addressFindings(cluster, config.extproc),
    ...(typeof perConnection === 'number' && perConnection < REQUESTS_PER_CONNECTION_MAX
      ? []
      : [
          warning(
            `cluster "${name}" has no max_requests_per_connection below ${REQUESTS_PER_CONNECTION_MAX}: under load requests fail`,
            'set it to 800: Envoy ends each stream by a reset, and Node takes many on one connection for an attack',
          ),
        ]),
  ];
}

function addressFindings(cluster: JsonObject, extproc: ExtprocAddress): readonly Finding[] {
  const pipes = objectsIn(cluster, 'pipe').map(({ path }) => String(path));
  const sockets = objectsIn(cluster, 'socket_address').map(
    ({ address, port_value: port }) => `${String(address)}:${String(port)}`,
  );
  const theirs = [...pipes, ...sockets];
  const ours =
    extproc.kind === 'unix'
      ? [extproc.socket]
      : [extproc, ...extproc.endpoints].map((each) => endpointOf(each));
  if (theirs.length === 0 || theirs.some((each) => ours.includes(each))) return [];
  return [
    problem(
      `Envoy asks Sextant at ${theirs.join(', ')}, and Sextant serves at ${ours.join(', ')}`,
      'correct the cluster, or the extproc section of the config',
    ),
  ];
}

/** Envoy writes durations in seconds. */
function millis(duration: Json | undefined): number | undefined {
  const match = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(duration) : null;
  return match === null ? undefined : Math.round(Number(match[1]) * 1000);
}
