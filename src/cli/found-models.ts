import type { ListedModel } from './ask-models.js';
import { type Backend, endpointOf } from './backend.js';
import { guessModel, type ModelGuess } from './guess-model.js';

/** A client that asks for it leaves the choice to Sextant. */
export const VIRTUAL_NAME = 'auto';

/** A server that was asked, and what it said. */
export interface AskedBackend {
  readonly backend: Backend;
  readonly models: readonly ListedModel[];
  /** The Envoy cluster that it stands in, where it was read from Envoy's own file. */
  readonly cluster: string | undefined;
}

/** A model that a config may name. */
export interface FoundModel {
  readonly name: string;
  /** Other names under which every one of its servers knows it. */
  readonly aliases: readonly string[];
  readonly endpoints: readonly string[];
  readonly tls: boolean;
  /** Where it is not the name of the model. */
  readonly cluster: string | undefined;
  /** The model that it is an adapter of, in the same pool. */
  readonly base: string | undefined;
  /** Undefined where no server says. */
  readonly contextTokens: number | undefined;
  readonly guess: ModelGuess;
}

/** The models of all servers, smallest first by what their names let one guess. One that several serve is one pool. */
export function foundModels(asked: readonly AskedBackend[]): readonly FoundModel[] {
  const served = asked.flatMap(servedBy);
  const names = [...new Set(served.map(({ name }) => name))];
  const pools = names.map((name) => pooled(served.filter((each) => each.name === name)));
  return withClusters(pools.filter(({ guess }) => guess.answers)).toSorted(
    (a, b) => a.guess.rank - b.guess.rank,
  );
}

interface Served {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly from: AskedBackend;
  readonly base: string | undefined;
  readonly contextTokens: number | undefined;
}

/**
 * vLLM lists a model once for each name it is served under; names of one model have the same root. What is known by the
 * virtual name alone cannot be told from a choice that is left to Sextant.
 */
function servedBy(from: AskedBackend): readonly Served[] {
  const first = new Map<string, string>();
  for (const { id, root, parent } of from.models) {
    const counts = root !== undefined && parent === undefined && id !== VIRTUAL_NAME;
    if (counts && !first.has(root)) first.set(root, id);
  }
  const nameOf = ({ id, root, parent }: ListedModel): string =>
    root === undefined || parent !== undefined ? id : (first.get(root) ?? id);
  return from.models
    .filter((model) => nameOf(model) === model.id && model.id !== VIRTUAL_NAME)
    .map((model) => ({
      name: model.id,
      aliases: from.models.filter((each) => each !== model && nameOf(each) === model.id).map(({ id }) => id),
      from,
      base: model.parent,
      contextTokens: model.contextTokens,
    }));
}

/** A prompt has to fit into each of the servers, and a name has to be known to each of them. */
function pooled(served: readonly Served[]): FoundModel {
  const [first] = served;
  if (first === undefined) throw new Error('a model that nobody serves');
  // A pool is reached in one way, so servers that are reached in another are left out of it.
  const same = served.filter(({ from }) => from.backend.tls === first.from.backend.tls);
  const contexts = same.flatMap(({ contextTokens }) => contextTokens ?? []);
  return {
    name: first.name,
    aliases: first.aliases.filter((alias) => same.every(({ aliases }) => aliases.includes(alias))),
    endpoints: [...new Set(same.map(({ from }) => endpointOf(from.backend)))],
    tls: first.from.backend.tls,
    cluster: first.from.cluster,
    base: first.base,
    contextTokens: contexts.length === 0 ? undefined : Math.min(...contexts),
    guess: guessModel(first.name),
  };
}

/** Models of the same servers share a cluster, and an adapter shares that of its base. */
function withClusters(models: readonly FoundModel[]): readonly FoundModel[] {
  const owners = new Map<string, FoundModel>();
  for (const model of models) {
    const owner = owners.get(serversOf(model));
    if (owner === undefined || (owner.base !== undefined && model.base === undefined)) {
      owners.set(serversOf(model), model);
    }
  }
  const clusters = clusterNames([...owners.values()], models);
  return models.map((model) => {
    const owner = owners.get(serversOf(model)) ?? model;
    const cluster = clusters.get(owner) ?? owner.name;
    const base = models.find(({ name }) => name === model.base);
    const shares =
      base !== undefined && base !== model && base.base === undefined && serversOf(base) === serversOf(model);
    return {
      ...model,
      // One cluster has one list, in one order.
      endpoints: owner.endpoints,
      cluster: cluster === model.name ? undefined : cluster,
      base: shares ? model.base : undefined,
    };
  });
}

/**
 * Envoy's own name goes to the model that most of the cluster's servers know, and to none where a model of other servers is
 * called so; a model that only some of them know gets a cluster of its own.
 */
function clusterNames(
  owners: readonly FoundModel[],
  models: readonly FoundModel[],
): ReadonlyMap<FoundModel, string> {
  const given = new Map<string, FoundModel>();
  for (const owner of owners.toSorted((a, b) => b.endpoints.length - a.endpoints.length)) {
    const { cluster } = owner;
    if (cluster === undefined || given.has(cluster)) continue;
    const isTaken = models.some((each) => each.name === cluster && serversOf(each) !== serversOf(owner));
    if (!isTaken) given.set(cluster, owner);
  }
  return new Map(Array.from(given, ([cluster, owner]) => [owner, cluster]));
}

function serversOf({ endpoints }: FoundModel): string {
  return endpoints.toSorted().join(' ');
}
