import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { formatPath, printable } from '../../../src/config/problems.js';
import { problemsOf } from '../../support/config.js';
import { PROBLEM_CASES } from './problem-cases.js';

/** Four lines; what a case adds begins in line 5. */
const GOOD = `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
  - { name: coder, endpoints: ["127.0.0.1:9103"], context_window: 32768 }
default_model: small
`;
function problems(text: string): readonly string[] {
  return problemsOf(parseConfig(text, 's.yaml'));
}

/** Every message: what is wrong, a semicolon, what to do. */
const SHAPE = /^s\.yaml:\d+:\d+: [^ ].*: .+; .+$/;

describe('each problem says where it is, what is wrong and what to do', () => {
  test.each(PROBLEM_CASES)('%s', (_what, added, expected) => {
    const found = problems(GOOD + added);
    expect(found).toContain(`s.yaml:${expected}`);
    for (const line of found) expect(line).toMatch(SHAPE);
  });

  test.each([
    ['probe', 'probe: { address: "::" }'],
    ['envoy_admin', 'envoy_admin: { address: sextant.example }'],
  ])('%s is kept from other machines', (section, added) => {
    const [line = ''] = problems(GOOD + added);
    expect(line).toMatch(
      new RegExp(
        `^s\\.yaml:5:\\d+: ${section}\\.address: .* can be reached from other machines .*; take 127`,
      ),
    );
    expect(problems(GOOD + added.replace(' }', ', allow_remote: true }'))).toEqual([]);
  });

  test.each([
    ['address: "::"', /admin\.address: :: can be reached from other machines .* set allow_remote: true$/],
    ['address: "::", allow_remote: true', /admin\.address: .* nothing says who may ask; name token_file /],
    ['address: ops.example, allow_remote: true, tls: { certificate: c, key: k }', /nothing says who may ask/],
  ])('whoever reaches admin: { %s } must show who they are', (keys, expected) => {
    expect(problems(`${GOOD}admin: { ${keys} }`)).toEqual([expect.stringMatching(expected)]);
  });

  test.each<[string, readonly string[]]>([
    [`token: "\${SEXTANT_TEST_TOKEN}"`, []],
    [`read_only_token: "\${SEXTANT_TEST_TOKEN}"`, []],
    [`token: "\${SEXTANT_TEST_TOKEN}", read_only_token: "\${SEXTANT_TEST_OTHER}"`, []],
    [`token: "\${SEXTANT_TEST_SHORT}"`, ['admin.token: leads to a token of fewer than 16 characters']],
    [`token: "\${SEXTANT_TEST_SPACE}"`, ['admin.token: leads to a token with a space']],
    ['token: not-to-be-told', ['admin.token: is written out here']],
    [`token: "\${SEXTANT_TEST_NONE}"`, [`admin.token: names \${SEXTANT_TEST_NONE}, which is not set`]],
    ['token_file: no-such-file', ['admin.token_file: leads to no readable file']],
    [
      `token: "\${SEXTANT_TEST_TOKEN}", read_only_token: "\${SEXTANT_TEST_TOKEN}"`,
      ['admin.read_only_token: is the same as the other token'],
    ],
  ])('admin: { %s }', (keys, expected) => {
    Object.assign(process.env, {
      SEXTANT_TEST_TOKEN: '0123456789abcdef',
      SEXTANT_TEST_OTHER: 'fedcba9876543210',
      SEXTANT_TEST_SHORT: 'short-secret',
      SEXTANT_TEST_SPACE: 'four words and more',
    });
    const found = problems(`${GOOD}admin: { address: "::", allow_remote: true, ${keys} }`);
    expect(found).toEqual(expected.map((each) => expect.stringContaining(each)));
    for (const line of found) expect(line).toMatch(SHAPE);
    expect(found.join()).not.toMatch(/not-to-be-told|short-secret|four words|0123456789/);
  });

  test('a certificate of clients is enough', () => {
    const tls = 'tls: { certificate: c.pem, key: c.key, client_ca: ca.pem }';
    expect(problems(`${GOOD}admin: { address: "::", allow_remote: true, ${tls} }`)).toEqual([]);
  });

  test('two listeners take two ports', () => {
    const [line, ...more] = problems(`${GOOD}admin: { port: 9900 }\nprobe: { port: 9900 }`);
    expect([line, more]).toEqual([expect.stringContaining('probe.port: is that of admin too (9900); '), []]);
    expect(problems(`${GOOD}admin: { port: 0 }\nprobe: { port: 0 }`)).toEqual([]);
  });

  test('a list has an end', () => {
    const [line] = problems(`${GOOD}signals: [{ name: a, type: keyword, regex: [${'x, '.repeat(257)}] }]`);
    expect(line).toBe('s.yaml:5:44: signals[0].regex: must be at most 256 entries; make it smaller');
  });
});

test.each([
  ['enabled', 'enabled: false', 'enabled: true', 'false'],
  ['scope', 'scope: tenant', 'scope: public', 'tenant'],
  ['stream_followers_wait', 'stream_followers_wait: false', 'stream_followers_wait: true', 'false'],
  ['ttl_seconds', 'ttl_seconds: 10', 'ttl_seconds: 11', '10'],
  ['max_wait_ms', 'max_wait_ms: 10', 'max_wait_ms: 11', '10'],
  ['entry_bytes_max', 'entry_bytes_max: 2048', 'entry_bytes_max: 4096', '2048'],
  ['temperature_max', 'temperature_max: 0.5', 'temperature_max: 0.6', '0.5'],
  ['volatile', 'volatile: bypass', 'volatile: allow', 'bypass'],
  ...[
    ['{ types: [EMAIL, PHONE] }', '{ types: [EMAIL] }'],
    ['{ action: bypass }', '{ action: allow }'],
    ['{}', '{ types: [IBAN] }'],
  ].map(([base, own]) => [
    'personal_data',
    `personal_data: ${base}`,
    `personal_data: ${own}`,
    'some of its types, or action bypass, are missing',
  ]),
])('a route may not loosen %s', (key, base, own, allowed) => {
  const text = `${GOOD}semantic_cache: { ${base} }\nroutes: [{ semantic_cache: { ${own} } }]`;
  const says = `is looser than semantic_cache.${key} (${allowed}); a route may only tighten it`;
  expect(problems(text).join('\n')).toContain(`routes[0].semantic_cache.${key}: ${says}`);
});

