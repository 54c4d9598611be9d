import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { renderEnvoy } from '../../../src/render/envoy.js';
import { goodConfig } from '../../support/config.js';

function rendered(pool: string, { endpoints = '"127.0.0.1:9101"', more = '' } = {}) {
  const text = `
models:
  - { name: small, endpoints: [${endpoints}], context_window: 10${pool === '' ? '' : `, pool: ${pool}`} }
  - { name: other, endpoints: ["127.0.0.1:9102"], context_window: 10 }
default_model: small
${more}`;
  const { static_resources: resources } = parse(renderEnvoy(goodConfig(text)));
  const manager = resources.listeners[0].filter_chains[0].filters[0].typed_config;
  const filtersOf = (cluster: {
    typed_extension_protocol_options: Record<string, { http_filters: Record<string, never>[] }>;
  }) => Object.values(cluster.typed_extension_protocol_options)[0]?.http_filters ?? [];
  const [small, other] = resources.clusters;
  return {
    small,
    secrets: resources.secrets,
    manager,
    host: manager.route_config.virtual_hosts[0],
    filters: filtersOf(small),
    others: filtersOf(other),
  };
}

const FALLBACK = 'fallback: {}\n';
function mutationsOf(filters: readonly Record<string, unknown>[]): unknown {
  const config = filters[0]?.['typed_config'] as Record<string, { request_mutations?: unknown }> | undefined;
  return config?.['mutations']?.request_mutations;
}

describe('TLS to a pool', () => {
  const validation = (pool: string, endpoints?: string) => {
    const { small } = rendered(pool, endpoints === undefined ? {} : { endpoints });
    const { typed_config: context } = small.transport_socket;
    return { context, checks: context.common_tls_context.validation_context, small };
  };

  test('holds the certificate against the name that is written', () => {
    const { context, checks, small } = validation('{ tls: { ca_file: ca.pem, server_name: llm.example } }');
    expect(context.sni).toBe('llm.example');
    expect(checks).toEqual({
      trusted_ca: { filename: '/etc/sextant/ca.pem' },
      match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'llm.example' } }],
    });
    expect(small.load_assignment.endpoints[0].lb_endpoints[0].endpoint.hostname).toBe('llm.example');
  });

  test('holds it against the endpoints’ own names else, by the roots of the system', () => {
    const { context, checks } = validation('{ tls: {} }', '"a.example:443", "b.example:443"');
    expect(context).toMatchObject({ auto_host_sni: true });
    expect(context).not.toHaveProperty('sni');
    expect(checks.system_root_certs).toEqual({});
    expect(checks.match_typed_subject_alt_names).toHaveLength(2);
  });

  test('takes an address for a name, and shows a certificate of its own', () => {
    const own = '{ tls: { server_name: 10.0.0.1, cert_file: c.pem, key_file: /k.pem } }';
    const { context, checks } = validation(own);
    expect(context).not.toHaveProperty('sni');
    expect(checks.match_typed_subject_alt_names[0].san_type).toBe('IP_ADDRESS');
    expect(context.common_tls_context.tls_certificates).toEqual([
      { certificate_chain: { filename: '/etc/sextant/c.pem' }, private_key: { filename: '/k.pem' } },
    ]);
  });
});

