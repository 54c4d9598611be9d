import { readFileSync, statSync } from 'node:fs';
import { parse } from 'yaml';
import { YAML_ALIASES_MAX } from '../config/defaults.js';
import { isJsonObject, type Json, type JsonObject, objectsOf } from '../lib/json.js';
import type { Backend } from './backend.js';
import { CliError, messageOf } from './output.js';

/** A cluster of an Envoy configuration with its servers, in the order of the file. */
export interface EnvoyCluster {
  readonly name: string;
  /** Empty where Envoy is told them by a discovery service, or finds them at a unix socket. */
  readonly backends: readonly Backend[];
}

const ENVOY_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Reads an Envoy configuration, YAML or JSON.
 *
 * @throws CliError that names the file
 */
export function readEnvoyFile(file: string): JsonObject {
  let document: unknown;
  try {
    if (statSync(file).size > ENVOY_BYTES_MAX)
      throw new CliError(`it is larger than ${ENVOY_BYTES_MAX} bytes; check the path`);
    document = parse(readFileSync(file, 'utf8'), { maxAliasCount: YAML_ALIASES_MAX });
  } catch (thrown) {
    throw new CliError(`${file} cannot be read as an Envoy configuration: ${messageOf(thrown)}`);
  }
  // What the parser gives is made of plain values, since no tag of a type is registered.
  const root = document as Json | undefined;
  if (!isJsonObject(root) || !isJsonObject(root['static_resources']))
    throw new CliError(`${file} has no static_resources; name the file that Envoy itself is started with.`);
  return root;
}

/** Of what `readEnvoyFile` gave. */
export function resourcesOf(envoy: JsonObject | undefined): JsonObject {
  const resources = envoy?.['static_resources'];
  return isJsonObject(resources) ? resources : {};
}

export function clustersOf(envoy: JsonObject): readonly EnvoyCluster[] {
  return objectsOf(resourcesOf(envoy)['clusters']).flatMap((cluster) => {
    const { name, transport_socket: socket } = cluster;
    if (typeof name !== 'string') return [];
    const tls = JSON.stringify(socket ?? '').includes('UpstreamTlsContext');
    return [
      { name, backends: objectsIn(cluster['load_assignment'], 'socket_address').flatMap(backendOf(tls)) },
    ];
  });
}

/** Every object that stands under a key of that name, at any depth, in the order of the file. */
export function objectsIn(value: Json | undefined, key: string): readonly JsonObject[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((each) => objectsIn(each, key));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    name === key && isJsonObject(each) ? [each, ...objectsIn(each, key)] : objectsIn(each, key),
  );
}

/** Every object of that protobuf type, by the end of its name. */
export function typedIn(value: Json | undefined, type: string): readonly JsonObject[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((each) => typedIn(each, type));
  if (!isJsonObject(value)) return [];
  const below = Object.values(value).flatMap((each) => typedIn(each, type));
  const own = value['@type'];
  return typeof own === 'string' && own.endsWith(`.${type}`) ? [value, ...below] : below;
}

function backendOf(tls: boolean): (address: JsonObject) => readonly Backend[] {
  return ({ address, port_value: port }) =>
    typeof address === 'string' && typeof port === 'number' ? [{ address, port, tls }] : [];
}
