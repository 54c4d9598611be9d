import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { renderEnvoy } from '../../../src/render/envoy.js';
import { goodConfig } from '../../support/config.js';

const SERVER = 'endpoints: ["127.0.0.1:9101"], context_window: 10';

function rendered(more: string, large = '') {
  const text = `
models:
  - { name: small, ${SERVER} }
  - { name: large, endpoints: ["llm.example:443", "127.0.0.1:9103"], context_window: 10${large} }
  - { name: third, ${SERVER} }
default_model: small
${more}
decisions:
  - { name: hard, when: always, models: [large, small] }
  - { name: same, when: always, models: [small, large] }
  - { name: alone, when: always, models: [third] }
  - { name: never, when: always, models: [third, small], fallback: { enabled: false } }
`;
  const yaml = renderEnvoy(goodConfig(text));
  const { static_resources: resources } = parse(yaml);
  const clusters: { name: string }[] = resources.clusters;
  const orders = clusters.filter(({ name }) => name.startsWith('sextant-order:'));
  const { filters } = resources.listeners[0].filter_chains[0];
  return { yaml, orders, routes: filters[0].typed_config.route_config.virtual_hosts[0].routes };
}

describe('a fixed order of models', () => {
  test('is a cluster each, once, with a group of servers for each model', () => {
    const { orders, yaml } = rendered('fallback: { order: fixed, models: [third] }');
    expect(orders.map(({ name }) => name).toSorted()).toEqual([
      'sextant-order:large,small',
      'sextant-order:small,large',
      'sextant-order:small,third',
      'sextant-order:third,small',
    ]);
    expect(orders.find(({ name }) => name.endsWith(':large,small'))).toMatchObject({
      type: 'STRICT_DNS',
      load_assignment: {
        endpoints: [
          {
            priority: 0,
            lb_endpoints: [
              { metadata: { filter_metadata: { sextant: { sextant_model: 'large' } } } },
              { metadata: { filter_metadata: { sextant: { sextant_model: 'large' } } } },
            ],
          },
          {
            priority: 1,
            lb_endpoints: [{ metadata: { filter_metadata: { sextant: { sextant_model: 'small' } } } }],
          },
        ],
      },
    });
    expect(yaml).toContain('# Envoy 1.36 or newer: models fall back in a fixed order.');
    expect(yaml).not.toContain('priority_group');
  });

  test('asks Sextant at every try, and no server after its health', () => {
    const { orders, routes } = rendered(
      'fallback: { order: fixed }',
      ', pool: { tls: { server_name: llm.example }, health_check: {}, outlier_ejection: { failures: 2 } }',
    );
    const [order] = orders;
    expect(order).not.toHaveProperty('health_checks');
    expect(order).not.toHaveProperty('outlier_detection');
    expect(JSON.stringify(order)).toContain('"request_attributes":["xds.upstream_host_metadata"]');
    expect(JSON.stringify(order)).not.toContain('ExtensionWithMatcher');
    expect(order).toMatchObject({ transport_socket_matches: [{ match: { pool: 'large' } }] });
    expect(routes[0].route.retry_policy.retry_priority.name).toBe(
      'envoy.retry_priorities.previous_priorities',
    );
    expect(routes.map(({ name }: { name: string }) => name)).not.toContain('default-planned');
  });

  test('is not there where Envoy follows any order', () => {
    expect(rendered('fallback: {}').orders).toEqual([]);
    expect(rendered('').orders).toEqual([]);
  });

  test('needs one key for all', () => {
    const own = ', pool: { credentials: { from: none } }';
    expect(() => rendered('fallback: { order: fixed }', own)).toThrow('the same credentials');
    expect(() => rendered('fallback: {}', own)).not.toThrow();
    expect(() => rendered('fallback: { order: fixed, enabled: false }', own)).not.toThrow();
  });
});
