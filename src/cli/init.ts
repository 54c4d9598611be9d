import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DEFAULTS, EXTPROC_CLUSTER, SOCKET_PATH_BYTES_MAX } from '../config/defaults.js';
import { host } from '../config/fields.js';
import { inspectText } from '../config/inspect.js';
import { formatProblems } from '../config/problems.js';
import { configJsonSchema } from '../config/schema-json.js';
import { type JsonObject, objectsOf } from '../lib/json.js';
import { askModels } from './ask-models.js';
import { type Backend, parseBackend, urlOf } from './backend.js';
import { clustersOf, objectsIn, readEnvoyFile, resourcesOf } from './envoy-file.js';
import { type AskedBackend, type FoundModel, foundModels, VIRTUAL_NAME } from './found-models.js';
import { CliError, OK, type Output, USAGE } from './output.js';
import { rolesOf, type Starter, starterConfig } from './starter-config.js';
import { writeText } from './write-text.js';

export interface InitOptions {
  readonly backend: readonly string[];
  readonly fromEnvoy?: string;
  readonly keyEnv?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const SCHEMA_FILE = 'sextant.schema.json';
const EXTPROC_PORT = 50_051;
/** Servers that are asked, at most. */
const BACKENDS_MAX = 256;

/** `sextant init`: writes a commented `sextant.yaml` from what servers of models say of themselves. */
export async function init(file: string, options: InitOptions, output: Output): Promise<number> {
  const force = options.force === true;
  const asks = process.stdin.isTTY && process.stdout.isTTY && options.json !== true;
  if (existsSync(file) && !force) {
    if (!asks || !(await (await questions()).mayReplace(file)))
      throw new CliError(`${file} is there already. Name another file, or replace it by --force.`);
  }
  const { servers, envoy } = await serversOf(options, asks);
  const asked = await askAll(servers, options, output);
  const models = foundModels(asked);
  if (models.length === 0)
    throw new CliError(
      `No model that writes answers was found at these servers, or none with a name beside "${VIRTUAL_NAME}".`,
    );
  const text = starterConfig(starterOf(models, { file, asked, options, envoy }));
  const inspected = inspectText(text, file);
  const problems = inspected.ok ? inspected.value.faults : inspected.error;
  if (problems.length > 0)
    throw new Error(`what was to be written is not good:\n${formatProblems(problems)}`);
  writeText(file, text);
  const schema = join(dirname(file), SCHEMA_FILE);
  if (force || !existsSync(schema)) writeText(schema, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  tell({ file, schema, models }, options, output);
  return OK;
}

interface Server {
  readonly backend: Backend;
  readonly cluster: string | undefined;
}

interface Servers {
  readonly servers: readonly Server[];
  /** The file that they were read from. */
  readonly envoy: JsonObject | undefined;
}

async function serversOf({ backend, fromEnvoy }: InitOptions, asks: boolean): Promise<Servers> {
  const envoy = fromEnvoy === undefined ? undefined : readEnvoyFile(fromEnvoy);
  const read = envoy === undefined ? [] : serversIn(envoy);
  const named = [...backend];
  if (named.length === 0 && fromEnvoy === undefined) {
    if (!asks)
      throw new CliError('Name the servers of your models by --backend URL, or by --from-envoy FILE.', USAGE);
    named.push(...(await (await questions()).askBackends()));
  }
  const servers = [...named.map((text) => ({ backend: backendOf(text), cluster: undefined })), ...read];
  if (servers.length === 0)
    throw new CliError(`${fromEnvoy}: no cluster has an address of its own; name the servers by --backend.`);
  if (servers.length > BACKENDS_MAX)
    throw new CliError(`These are ${servers.length} servers; ${BACKENDS_MAX} can be asked at most.`, USAGE);
  return { servers, envoy };
}

/** Loaded at a terminal alone: it draws. */
async function questions() {
  return import('./init-questions.js');
}

function serversIn(envoy: JsonObject): readonly Server[] {
  return clustersOf(envoy)
    .filter(({ name }) => name !== EXTPROC_CLUSTER)
    .flatMap(({ name, backends }) => backends.map((backend) => ({ backend, cluster: name })));
}

function backendOf(text: string): Backend {
  const backend = parseBackend(text);
  if (typeof backend === 'string') throw new CliError(`--backend ${text} ${backend}.`, USAGE);
  return backend;
}

/** Whoever names a server means it; in a file of Envoy many clusters serve no models. */
async function askAll(
  servers: readonly Server[],
  { fromEnvoy, keyEnv }: InitOptions,
  output: Output,
): Promise<readonly AskedBackend[]> {
  const value = keyEnv === undefined ? undefined : process.env[keyEnv];
  if (keyEnv !== undefined && (value === undefined || value === ''))
    throw new CliError(`--key-env ${keyEnv}: there is no such variable, or it is empty.`, USAGE);
  const key = value === undefined ? undefined : (['authorization', `Bearer ${value}`] as const);
  output.err(
    `asking ${servers.length === 1 ? 'one server' : `${servers.length} servers`} for their models …`,
  );
  const answers = await Promise.all(
    servers.map(async (server) => ({ ...server, answer: await askModels(server.backend, { key }) })),
  );
  const silent = answers.flatMap(({ backend, answer }) =>
    answer.kind === 'none' ? [`${urlOf(backend)} ${answer.why}`] : [],
  );
  const asked = answers.flatMap(({ backend, cluster, answer }) =>
    answer.kind === 'models' ? [{ backend, cluster, models: answer.models }] : [],
  );
  if (silent.length > 0 && (fromEnvoy === undefined || asked.length === 0))
    throw new CliError(`${silent.join('\n')}\nNothing was written.`);
  for (const line of silent) output.err(`left out: ${line}`);
  return asked;
}

function starterOf(
  models: readonly FoundModel[],
  {
    file,
    asked,
    options,
    envoy,
  }: {
    readonly file: string;
    readonly asked: readonly AskedBackend[];
    readonly options: InitOptions;
    readonly envoy: JsonObject | undefined;
  },
): Starter {
  const { fromEnvoy, keyEnv } = options;
  const urls = asked.map(({ backend }) => urlOf(backend)).join(', ');
  return {
    models,
    from: fromEnvoy === undefined ? urls : `${urls} (clusters of ${basename(fromEnvoy)})`,
    schema: `./${SCHEMA_FILE}`,
    listen: listenOf(envoy),
    extproc: extprocOf(file),
    bodyBytesMax: bufferOf(envoy),
    keyEnv,
  };
}

/** The first listener of Envoy's own file is where clients come already. */
function listenOf(envoy: JsonObject | undefined): Starter['listen'] {
  const [first] = objectsOf(resourcesOf(envoy)['listeners']);
  const [address] = first === undefined ? [] : objectsIn(first['address'] ?? null, 'socket_address');
  const { address: name, port_value: port } = address ?? {};
  return typeof name === 'string' && typeof port === 'number' && host.safeParse(name).success
    ? { address: name, port }
    : DEFAULTS.listen;
}

function bufferOf(envoy: JsonObject | undefined): number | undefined {
  const [first] = objectsOf(resourcesOf(envoy)['listeners']);
  const bytes = first?.['per_connection_buffer_limit_bytes'];
  return typeof bytes === 'number' && bytes >= 1024 ? bytes : undefined;
}

/** Beside the config, where its owner may write; loopback where that path is too long for a socket. */
function extprocOf(file: string): string {
  const socket = resolve(dirname(file), 'sextant.sock');
  return Buffer.byteLength(socket) <= SOCKET_PATH_BYTES_MAX
    ? '{ socket: ./sextant.sock }'
    : `{ address: 127.0.0.1, port: ${EXTPROC_PORT} }`;
}

function tell(
  written: { readonly file: string; readonly schema: string; readonly models: readonly FoundModel[] },
  { json }: InitOptions,
  output: Output,
): void {
  const { file, schema, models } = written;
  const { small, large, coder } = rolesOf(models);
  const knows = small.aliases.includes(VIRTUAL_NAME);
  if (json === true) {
    const told = models.map(({ name, endpoints, contextTokens, guess }) => ({
      ...{ name, endpoints, context_window: contextTokens ?? null },
      guess: { parameters_b: guess.parametersB ?? null, codes: guess.codes },
    }));
    const guessed = { default: small.name, hard: large?.name ?? null, code: coder?.name ?? null };
    output.out(JSON.stringify({ file, schema, models: told, guessed, default_knows_auto: knows }));
    return;
  }
  output.out(`wrote ${file}, and ${schema} by which editors complete it`);
  output.out(`models by guess, smallest first: ${models.map(({ name }) => name).join(', ')}`);
  if (!knows)
    output.out(`note: ${small.name} does not know the name "${VIRTUAL_NAME}"; the file says what that means`);
  output.out('next:');
  for (const line of nextSteps(file)) output.out(`  ${line}`);
}

function nextSteps(file: string): readonly string[] {
  return [
    `sextant check ${file}`,
    `sextant doctor --config ${file}`,
    `sextant envoy render --config ${file} --out envoy.yaml`,
    `sextant serve --config ${file}`,
  ];
}
