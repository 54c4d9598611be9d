import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { registerPoolMetrics } from '../../../src/adapters/prometheus/pool-metrics.js';
import { openSight, type PoolSight } from '../../../src/app/watch-pools.js';
import { type Simulator, startSimulator } from '../../../src/simulator/server.js';
import { noLogger } from '../../../src/telemetry/contract.js';
import { makeCertificate } from '../../support/certificate.js';
import { goodConfig } from '../../support/config.js';
import { waitUntil } from '../../support/ports.js';

const folder = mkdtempSync(join(tmpdir(), 'sextant-pools-'));
const open: (PoolSight | Simulator)[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function config(models: string, more = 'load: { poll_interval_ms: 50, timeout_ms: 10000 }') {
  return goodConfig(`models:\n${models}\ndefault_model: base\n${more}\n`, join(folder, 's.yaml'));
}

async function simulated(options: Partial<Parameters<typeof startSimulator>[0]> = {}): Promise<Simulator> {
  const simulator = await startSimulator({
    name: 'base',
    port: 0,
    ttftMs: 0,
    tokensPerSecond: 0,
    ...options,
  });
  open.push(simulator);
  return simulator;
}

const SERVER = ', context_window: 1000, endpoints: ["localhost:';

test('nobody is asked without the section', async () => {
  const { service, figures } = await openSight(config(`  - { name: base${SERVER}9"] }`, ''), noLogger);
  expect(service).toEqual({ sight: {} });
  expect(figures()).toEqual({ loads: [], latencies: [] });
});

test('each pool is asked once, whatever the number of its models', async () => {
  const { port } = await simulated();
  const models = `  - { name: base${SERVER}${port}"] }\n  - { name: sql, cluster: base${SERVER}${port}"], lora: {} }`;
  const pools = await openSight(config(models), noLogger);
  open.push(pools);
  await waitUntil('the load to be known', async () => pools.service.sight?.load?.loadOf('base') === 0);
  expect(pools.service.sight?.adapters?.nearnessOf('base', 'sql')).toBe(0);
  expect(pools.service.sight?.load?.loadOf('sql')).toBeUndefined();
});

test('a pool with TLS is asked with its own authority, or not at all', async () => {
  const { cert, key, ca } = await makeCertificate(folder);
  const tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  const { port } = await simulated({ tls });
  const models =
    `  - { name: base${SERVER}${port}"], pool: { tls: { ca_file: "${ca}" } } }\n` +
    `  - { name: other${SERVER}${port}"], pool: { tls: { ca_file: missing.pem } } }`;
  const warnings: string[] = [];
  const logger = { ...noLogger, warn: (_: unknown, message: string) => void warnings.push(message) };
  const pools = await openSight(config(models), logger);
  open.push(pools);
  await waitUntil('the load to be known', async () => pools.service.sight?.load?.loadOf('base') === 0);
  expect(pools.service.sight?.load?.loadOf('other')).toBeUndefined();
  expect(warnings).toEqual(['a certificate cannot be read, so the load of this pool stays unknown']);
});

test('what is seen of answers and conversations is kept, and shown to whoever scrapes', async () => {
  const { port } = await simulated();
  const more =
    'load: { poll_interval_ms: 50, timeout_ms: 10000 }\naffinity: { header: x-chat }\n' +
    'selection: { scorers: { latency: 0.1 } }';
  const pools = await openSight(config(`  - { name: base${SERVER}${port}"] }`, more), noLogger);
  open.push(pools);
  const { load, latency, conversations } = pools.service.sight ?? {};
  await waitUntil('the load to be known', async () => load?.loadOf('base') === 0);
  expect(latency?.latencyOf('base')).toBeUndefined();
  const registry = new Registry();
  registerPoolMetrics(registry, () => pools.figures());
  expect(await registry.metrics()).not.toContain('model="base"');
  latency?.answered('base', { firstTokenMs: 200, totalMs: undefined, tokens: undefined });
  // A mean decays from the moment on at which it is told, and 200 × a / a need not be 200.
  expect(latency?.latencyOf('base')).toEqual({ firstTokenMs: expect.closeTo(200), perTokenMs: undefined });
  const shown = await registry.metrics();
  expect(shown).toContain('sextant_pool_load{cluster="base"} 0\n');
  const [, seconds] = /^sextant_model_first_token_seconds\{model="base"\} (\S+)$/m.exec(shown) ?? [];
  expect(Number(seconds)).toBeCloseTo(0.2, 9);
  expect(shown).not.toContain('sextant_model_token_seconds{');
  conversations?.note('key', 'base', 0);
  expect(conversations).toMatchObject({ header: 'x-chat' });
  expect(conversations?.find(['key'], 1)).toEqual({ key: 'key', model: 'base' });
});
