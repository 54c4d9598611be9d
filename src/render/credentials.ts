import type { Config, ModelConfig, PoolCredentials } from '../config/config.js';
import { CLIENT_KEYS } from '../exchange/headers.js';
import { type Fields, typed } from './envoy-types.js';

type OwnKey = Extract<PoolCredentials, { readonly from: 'env' | 'file' }>;

/** Where Envoy finds the keys of pools. The rendered file says where they are, and never holds one. */
export function poolSecrets(models: readonly ModelConfig[]): readonly Fields[] {
  const pools = new Map(models.map(({ cluster, pool }) => [cluster, pool.credentials]));
  return [...pools].flatMap(([cluster, credentials]) => {
    if (!isOwn(credentials)) return [];
    const secret =
      credentials.from === 'env'
        ? { environment_variable: credentials.name }
        : { filename: credentials.path };
    return [{ name: secretName(cluster), generic_secret: { secret } }];
  });
}

/**
 * Keeps the client's keys for the pools that shall get them: headers that one try has changed stay so for the next,
 * which must not bring the key of another pool.
 */
export function keepClientKeys(config: Pick<Config, 'models' | 'fallback'>): readonly Fields[] {
  if (!restoresKeys(config)) return [];
  const kept = CLIENT_KEYS.map((name) => ({
    object_key: stateKey(name),
    factory_key: 'envoy.string',
    format_string: { text_format_source: { inline_string: `%REQ(${name})%` }, omit_empty_values: true },
    skip_if_empty: true,
  }));
  return [
    {
      name: 'envoy.filters.http.set_filter_state',
      typed_config: typed('filters.http.set_filter_state.v3.Config', { on_request_headers: kept }),
    },
  ];
}

/** What happens to keys in a request on its way to a pool, at every try. */
export function credentialFilters(
  { cluster, pool }: Pick<ModelConfig, 'cluster' | 'pool'>,
  config: Pick<Config, 'models' | 'fallback'>,
): { readonly mutations: readonly Fields[]; readonly filters: readonly Fields[] } {
  const { credentials } = pool;
  if (credentials.from === 'pass') {
    return { mutations: restoresKeys(config) ? CLIENT_KEYS.flatMap(restored) : [], filters: [] };
  }
  const names = isOwn(credentials) ? [...new Set([...CLIENT_KEYS, credentials.header])] : CLIENT_KEYS;
  const mutations = names.map((name) => ({ remove: name }));
  return { mutations, filters: isOwn(credentials) ? [injector(cluster, credentials)] : [] };
}

function injector(cluster: string, { header, prefix }: OwnKey): Fields {
  return {
    name: 'envoy.filters.http.credential_injector',
    typed_config: typed('filters.http.credential_injector.v3.CredentialInjector', {
      overwrite: true,
      credential: {
        name: 'envoy.http.injected_credentials.generic',
        typed_config: typed('http.injected_credentials.generic.v3.Generic', {
          credential: { name: secretName(cluster) },
          header,
          ...(prefix === '' ? {} : { header_value_prefix: prefix }),
        }),
      },
    }),
  };
}

function restored(name: string): readonly Fields[] {
  const value = `%FILTER_STATE(${stateKey(name)}:PLAIN)%`;
  return [{ remove: name }, { append: { header: { key: name, value }, append_action: 'ADD_IF_ABSENT' } }];
}

/** Only where a try may follow one of a pool that has other keys is there anything to restore. */
function restoresKeys({ models, fallback }: Pick<Config, 'models' | 'fallback'>): boolean {
  return fallback !== undefined && models.some(({ pool }) => pool.credentials.from !== 'pass');
}

function isOwn(credentials: PoolCredentials): credentials is OwnKey {
  return credentials.from === 'env' || credentials.from === 'file';
}

function secretName(cluster: string): string {
  return `key-of-${cluster}`;
}

function stateKey(name: string): string {
  return `sextant.client.${name}`;
}
