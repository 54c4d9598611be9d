import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { goodOf, problemsOf } from '../../support/config.js';

const BASE = `models: [{ name: small, endpoints: ["127.0.0.1:9101"], context_window: 10 }]
default_model: small
`;

const folder = mkdtempSync(join(tmpdir(), 'sextant-examples-'));
const FILES: Readonly<Record<string, string>> = {
  'good.csv': '\uFEFFtext,kind\n"one, two",a\nthree,b\n',
  'good.yaml': '- one\n- |\n  two\n  lines\n',
  'columns.csv': 'words\none\n',
  'quotes.csv': 'text\n"one\n',
  'empty.csv': 'text\n',
  'blank.yaml': '- one\n- " "\n',
  'number.yaml': '- 1\n',
  'object.yaml': 'one: two\n',
  'broken.yaml': '- [one\n',
  'many.yaml': '- one\n'.repeat(10_001),
};

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

function parse(more: string) {
  return parseConfig(BASE + more, join(folder, 'sextant.yaml'));
}

function config(more: string) {
  return goodOf(parse(more));
}

function signal(text: string) {
  return config(`signals: [${text}]\n`).signals[0];
}

test.each([
  ['good.csv', ['zero', 'one, two', 'three']],
  ['good.yaml', ['zero', 'one', 'two\nlines\n']],
])('examples of %s come after those of the policy', (name, examples) => {
  const text = `{ name: a, type: embedding, threshold: 0.5, examples: [zero], examples_file: ${name} }`;
  expect(signal(text)).toEqual({ name: 'a', type: 'embedding', threshold: 0.5, examples });
});

test.each([
  ['columns.csv', 'leads to CSV without a column "text"'],
  ['quotes.csv', 'leads to a file that is no CSV at line'],
  ['empty.csv', 'leads to a file without examples'],
  ['blank.yaml', 'leads to an example 2 that is no text'],
  ['number.yaml', 'leads to an example 1 that is no text'],
  ['object.yaml', 'leads to YAML that is no list'],
  ['broken.yaml', 'leads to a file that is no YAML'],
  ['many.yaml', 'leads to more than 10000 examples'],
])('a bad file, %s, is told: %s', (name, what) => {
  const parsed = parse(`signals: [{ name: a, type: embedding, threshold: 0.5, examples_file: ${name} }]`);
  const [problem = ''] = problemsOf(parsed);
  expect(problem).toContain(`:3:70: signals[0].examples_file: ${what}`);
});

test.each([
  ['{ name: a, type: structure, feature: code }', { min: 0.2 }],
  ['{ name: a, type: structure, feature: cjk }', { min: 0.5 }],
  ['{ name: a, type: structure, feature: words, min: 300 }', { min: 300, max: undefined }],
  ['{ name: a, type: structure, feature: words, max: 5 }', { min: undefined, max: 5 }],
  ['{ name: a, type: conversation, feature: tools }', { min: 1 }],
  ['{ name: a, type: conversation, feature: turns, min: 2, max: 4 }', { min: 2, max: 4 }],
  ['{ name: a, type: feedback }', { kinds: ['wrong', 'unclear', 'different'], threshold: 0.5 }],
  ['{ name: a, type: reask }', { threshold: 0.6 }],
  ['{ name: a, type: fact_check, deadline_ms: 50 }', { threshold: 0.5, deadlineMs: 50 }],
  ['{ name: a, type: preference, any_of: [brief] }', { anyOf: ['brief'], threshold: 0.5 }],
  ['{ name: a, type: bm25, words: [a, b], weights: { b: 2 } }', { weights: { b: 2 }, threshold: 1 }],
  ['{ name: a, type: keyword, any_of: [refund], fuzzy: true }', { fuzzy: true }],
  ['{ name: a, type: domain, any_of: [law], deadline_ms: 20 }', { deadlineMs: 20, threshold: 0.5 }],
])('%s', (text, expected) => {
  expect(signal(text)).toMatchObject(expected);
});

test('what says who is calling may be headers, claims, or both', () => {
  const { identity } = config(`identity:
  tenant_header: x-tenant
  jwt_claim: { claim: org }
  group_header: x-groups
  set_by: gateway
  claims: { user: sub, role: realm_access.roles, payload_in_metadata: token }
signals: [{ name: staff, type: identity, of: group, any_of: [staff] }]
`);
  const namespace = 'envoy.filters.http.jwt_authn';
  expect(identity).toEqual({
    tenantHeader: 'x-tenant',
    jwtClaim: { namespace, payload: 'jwt_payload', claim: 'org' },
    setBy: 'gateway',
    sources: {
      tenant: { header: 'x-tenant', claim: { namespace, payload: 'jwt_payload', path: ['org'] } },
      group: { header: 'x-groups', claim: undefined },
      user: { header: undefined, claim: { namespace, payload: 'token', path: ['sub'] } },
      role: { header: undefined, claim: { namespace, payload: 'token', path: ['realm_access', 'roles'] } },
    },
  });
  expect(config('').identity.sources).toEqual({});
});
