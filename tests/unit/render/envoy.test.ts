import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '../../../src/config/load.js';
import { renderEnvoy } from '../../../src/render/envoy.js';
import { maxMessageTimeoutMs } from '../../../src/render/timeouts.js';
import { goodConfig, goodOf } from '../../support/config.js';

const BASE = `
models:
  - { name: small, endpoints: ["127.0.0.1:9101", "[::1]:9102"], context_window: 10 }
  - { name: adapter, cluster: small, endpoints: ["127.0.0.1:9101", "[::1]:9102"], context_window: 10 }
  - { name: coder, endpoints: ["vllm-coder:8000"], context_window: 10 }
default_model: small
`;

function config(more = '') {
  return goodConfig(BASE + more);
}

function rendered(more = '') {
  const envoy = parse(renderEnvoy(config(more)));
  const listener = envoy.static_resources.listeners[0];
  const manager = listener.filter_chains[0].filters[0].typed_config;
  const routes = manager.route_config.virtual_hosts[0].routes;
  const extProc = manager.http_filters[0].typed_config;
  const clusters = envoy.static_resources.clusters;
  return { envoy, listener, manager, routes, extProc, clusters };
}

const GUARDED = `
routes:
  - { name: open, prefix: /, pass_paths: [/tokenize] }
  - { name: safe, prefix: /safe/, guarded: true }
`;

test('metadata of other filters comes along where a claim names the tenant, and nowhere else', () => {
  const receiving_namespaces = { untyped: ['sextant'] };
  expect(rendered().extProc.metadata_options).toEqual({ receiving_namespaces });
  const claim = (more: string) =>
    rendered(`identity: { jwt_claim: { claim: sub${more} } }`).extProc.metadata_options;
  const jwt_authn = ['envoy.filters.http.jwt_authn'];
  expect(claim('')).toEqual({ receiving_namespaces, forwarding_namespaces: { untyped: jwt_authn } });
  expect(claim(', namespace: mine')).toEqual({
    receiving_namespaces,
    forwarding_namespaces: { untyped: ['mine'] },
  });
  const claims = 'claims: { group: groups, role: roles, namespace: theirs }';
  expect(rendered(`identity: { ${claims} }`).extProc.metadata_options).toEqual({
    receiving_namespaces,
    forwarding_namespaces: { untyped: ['theirs'] },
  });
  expect(claim(` }, ${claims.slice(0, -2)}`).forwarding_namespaces.untyped).toEqual([...jwt_authn, 'theirs']);
});

describe('numbers that must agree come from one', () => {
  test('the buffer limit is the body limit', () => {
    expect(rendered('limits: { body_bytes_max: 4096 }').listener.per_connection_buffer_limit_bytes).toBe(
      4096,
    );
  });

  test('the longest message timeout covers the longest wait of a route that caches', () => {
    const caching = (more: string) => `semantic_cache: { max_wait_ms: 20000 }\nroutes: ${more}`;
    const [own, none] = ['{ max_wait_ms: 5000 }', '{ enabled: false }'];
    expect(maxMessageTimeoutMs(config())).toBe(2000);
    expect(maxMessageTimeoutMs(config(caching('[{ name: a }]')))).toBe(22_000);
    expect(maxMessageTimeoutMs(config(caching(`[{ name: a, semantic_cache: ${own} }]`)))).toBe(7000);
    expect(maxMessageTimeoutMs(config(caching(`[{ name: a, semantic_cache: ${none} }]`)))).toBe(2000);
    const { extProc } = rendered(`${caching('[{ name: a }]')}\nlimits: { message_timeout_ms: 1500 }`);
    expect(extProc).toMatchObject({ message_timeout: '1.5s', max_message_timeout: '22.5s' });
  });

  test('the longest message timeout covers the reading of whole conversations, where a signal asks for it', () => {
    const encoder = 'encoder: { read_deadline_ms: 2500 }\n';
    expect(maxMessageTimeoutMs(config(encoder))).toBe(2000);
    expect(maxMessageTimeoutMs(config(`${encoder}signals: [{ name: a, type: domain, any_of: [law] }]`))).toBe(
      2000,
    );
    for (const type of ['guard', 'pii']) {
      const reading = `${encoder}signals: [{ name: a, type: ${type} }]`;
      expect(maxMessageTimeoutMs(config(reading))).toBe(4500);
      expect(renderEnvoy(config(reading))).toContain('encoder.read_deadline_ms (2500 ms)');
    }
  });

  test('nothing but silence ends an answer', () => {
    const { manager, routes, extProc } = rendered('limits: { stream_idle_timeout_s: 77 }');
    expect(manager.stream_idle_timeout).toBe('77s');
    expect(routes[0].route.timeout).toBe('0s');
    expect(routes[1].route.timeout).toBe('0s');
    expect(extProc.grpc_service.timeout).toBe('0s');
  });
});

