import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { envoyVariant } from '../../../bench/envoy-variants.js';
import { longPrompt, shortPrompt, storedQuestion } from '../../../bench/prompts.js';
import { median, summarise } from '../../../bench/stats.js';
import { isHeld, type Row, renderTable } from '../../../bench/table.js';

describe('stats', () => {
  test('quantiles are samples, whatever their order', () => {
    const samples = Float64Array.from({ length: 100 }, (_, at) => ((at * 37) % 100) + 1);
    expect(summarise(samples)).toEqual({ count: 100, p50Ms: 51, p90Ms: 91, p99Ms: 100, maxMs: 100 });
  });

  test('nothing measured is no figure', () => {
    expect(summarise(new Float64Array()).p50Ms).toBeNaN();
    expect(median([])).toBeNaN();
    const row: Row = { what: '', unit: 'ms', measured: Number.NaN, target: 1, hold: 'at most' };
    expect([isHeld(row), isHeld({ ...row, hold: 'at least' })]).toEqual([false, false]);
  });

  test('median', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  });
});

test('the table says what was held and what was not', () => {
  const row: Row = { what: 'a figure', unit: 'ms', measured: 1.5, nothing: 1, target: 1, hold: 'at most' };
  const table = renderTable([row, { ...row, hold: 'at least' }]);
  expect(table).toMatch(/a figure +1\.500 +1\.000 +1\.50 x +at most 1\.000 ms +MISSED/);
  expect(table).toMatch(/at least 1\.000 ms +held/);
});

describe('prompts', () => {
  test('have the words that their figures name', () => {
    for (const index of [0, 7, 123_456]) {
      expect(shortPrompt(index).split(' ')).toHaveLength(14);
      expect(longPrompt(index).split(' ')).toHaveLength(400);
    }
  });

  test('are the same for the same index and differ between indices', () => {
    const prompts = Array.from({ length: 20_000 }, (_, index) => shortPrompt(index));
    expect(shortPrompt(19_999)).toBe(prompts[19_999]);
    expect(new Set(prompts).size).toBeGreaterThan(19_990);
    expect(storedQuestion(5, true)).not.toBe(storedQuestion(5, false));
  });
});

describe('variants of the Envoy YAML', () => {
  const rendered = `
admin: { address: { socket_address: { address: 127.0.0.1, port_value: 1 } } }
static_resources:
  listeners:
    - address: { socket_address: { address: 127.0.0.1, port_value: 2 } }
      filter_chains:
        - filters:
            - typed_config:
                route_config:
                  routes: [{ typed_per_filter_config: { envoy.filters.http.ext_proc: {}, other: {} } }]
                http_filters:
                  - name: envoy.filters.http.ext_proc
                    typed_config: { grpc_service: { envoy_grpc: { cluster_name: us } } }
                  - name: envoy.filters.http.router
  clusters:
    - name: us
      health_checks: [{}]
      load_assignment:
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: /ours } } } }] }]
    - name: pool
      load_assignment:
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { port_value: 3 } } } }] }]
`;
  const ports = { listenPort: 11, adminPort: 12 };
  const variant = (processor?: 'none' | { socketPath: string }): string =>
    JSON.stringify(parse(envoyVariant(rendered, processor === undefined ? ports : { ...ports, processor })));

  test('as rendered, but for its ports', () => {
    const ours = JSON.stringify(parse(rendered)).replace('"port_value":1', '"port_value":12');
    expect(variant()).toBe(ours.replace('"port_value":2', '"port_value":11'));
  });

  test('without a processor', () => {
    expect(variant('none')).not.toContain('ext_proc');
    expect(variant('none')).toContain('envoy.filters.http.router');
    expect(variant('none')).toContain('"other"');
  });

  test('with another processor, the pools as they were', () => {
    const other = variant({ socketPath: '/theirs' });
    expect(other).toContain('/theirs');
    expect(other).not.toContain('/ours');
    expect(other).not.toContain('health_checks');
    expect(other).toContain('"response_body_mode":"STREAMED"');
    expect(other).toContain('"port_value":3');
  });

  test('a YAML without ext_proc is no yardstick', () => {
    expect(() => envoyVariant('static_resources: { listeners: [] }', ports)).toThrow(/ext_proc/);
  });
});