test('models that share a cluster share its endpoints', () => {
  const model = (name: string, endpoint: string) =>
    `  - { name: ${name}, cluster: pool, endpoints: ["${endpoint}"], context_window: 10 }\n`;
  const file = (endpoint: string) => `models:\n${model('a', 'h:1')}${model('b', endpoint)}default_model: a\n`;
  expect(problems(file('h:1'))).toEqual([]);
  expect(problems(file('h:2'))).toEqual([
    's.yaml:3:42: models[1].endpoints: the cluster "pool" has other endpoints above; give both models the same list',
  ]);
  const own = problems(file('h:1').replaceAll('pool', 'sextant-extproc'));
  expect(own[0]).toBe(
    's.yaml:2:25: models[0].cluster: the cluster "sextant-extproc" is Sextant itself; choose another name',
  );
});

test.each([
  'host',
  'host:0',
  'host:70000',
  ':80',
  'a b:80',
  '[host]:80',
  '::1:80',
  'http://h:80',
  'h:80/x',
  '1.2.3:80',
])('%s is no endpoint', (endpoint) => {
  const text = `models: [{ name: a, endpoints: ["${endpoint}"], context_window: 10 }]\ndefault_model: a`;
  expect(problems(text)[0]).toMatch(
    /^s\.yaml:1:\d+: models\[0\]\.endpoints\[0\]: is no endpoint; write host:port/,
  );
});

test('several are told at once, in the order of the file, whatever found them', () => {
  const found = problems(`listen: { prot: 1 }
models:
  - { name: small, endpoints: ["127.0.0.1:1"], context_window: ten }
default_model: smal
decisions:
  - { name: d, when: words, models: [small] }
signals:
  - { name: word, type: keyword, any_of: [a] }
`);
  expect(found.map((line) => line.split(': ', 2).join(': '))).toEqual([
    's.yaml:1:11: listen.prot',
    's.yaml:3:64: models[0].context_window',
    's.yaml:4:16: default_model',
    's.yaml:6:22: decisions[0].when',
  ]);
});

test('what is missing is reported at its parent', () => {
  expect(problems('models:\n  - { name: a }\n')).toEqual([
    's.yaml:1:1: default_model: is missing; add it with a text',
    's.yaml:2:5: models[0].endpoints: is missing; add it with a list',
    's.yaml:2:5: models[0].context_window: is missing; add it with a number',
  ]);
});

test('an empty file, and one that is no object', () => {
  expect(problems('')).toEqual([
    's.yaml:1:1: (file): is empty; give it an object of keys, or remove the key where it has a default',
  ]);
  expect(problems('hello')).toEqual([
    's.yaml:1:1: (file): must be an object of keys but is the text "hello"; write an object of keys',
  ]);
});

test('values behind aliases are found where they are used', () => {
  const found = problems(
    `x: &pool { name: a, endpoints: ["h:1"], context_window: 0 }\nmodels: [*pool]\ndefault_model: a`,
  );
  expect(found).toEqual([
    expect.stringMatching(/^s\.yaml:1:1: x: unknown key x; the keys here are /),
    's.yaml:1:57: models[0].context_window: must be at least 1 but is 0; make it larger',
  ]);
});

describe('a file that is made to hurt', () => {
  test('unfolds no further than a hundred aliases', () => {
    const levels = Array.from({ length: 9 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at}, `.repeat(9)}]`);
    expect(problems(`l0: &l0 [x]\n${levels.join('\n')}`)[0]).toMatch(
      /^s\.yaml:1:1: \(file\): cannot be read as YAML: Excessive alias count .*; write it in plain lists and keys$/,
    );
  });

  test.each([17, 200, 5000])('nests %i rules deep', (depth) => {
    const rule = `${'{ not: '.repeat(depth)}always${' }'.repeat(depth)}`;
    const [line] = problems(`${GOOD}decisions: [{ name: d, models: [coder], when: ${rule} }]`);
    expect(line).toMatch(
      depth < 1000 ? /nests deeper than 16 rules; flatten it$/ : /^s\.yaml:\d+:\d+: \(file\): .+; .+$/,
    );
  });

  test('is larger than a megabyte', () => {
    expect(problems(`#${'x'.repeat(1024 * 1024)}`)[0]).toMatch(
      /is larger than 1048576 bytes; a policy is far smaller/,
    );
  });

  test('keeps each problem on one line', () => {
    const found = problems(`${GOOD}"a\\nb": 1\n"${'k'.repeat(200)}": 1\n__proto__: { x: 1 }`);
    expect(found).toHaveLength(3);
    for (const line of found) expect(line).not.toContain('\n');
    expect(found[0]).toContain('unknown key "a\\nb"');
    expect(found[1]?.length).toBeLessThan(600);
  });
});

test('paths and keys are printed in one short line', () => {
  expect(formatPath(['models', 0, 'price', 'in put'])).toBe('models[0].price."in put"');
  expect(formatPath([])).toBe('');
  expect(printable('x'.repeat(90))).toBe(`"${'x'.repeat(60)}…"`);
});