describe('where hits come as streams', () => {
  const file = `
semantic_cache: { stream_hits: { tokens_per_second: 50 } }
routes:
  - { name: streams, guarded: true }
  - { name: whole, prefix: /whole, guarded: true, semantic_cache: { stream_hits: { enabled: false } } }
  - { name: fast, prefix: /fast, guarded: true, semantic_cache: { stream_hits: {} } }
  - { name: none, prefix: /none, semantic_cache: { enabled: false } }
`;
  const modeOf = (routes: { name: string }[], name: string) =>
    (routes.find((route) => route.name === `${name}-classified`) as Record<string, never> | undefined)?.[
      'typed_per_filter_config'
    ]?.['envoy.filters.http.ext_proc']?.['overrides']?.['processing_mode'];

  test('Envoy streams bodies on those routes, and gives up a Sextant that hangs', () => {
    const { routes, extProc, clusters } = rendered(file);
    for (const name of ['streams', 'fast']) {
      expect(modeOf(routes, name)).toMatchObject({
        request_body_mode: 'FULL_DUPLEX_STREAMED',
        request_trailer_mode: 'SEND',
        response_body_mode: 'STREAMED',
      });
    }
    for (const name of ['whole', 'none']) expect(modeOf(routes, name)).toBeUndefined();
    expect(extProc.processing_mode.request_body_mode).toBe('BUFFERED');
    expect(extProc.allow_content_length_header).toBe(true);
    const options = JSON.stringify(clusters.at(-1).typed_extension_protocol_options);
    expect(options).toContain('"connection_keepalive":{"interval":"1s","timeout":"5s"}');
    expect(renderEnvoy(config(file))).toContain('Envoy 1.38 or newer');
  });

  test('each route has its own pace', () => {
    const paces = config(file).routes.map(({ cache }) => cache.streamHits);
    expect(paces).toEqual([{ tokensPerSecond: 50 }, undefined, {}, { tokensPerSecond: 50 }]);
  });

  test('nothing of it is rendered otherwise', () => {
    const yaml = renderEnvoy(config('semantic_cache: {}'));
    for (const word of ['FULL_DUPLEX', 'allow_content_length_header', 'keepalive'])
      expect(yaml).not.toContain(word);
  });
});

