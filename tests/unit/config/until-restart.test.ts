import { expect, test } from '@jest/globals';
import { untilRestart } from '../../../src/config/until-restart.js';
import { goodConfig } from '../../support/config.js';

const BASE = `
models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
default_model: small
semantic_cache: { enabled: true }
`;

function config(more = '', base = BASE) {
  return goodConfig(base + more, 'sextant.yaml');
}

test('what can change is taken over as it is', () => {
  const next = config('virtual_models: [best]\nencoder: { deadline_ms: 40 }\nlisten: { port: 9000 }');
  expect(untilRestart(config(), next)).toEqual({ config: next, keys: [] });
});

test.each([
  ['extproc: { port: 9002 }', 'extproc', 'extproc'],
  ['admin: { port: 9999 }', 'admin', 'admin'],
  ['probe: { port: 9998 }', 'probe', 'probe'],
  ['limits: { body_bytes_max: 2048 }', 'limits', 'limits'],
  ['encoder: { workers: 3 }', 'encoder', 'encoder'],
] as const)('%s waits for a restart', (more, key, section) => {
  const running = config();
  const { config: served, keys } = untilRestart(running, config(`${more}\nvirtual_models: [best]`));
  expect(keys).toEqual([key]);
  expect(served[section]).toEqual(running[section]);
  expect(served.virtualModels).toEqual(['best']);
});

test('tokens of the admin listener count at once, unless it would listen elsewhere', () => {
  const file = (admin: string) => config(`admin: { ${admin} }`);
  const named = file('hosts: [sextant.internal]');
  expect(untilRestart(config(), named)).toEqual({ config: named, keys: [] });
  const moved = untilRestart(named, file('port: 9999'));
  expect(moved.config.admin.hosts).toEqual(['sextant.internal']);
  expect(moved.keys).toEqual(['admin']);
});

test('so does the store of the cache, but not how it is used', () => {
  const running = config();
  const next = config('', BASE.replace('enabled: true', 'enabled: true, max_entries: 5, ttl_seconds: 7'));
  const { config: served, keys } = untilRestart(running, next);
  expect(keys).toEqual(['semantic_cache']);
  expect(served.semanticCache).toMatchObject({ maxEntries: running.semanticCache.maxEntries, ttlSeconds: 7 });
  expect(served.routes[0]?.cache.ttlSeconds).toBe(7);
});

test('a cache that is switched on waits, since its judge is not loaded; one that is switched off does not', () => {
  const off = config('', BASE.replace('enabled: true', 'enabled: false'));
  const on = untilRestart(off, config());
  expect(on.keys).toEqual(['semantic_cache']);
  expect(on.config.routes.map(({ cache }) => cache.enabled)).toEqual([false]);
  expect(untilRestart(config(), off)).toEqual({ config: off, keys: [] });
});

test('every file that a config was read from is known', () => {
  expect(config().files).toEqual([`${process.cwd()}/sextant.yaml`]);
});
