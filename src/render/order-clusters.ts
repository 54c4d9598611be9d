import type { Config, ModelConfig } from '../config/config.js';
import { HOST_MODEL_KEY } from '../exchange/headers.js';
import { allOrders, orderCluster } from '../selection/fixed-order.js';
import { upstreamCluster, upstreamFilters } from './clusters.js';
import type { Fields } from './envoy-types.js';
import { tryOfHostFilter } from './fallback.js';
import { METADATA_NAMESPACE } from './filters.js';
import { poolEndpoint, poolOptions } from './pool-options.js';

type Fixed = Pick<Config, 'models' | 'fallback' | 'decisions'>;

/** What Envoy looks for among the sockets of a cluster. */
const SOCKET_NAMESPACE = 'envoy.transport_socket_match';

/** Where models fall back in a fixed order: one cluster for each order, in which their servers stand one below the other. */
export function orderClusters(config: Fixed): readonly Fields[] {
  if (config.fallback?.isFixed !== true) return [];
  const policies = [config.fallback.policy, ...config.decisions.flatMap(({ fallback }) => fallback ?? [])];
  const orders = policies.flatMap(({ written = [] }) => allOrders(written));
  const named = new Map(orders.map((order) => [orderCluster(order), order]));
  return [...named].flatMap(([name, order]) => {
    const cards = order.flatMap((model) => config.models.filter((card) => card.name === model));
    const [first] = cards;
    return first === undefined ? [] : [cluster(name, [first, ...cards.slice(1)], config)];
  });
}

/**
 * It neither asks after the health of servers nor leaves one out: a try would go to another model than the one whose
 * turn it is, and Sextant's own pass would end it. Keys are the same for all, which `check` sees to.
 */
function cluster(name: string, cards: readonly [ModelConfig, ...ModelConfig[]], config: Fixed): Fields {
  const sockets = cards.flatMap((card) => {
    const { transport_socket: socket } = poolOptions(card);
    const match = { pool: card.cluster };
    return socket === undefined ? [] : [{ name: card.cluster, match, transport_socket: socket }];
  });
  return {
    ...upstreamCluster({
      name,
      endpoints: cards.flatMap(({ endpoints }) => endpoints),
      options: sockets.length === 0 ? {} : { transport_socket_matches: sockets },
      filters: upstreamFilters(cards[0], config, [tryOfHostFilter()]),
    }),
    load_assignment: {
      cluster_name: name,
      endpoints: cards.map((card, priority) => ({ priority, lb_endpoints: servers(card) })),
    },
  };
}

function servers({ name, cluster: pool, endpoints, pool: { tls } }: ModelConfig): readonly Fields[] {
  const metadata = {
    filter_metadata: {
      [METADATA_NAMESPACE]: { [HOST_MODEL_KEY]: name },
      ...(tls === undefined ? {} : { [SOCKET_NAMESPACE]: { pool } }),
    },
  };
  return endpoints.map((address) => ({ endpoint: poolEndpoint(address, tls), metadata }));
}