describe('each of our routes is two of Envoy’s', () => {
  const { routes, extProc } = rendered(GUARDED);
  const [safeFirst, safeSecond, openFirst, openSecond] = routes;

  test('the longest prefix first, and taken off before the pool sees it', () => {
    expect(routes.map((route: { name: string }) => route.name)).toEqual([
      'safe-classified',
      'safe-unclassified',
      'open-classified',
      'open-unclassified',
    ]);
    expect(safeFirst.match.prefix).toBe('/safe/');
    expect(safeFirst.route.prefix_rewrite).toBe('/');
    expect(openFirst.match.prefix).toBe('/');
    expect(openFirst.route).not.toHaveProperty('prefix_rewrite');
  });

  test('the pool is the one that Sextant names', () => {
    for (const route of [safeFirst, openFirst]) {
      expect(route.match.headers).toEqual([{ name: 'x-sextant-cluster', present_match: true }]);
      expect(route.route.cluster_header).toBe('x-sextant-cluster');
      expect(route.request_headers_to_remove).toEqual(['x-sextant-cluster']);
    }
  });

  test('without a name an open route leads to the default pool, a guarded one to an error', () => {
    expect(openSecond.route.cluster).toBe('small');
    expect(safeSecond).not.toHaveProperty('route');
    expect(safeSecond.direct_response.status).toBe(503);
    expect(JSON.parse(safeSecond.direct_response.body.inline_string).error).toMatchObject({
      type: 'server_error',
      code: 'unclassified',
    });
  });

  test('Sextant hears which route it is, and its failure is fatal on the guarded one alone', () => {
    const overrides = routes.map(
      (route: { typed_per_filter_config: Record<string, { overrides: unknown }> }) =>
        route.typed_per_filter_config['envoy.filters.http.ext_proc']?.overrides,
    );
    const of = (name: string, open: boolean) => ({
      failure_mode_allow: open,
      grpc_initial_metadata: [{ key: 'x-sextant-route', value: name }],
    });
    expect(overrides).toEqual([of('safe', false), of('safe', false), of('open', true), of('open', true)]);
    expect(extProc.failure_mode_allow).toBe(false);
  });

  test('a route whose answers nobody reads is not asked about them, and says beforehand what they tell', () => {
    const { routes: quiet } = rendered('routes: [{ name: quiet, read_usage: false }]');
    expect(quiet).toHaveLength(2);
    for (const route of quiet) {
      const { overrides } = route.typed_per_filter_config['envoy.filters.http.ext_proc'];
      expect(overrides.processing_mode).toMatchObject({
        request_body_mode: 'BUFFERED',
        response_header_mode: 'SKIP',
      });
      const told = route.response_headers_to_add.map((add: { header: { key: string } }) => add.header.key);
      expect(told).toContain('x-sextant-model');
      expect(told).toContain('cache-status');
    }
  });

  test('the head comment says so', () => {
    const head = renderEnvoy(config(GUARDED)).split('\nstatic_resources')[0];
    expect(head).toContain('# - route open (/) fails open');
    expect(head).toContain('# - route safe (/safe) fails closed');
    expect(head).toContain('# Pools: small, coder.');
  });
});