describe('keys of pools', () => {
  test('stand in a file or a variable, never in what is rendered', () => {
    const { secrets, filters } = rendered('{ credentials: { from: file, path: key } }');
    expect(secrets).toEqual([
      { name: 'key-of-small', generic_secret: { secret: { filename: '/etc/sextant/key' } } },
    ]);
    const [, injector] = filters as unknown as { typed_config: { credential: { typed_config: object } } }[];
    expect(injector?.typed_config.credential.typed_config).toMatchObject({
      credential: { name: 'key-of-small' },
      header: 'authorization',
      header_value_prefix: 'Bearer ',
    });
    const env = rendered('{ credentials: { from: env, name: BIG_KEY, header: x-big-key } }');
    expect(env.secrets[0].generic_secret.secret).toEqual({ environment_variable: 'BIG_KEY' });
    expect(JSON.stringify(env.filters)).not.toContain('header_value_prefix');
    expect(mutationsOf(env.filters)).toContainEqual({ remove: 'x-big-key' });
  });

  test('are removed where the pool shall see none', () => {
    const { filters, others, secrets } = rendered('{ credentials: { from: none } }');
    const removed = ['authorization', 'x-api-key', 'api-key'].map((remove) => ({ remove }));
    expect(mutationsOf(filters)).toEqual(removed);
    expect(mutationsOf(others)).toBeUndefined();
    expect(secrets).toBeUndefined();
  });

  test('of clients are put back for a pool that follows one with a key of its own', () => {
    const { others, manager } = rendered('{ credentials: { from: env, name: K } }', { more: FALLBACK });
    expect(mutationsOf(others)).toContainEqual({
      append: {
        header: { key: 'authorization', value: '%FILTER_STATE(sextant.client.authorization:PLAIN)%' },
        append_action: 'ADD_IF_ABSENT',
      },
    });
    expect(manager.http_filters[0].name).toBe('envoy.filters.http.set_filter_state');
    expect(rendered('', { more: FALLBACK }).manager.http_filters).toHaveLength(2);
  });
});

describe('the health of a pool', () => {
  test('is asked for where the policy says so', () => {
    expect(rendered('').small).not.toHaveProperty('health_checks');
    const { small } = rendered('{ health_check: { interval_s: 2 }, tls: { server_name: llm.example } }');
    expect(small.health_checks[0]).toMatchObject({
      interval: '2s',
      no_traffic_interval: '2s',
      unhealthy_threshold: 3,
      http_health_check: { path: '/health', host: 'llm.example' },
    });
    const plain = rendered('{ health_check: { path: /ping } }').small;
    expect(plain.health_checks[0].http_health_check).toEqual({ path: '/ping' });
  });

  test('puts an endpoint out only where another is left', () => {
    const endpoints = '"127.0.0.1:1", "127.0.0.1:2"';
    expect(rendered('').small).not.toHaveProperty('outlier_detection');
    expect(rendered('', { endpoints }).small.outlier_detection).toMatchObject({ consecutive_5xx: 5 });
    const off = '{ outlier_ejection: { enabled: false } }';
    expect(rendered(off, { endpoints }).small).not.toHaveProperty('outlier_detection');
  });
});

describe('fallback', () => {
  test('is a route of its own for requests with a plan, before the others', () => {
    const { host, manager } = rendered('', { more: FALLBACK });
    expect(host.routes.map(({ name }: { name: string }) => name)).toEqual([
      'default-planned',
      'default-classified',
      'default-unclassified',
    ]);
    const { match, route } = host.routes[0];
    expect(match.headers.map(({ name }: { name: string }) => name)).toEqual([
      'x-sextant-plan',
      'x-sextant-cluster',
    ]);
    expect(route.retry_policy.refresh_cluster_on_retry).toBe(true);
    expect(host.include_request_attempt_count).toBe(true);
    const { typed_config: extProc } = manager.http_filters[0];
    expect(extProc.mutation_rules).toEqual({ allow_envoy: true });
    expect(extProc.metadata_options.receiving_namespaces.untyped).toEqual([
      'sextant',
      'sextant.plan',
      'sextant.tries',
    ]);
  });

  test('gives each pool a pass that never fails open', () => {
    const { filters } = rendered('', { more: FALLBACK });
    const names = filters.map(({ name }) => name);
    expect(names).toEqual([
      'envoy.filters.http.header_mutation',
      'sextant.try',
      'envoy.filters.http.upstream_codec',
    ]);
    const pass = JSON.stringify(filters[1]);
    expect(pass).toContain('"failure_mode_allow":false');
    expect(pass).toContain('{"key":"x-sextant-pool","value":"small"}');
  });

  test('leaves no trace where nobody asks for it', () => {
    const { host, filters, manager } = rendered('', { more: 'fallback: { enabled: false }\n' });
    expect(host.routes).toHaveLength(2);
    expect(host).not.toHaveProperty('include_request_attempt_count');
    expect(filters).toHaveLength(2);
    expect(manager.http_filters[0].typed_config).not.toHaveProperty('mutation_rules');
  });
});
