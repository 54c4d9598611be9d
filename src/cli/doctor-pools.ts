import { readFileSync } from 'node:fs';
import type { Config, ModelConfig } from '../config/config.js';
import { poolOwners } from '../render/pools.js';
import { type AskModelsOptions, askModels, type ListedModel, type ModelsAnswer } from './ask-models.js';
import { urlOf } from './backend.js';
import { type Finding, findingsOf } from './finding.js';
import { messageOf } from './output.js';

const pools = findingsOf('pools');
const clock = findingsOf('clock');

const DEADLINE_MS = 3000;
/** Servers that are asked at the same time. */
const AT_ONCE_MAX = 16;
/** What a clock may be off before tokens are refused and entries live too long. Milliseconds. */
const CLOCK_OFF_MAX_MS = 5000;

interface AskedServer {
  readonly model: ModelConfig;
  readonly url: string;
  readonly answer: ModelsAnswer;
}

/** Asks every server of every pool what it serves, and holds the answers against the config. */
export async function poolFindings(config: Config): Promise<readonly Finding[]> {
  const asked: AskedServer[] = [];
  const servers = serversOf(config.models);
  for (let at = 0; at < servers.length; at += AT_ONCE_MAX) {
    asked.push(...(await Promise.all(servers.slice(at, at + AT_ONCE_MAX).map(ask))));
  }
  return [
    ...asked.flatMap((server) => serverFindings(server, config.models)),
    ...virtualNameFindings(asked, config),
    ...clockFindings(asked),
  ];
}

type Server = Omit<AskedServer, 'answer'> & { readonly port: number; readonly address: string };

/** Models that share a cluster have the same servers, which are asked once. */
function serversOf(models: readonly ModelConfig[]): readonly Server[] {
  return poolOwners(models).flatMap((model) =>
    model.endpoints.map((endpoint) => ({
      ...endpoint,
      model,
      url: urlOf({ ...endpoint, tls: model.pool.tls !== undefined }),
    })),
  );
}

async function ask({ model, address, port, url }: Server): Promise<AskedServer> {
  const { pool } = model;
  let options: AskModelsOptions;
  try {
    options = { deadlineMs: DEADLINE_MS, key: keyOf(model), ...tlsOf(model) };
  } catch (thrown) {
    return {
      model,
      url,
      answer: { kind: 'none', why: `cannot be asked: ${messageOf(thrown)}`, status: undefined },
    };
  }
  return { model, url, answer: await askModels({ address, port, tls: pool.tls !== undefined }, options) };
}

/** The key that Envoy would send, as far as it is to be found here. */
function keyOf({ pool: { credentials } }: ModelConfig): AskModelsOptions['key'] {
  if (!('header' in credentials)) return undefined;
  const key =
    credentials.from === 'env'
      ? process.env[credentials.name]
      : readFileSync(credentials.path, 'utf8').trimEnd();
  return key === undefined ? undefined : [credentials.header, `${credentials.prefix}${key}`];
}

function tlsOf({ pool: { tls } }: ModelConfig): Pick<AskModelsOptions, 'tls'> {
  if (tls === undefined) return {};
  const { caFile, certFile, keyFile, serverName } = tls;
  return {
    tls: {
      ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
      ...(certFile === undefined ? {} : { cert: readFileSync(certFile) }),
      ...(keyFile === undefined ? {} : { key: readFileSync(keyFile) }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    },
  };
}

function serverFindings(
  { model, url, answer }: AskedServer,
  models: readonly ModelConfig[],
): readonly Finding[] {
  if (answer.kind === 'none') {
    return answer.status === 401 || answer.status === 403
      ? [pools.warning(`${url} ${answer.why}, so what it serves is not known`, KEY)]
      : [pools.problem(`${url} ${answer.why}`, `start it, or correct the endpoints of ${model.name}`)];
  }
  const own = models.filter(({ cluster }) => cluster === model.cluster);
  const found = own.flatMap((each) => modelFindings(each, url, answer.models));
  return found.length > 0 ? found : [pools.good(`${url} serves ${own.map(servedName).join(', ')}`)];
}

const KEY = 'put the key into the variable or file that pool.credentials names, and look again';

function modelFindings(model: ModelConfig, url: string, listed: readonly ListedModel[]): readonly Finding[] {
  const served = listed.find(({ id }) => id === servedName(model));
  if (served === undefined) {
    const names = listed.map(({ id }) => id).join(', ') || 'nothing';
    const todo = `start it with --served-model-name ${servedName(model)}, or correct the name in the config`;
    return [pools.problem(`${url} does not serve ${servedName(model)}, but ${names}`, todo)];
  }
  const { contextTokens } = served;
  if (contextTokens === undefined || contextTokens >= model.contextWindow) return [];
  return [
    pools.problem(
      `${url} takes ${contextTokens} tokens, and context_window of ${model.name} is ${model.contextWindow}`,
      `set context_window: ${contextTokens}, or start the server with --max-model-len ${model.contextWindow}`,
    ),
  ];
}

/** As the pool knows it. */
function servedName({ name, lora }: ModelConfig): string {
  return lora?.adapter ?? name;
}

/** Nobody rewrites a body while Sextant is away. */
function virtualNameFindings(asked: readonly AskedServer[], config: Config): readonly Finding[] {
  const { defaultModel, virtualModels, routes, observes } = config;
  const open = routes.filter(({ guarded }) => !guarded).map(({ name }) => name);
  if (open.length === 0 || observes) return [];
  return asked.flatMap(({ model, url, answer }) => {
    if (model.cluster !== defaultModel.cluster || answer.kind === 'none') return [];
    const unknown = virtualModels.filter((name) => !answer.models.some(({ id }) => id === name));
    if (unknown.length === 0)
      return [pools.good(`${url}, the default pool, knows ${virtualModels.join(', ')} too`)];
    return [
      pools.problem(
        `${url} is of the default pool and does not know ${unknown.join(', ')}: while Sextant is away, requests of route ` +
          `${open.join(', ')} fail there`,
        `start it with --served-model-name ${[servedName(defaultModel), ...virtualModels].join(' ')}, or set guarded: true`,
      ),
    ];
  });
}

function clockFindings(asked: readonly AskedServer[]): readonly Finding[] {
  const told = asked.flatMap(({ url, answer }) =>
    answer.kind === 'models' && answer.aheadMs !== undefined ? [{ url, aheadMs: answer.aheadMs }] : [],
  );
  if (told.length === 0) return [];
  const off = told.filter(({ aheadMs }) => Math.abs(aheadMs) > CLOCK_OFF_MAX_MS);
  if (off.length === 0) return [clock.good(`as the clocks of ${told.length} servers, within a few seconds`)];
  return off.map(({ url, aheadMs }) =>
    clock.warning(
      `the clock of ${url} is ${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this one`,
      'set both by NTP: what expires, expires by the clock of each machine',
    ),
  );
}