describe('clusters', () => {
  const { clusters } = rendered();
  const [small, coder, own] = clusters;

  test('are one for each pool, and Sextant', () => {
    expect(clusters.map((cluster: { name: string }) => cluster.name)).toEqual([
      'small',
      'coder',
      'sextant-extproc',
    ]);
    expect([small.type, coder.type, own.type]).toEqual(['STATIC', 'STRICT_DNS', 'STATIC']);
    expect(small.load_assignment.endpoints[0].lb_endpoints).toHaveLength(2);
  });

  test('let as many requests through as come', () => {
    for (const cluster of clusters) expect(cluster.circuit_breakers.thresholds[0].max_requests).toBe(65_536);
  });

  test('Sextant’s changes connection before Node takes the resets for an attack', () => {
    const options = Object.values(own.typed_extension_protocol_options)[0];
    expect(options).toMatchObject({
      common_http_protocol_options: { max_requests_per_connection: 800 },
      explicit_http_config: { http2_protocol_options: {} },
    });
  });

  test('Sextant’s health is asked for often, and believed', () => {
    expect(own.health_checks[0]).toMatchObject({ interval: '0.5s', no_traffic_interval: '0.5s' });
    expect(own.common_lb_config.healthy_panic_threshold.value).toBe(0);
  });

  test('Sextant is found by socket, address or name', () => {
    const endpointOf = (more: string) => {
      const cluster = rendered(more).clusters.at(-1);
      return [cluster.type, cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address];
    };
    expect(endpointOf('')).toEqual(['STATIC', { pipe: { path: '/run/sextant/extproc.sock' } }]);
    const ip = { socket_address: { address: '127.0.0.1', port_value: 50_051 } };
    expect(endpointOf('extproc: { port: 50051 }')).toEqual(['STATIC', ip]);
    const name = { socket_address: { address: 'localhost', port_value: 50_051 } };
    expect(endpointOf('extproc: { address: localhost, port: 50051 }')).toEqual(['STRICT_DNS', name]);
  });

  test('Sextant’s replicas are asked by TLS, and told apart from strangers by name', () => {
    const envoy = '{ certificate: c.crt, key: c.key, server_name: sextant.llm.svc }';
    const cluster = rendered(
      'extproc: { address: 0.0.0.0, port: 9700, endpoints: ["a.llm:9700", "b.llm:9700"], ' +
        `tls: { certificate: t.crt, key: t.key, client_ca: ca.crt, envoy: ${envoy} } }`,
    ).clusters.at(-1);
    expect(cluster.type).toBe('STRICT_DNS');
    expect(cluster.load_assignment.endpoints[0].lb_endpoints).toHaveLength(2);
    const { sni, common_tls_context: context } = cluster.transport_socket.typed_config;
    expect(sni).toBe('sextant.llm.svc');
    expect(context).toMatchObject({
      alpn_protocols: ['h2'],
      tls_certificates: [{ certificate_chain: { filename: expect.stringMatching(/\/c\.crt$/) } }],
      validation_context: {
        trusted_ca: { filename: expect.stringMatching(/\/ca\.crt$/) },
        match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'sextant.llm.svc' } }],
      },
    });
  });
});

describe('what a client may not say', () => {
  const removed = (more: string) =>
    rendered(more).manager.early_header_mutation_extensions[0].typed_config.mutations;
  const prefixes = ['x-sextant-', 'x-envoy-'].map((prefix) => ({
    remove_on_match: { key_matcher: { prefix } },
  }));
  const own = [...prefixes, { remove: 'x-gateway-model-name' }];

  test('is removed before a route is chosen', () => {
    expect(removed('')).toEqual(own);
  });

  test('is what gateways are told, as far as they are', () => {
    expect(removed('gateway: { model_header: false }')).toEqual(prefixes);
    expect(removed('gateway: { ai_gateway: true }')).toEqual([...own, { remove: 'x-ai-eg-model' }]);
    const { metadata_options } = rendered('gateway: { ai_gateway: true }').extProc;
    expect(metadata_options.receiving_namespaces.untyped).toEqual(['sextant', 'io.envoy.ai_gateway']);
  });

  test('holds the tenant, unless something in front of Envoy sets it', () => {
    const header = 'identity: { tenant_header: x-tenant-id';
    expect(removed(`${header} }`)).toEqual([...own, { remove: 'x-tenant-id' }]);
    expect(removed(`${header}, set_by: gateway }`)).toEqual(own);
  });

  test('holds all else that tells who is calling, each header once', () => {
    const headers =
      'tenant_header: x-org, user_header: x-user, group_header: x-groups, role_header: x-groups';
    const names = ['x-org', 'x-user', 'x-groups'];
    expect(removed(`identity: { ${headers} }`)).toEqual([...own, ...names.map((remove) => ({ remove }))]);
    expect(removed(`identity: { ${headers}, set_by: gateway }`)).toEqual(own);
  });

  test('paths have one spelling', () => {
    expect(rendered().manager).toMatchObject({
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: 'REJECT_REQUEST',
      use_remote_address: true,
    });
  });
});

test('the admin interface is there only when asked for', () => {
  expect(rendered().envoy).not.toHaveProperty('admin');
  expect(rendered('envoy_admin: { port: 9901 }').envoy.admin.address.socket_address).toEqual({
    address: '127.0.0.1',
    port_value: 9901,
  });
});

