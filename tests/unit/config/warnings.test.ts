import { expect, test } from '@jest/globals';
import { configWarnings } from '../../../src/config/warnings.js';
import { goodConfig } from '../../support/config.js';

const BASE = `
models: [{ name: small, endpoints: ["127.0.0.1:9101"], context_window: 10 }]
default_model: small
`;

function warnings(more: string): readonly string[] {
  return configWarnings(goodConfig(BASE + more));
}

test('a cache whose tenants are known by their keys alone is worth a word', () => {
  const [said = '', ...more] = warnings('semantic_cache: {}');
  expect(more).toEqual([]);
  expect(said).toContain('route default');
  expect(said).toContain('identity.jwt_claim');
});

test.each([
  '',
  'semantic_cache: { scope: public }',
  'semantic_cache: { enabled: false }',
  'semantic_cache: {}\nidentity: { tenant_header: x-team }',
  'semantic_cache: {}\nidentity: { jwt_claim: { claim: sub } }',
  'semantic_cache: { scope: public }\nroutes: [{ semantic_cache: { enabled: false } }]',
])('nothing is said of %j', (more) => {
  expect(warnings(more)).toEqual([]);
});

test('only routes that it concerns are named', () => {
  const routes = '[{ name: a, prefix: /a, semantic_cache: { scope: tenant } }, { name: b, prefix: /b }]';
  expect(warnings(`semantic_cache: { scope: public }\nroutes: ${routes}`).join()).toContain('route a tells');
});

test('a policy that only watches says so', () => {
  expect(warnings('mode: observe')).toEqual([expect.stringContaining('mode: observe changes nothing')]);
});
