import { parse, stringify } from 'yaml';

/** What a variant of the rendered Envoy YAML changes; everything else stays as it ships. */
export interface EnvoyVariant {
  readonly listenPort: number;
  readonly adminPort: number;
  /** Absent: Sextant as rendered. `none`: no processor at all. Otherwise a processor at this socket. */
  readonly processor?: 'none' | { readonly socketPath: string };
}

const EXT_PROC = 'envoy.filters.http.ext_proc';

type Node = Record<string, unknown>;

/**
 * Makes the yardsticks out of the very YAML that Sextant renders: the same listener, routes, pools and logs, with the
 * processor left out or exchanged. Without the routing header all requests take the default pool.
 *
 * @throws Error when the YAML has no ext_proc filter, since it would then be no yardstick
 */
export function envoyVariant(rendered: string, variant: EnvoyVariant): string {
  const root = parse(rendered) as Node;
  const { processor } = variant;
  let filters = 0;
  let cluster: string | undefined;
  visit(root, (node) => {
    const list = node['http_filters'];
    if (!Array.isArray(list)) return;
    filters += list.filter(isExtProc).length;
    cluster ??= clusterOf(list.find(isExtProc));
    if (processor === 'none') node['http_filters'] = list.filter((filter) => !isExtProc(filter));
    else if (processor !== undefined) list.filter(isExtProc).forEach(askForEveryPhase);
  });
  if (filters === 0 || cluster === undefined) throw new Error(`the rendered YAML has no ${EXT_PROC} filter`);
  if (processor !== undefined) {
    visit(root, dropPerRoute);
    const socketPath = processor === 'none' ? undefined : processor.socketPath;
    const name = cluster;
    visit(root, (node) => redirect(node, name, socketPath));
  }
  setPorts(root, variant);
  return stringify(root);
}

/** Four messages a request: what a processor gets that wants to see everything. */
function askForEveryPhase(filter: unknown): void {
  const config = (filter as Node)['typed_config'] as Node;
  config['processing_mode'] = {
    request_header_mode: 'SEND',
    request_body_mode: 'BUFFERED',
    request_trailer_mode: 'SKIP',
    response_header_mode: 'SEND',
    response_body_mode: 'STREAMED',
    response_trailer_mode: 'SKIP',
  };
}

function dropPerRoute(node: Node): void {
  const perRoute = node['typed_per_filter_config'];
  if (isNode(perRoute)) delete perRoute[EXT_PROC];
}

/** The exchanged processor has no health service, so its cluster is not asked for health either. */
function redirect(node: Node, cluster: string, socketPath: string | undefined): void {
  if (node['name'] !== cluster || !('load_assignment' in node)) return;
  delete node['health_checks'];
  if (socketPath === undefined) return;
  visit(node['load_assignment'], (inner) => {
    if ('address' in inner && 'endpoint' in inner === false)
      inner['address'] = { pipe: { path: socketPath } };
  });
}

function setPorts(root: Node, { listenPort, adminPort }: EnvoyVariant): void {
  const resources = root['static_resources'] as Node;
  const [listener] = resources['listeners'] as Node[];
  setPort(listener?.['address'], listenPort);
  const admin = root['admin'];
  if (isNode(admin)) setPort(admin['address'], adminPort);
}

function setPort(address: unknown, port: number): void {
  visit(address, (node) => {
    if ('port_value' in node) node['port_value'] = port;
  });
}

function isExtProc(filter: unknown): boolean {
  return isNode(filter) && filter['name'] === EXT_PROC;
}

function clusterOf(filter: unknown): string | undefined {
  let name: string | undefined;
  visit(filter, (node) => {
    const grpc = node['envoy_grpc'];
    if (isNode(grpc)) name = String(grpc['cluster_name']);
  });
  return name;
}

function visit(value: unknown, look: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, look);
  } else if (isNode(value)) {
    look(value);
    for (const inner of Object.values(value)) visit(inner, look);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