test('ext_proc sees the whole request and the head of the answer', () => {
  expect(rendered().extProc).toMatchObject({
    processing_mode: {
      request_header_mode: 'SEND',
      request_body_mode: 'BUFFERED',
      request_trailer_mode: 'SKIP',
      response_header_mode: 'SEND',
      response_body_mode: 'NONE',
      response_trailer_mode: 'SKIP',
    },
    allow_mode_override: true,
    metadata_options: { receiving_namespaces: { untyped: ['sextant'] } },
  });
});

test('Envoy’s own errors have a body in OpenAI’s shape, and none holds a command', () => {
  const { mappers } = rendered().manager.local_reply_config;
  expect(mappers.length).toBeGreaterThan(5);
  for (const mapper of mappers) {
    const text = mapper.body_format_override.text_format_source.inline_string;
    expect(text).not.toContain('%');
    expect(JSON.parse(text)).toEqual({
      error: { message: expect.any(String), type: expect.any(String), param: null, code: expect.any(String) },
    });
  }
});

test('the access log reads no header of the request but its id', () => {
  const format = JSON.stringify(rendered().manager.access_log[0].typed_config.log_format);
  expect([...format.matchAll(/%REQ\(([^)]*)\)/g)].map(([, header]) => header)).toEqual([
    ':METHOD',
    'X-REQUEST-ID',
  ]);
  expect(format).not.toMatch(/authorization|cookie/i);
  expect(format).toContain('%PATH(NQ:PATH)%');
});

test('rendering is a function of the policy', () => {
  const load = () => {
    return renderEnvoy(goodOf(loadConfig('recipes/demo/sextant.yaml')));
  };
  expect(load()).toBe(load());
  expect(load()).not.toContain(process.cwd());
});

describe('where Sextant only watches', () => {
  const OBSERVE = `mode: observe\nfallback: {}\n${GUARDED}  - { name: deaf, prefix: /deaf, read_usage: false }\n`;

  test('Envoy waits for nobody and fails at nothing', () => {
    const { extProc } = rendered(OBSERVE);
    expect(extProc).toMatchObject({
      observability_mode: true,
      failure_mode_allow: true,
      processing_mode: { request_body_mode: 'STREAMED', response_body_mode: 'STREAMED' },
      deferred_close_timeout: '2s',
    });
    expect(extProc).not.toHaveProperty('message_timeout');
    expect(extProc).not.toHaveProperty('mutation_rules');
    expect(rendered('').extProc).not.toHaveProperty('observability_mode');
  });

  test('every route leads to the default pool, and nothing else is asked of it', () => {
    const { routes } = rendered(OBSERVE);
    expect(routes.map(({ name, route }: { name: string; route: object }) => [name, route])).toEqual([
      ['safe-observed', { cluster: 'small', timeout: '0s', auto_host_rewrite: true, prefix_rewrite: '/' }],
      ['deaf-observed', { cluster: 'small', timeout: '0s', auto_host_rewrite: true, prefix_rewrite: '/' }],
      ['open-observed', { cluster: 'small', timeout: '0s', auto_host_rewrite: true }],
    ]);
    const overrides = routes.map(
      (route: { typed_per_filter_config: Record<string, { overrides: Record<string, unknown> }> }) =>
        route.typed_per_filter_config['envoy.filters.http.ext_proc']?.overrides,
    );
    expect(overrides).toMatchObject([
      { failure_mode_allow: true, processing_mode: { response_body_mode: 'STREAMED' } },
      { failure_mode_allow: true, processing_mode: { response_body_mode: 'NONE' } },
      { failure_mode_allow: true, processing_mode: { response_body_mode: 'STREAMED' } },
    ]);
  });

  test('the file says so', () => {
    const text = renderEnvoy(config(OBSERVE));
    expect(text).toContain('# Sextant only watches (mode: observe)');
    expect(text).not.toContain('fails closed');
  });
});
