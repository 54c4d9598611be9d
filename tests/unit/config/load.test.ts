import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Config } from '../../../src/config/config.js';
import type { Overrides } from '../../../src/config/document.js';
import { loadConfig, parseConfig } from '../../../src/config/load.js';
import { formatProblem } from '../../../src/config/problems.js';
import { goodConfig, problemsOf } from '../../support/config.js';

const MINIMAL = `
models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
  - { name: coder, endpoints: ["coder.local:80", "[::1]:81"], context_window: 65536, cluster: pool-c }
default_model: small
`;

function parsed(text: string, overrides: Overrides = {}): Config {
  return goodConfig(text, '/etc/sextant/sextant.yaml', overrides);
}

function firstProblem(text: string, overrides: Overrides = {}): string {
  const result = parseConfig(text, 's.yaml', overrides);
  const problem = result.ok ? undefined : result.error[0];
  if (problem === undefined) throw new Error('expected a problem');
  return formatProblem(problem);
}

describe('a small file', () => {
  const config = parsed(MINIMAL);

  test('gets the defaults', () => {
    expect(config.listen).toEqual({ address: '127.0.0.1', port: 8801 });
    expect(config.envoyAdmin).toBeUndefined();
    expect(config.extproc).toEqual({ kind: 'unix', socket: '/run/sextant/extproc.sock' });
    const admin = { address: '127.0.0.1', port: 9900, showPrompts: false, hosts: [] };
    const none = { token: undefined, readOnlyToken: undefined, tls: undefined };
    expect(config.admin).toEqual({ ...admin, ...none });
    expect(config.probe).toBeUndefined();
    expect(config.limits).toEqual({
      bodyBytesMax: 16_777_216,
      messageTimeoutMs: 1000,
      streamIdleTimeoutS: 300,
    });
    expect(config.encoder).toEqual({
      path: undefined,
      provider: 'cpu',
      fallback: 'none',
      workers: 1,
      queueMax: 256,
      deadlineMs: 800,
      windowsMax: 64,
      readDeadlineMs: 4000,
    });
    expect(config.virtualModels).toEqual(['auto']);
    expect(config.signals).toEqual([]);
    expect(config.decisions).toEqual([]);
    expect(config.identity).toEqual({
      tenantHeader: undefined,
      jwtClaim: undefined,
      sources: {},
      setBy: 'filter',
    });
    expect(config.semanticCache.enabled).toBe(false);
    expect(config.routes).toHaveLength(1);
    expect(config.routes[0]).toMatchObject({ name: 'default', prefix: '/', guarded: false, readUsage: true });
  });

  test('says of each model what it left out', () => {
    expect(config.models[0]).toEqual({
      name: 'small',
      cluster: 'small',
      endpoints: [{ address: '127.0.0.1', port: 9101 }],
      contextWindow: 32_768,
      parametersB: 0,
      price: { input: 0, output: 0 },
      pool: {
        maxNumSeqs: 256,
        tls: undefined,
        credentials: { from: 'pass' },
        healthCheck: undefined,
        outliers: undefined,
      },
      modalities: [],
      weight: 1,
    });
    expect(config.models[1]?.cluster).toBe('pool-c');
    expect(config.models[1]?.endpoints).toEqual([
      { address: 'coder.local', port: 80 },
      { address: '::1', port: 81 },
    ]);
    expect(config.defaultModel).toBe(config.models[0]);
  });

  test('is frozen to the bottom', () => {
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.models[1]?.endpoints[0])).toBe(true);
    expect(Object.isFrozen(config.routes[0]?.cache)).toBe(true);
  });
});

test("the article's section is taken key for key", () => {
  const config = parsed(`${MINIMAL}
semantic_cache:
  enabled: true
  backend_type: "memory"
  backend_config_path: "config/cache/milvus.yaml"
  similarity_threshold: 0.8
  max_entries: 1000
  ttl_seconds: 3600
  eviction_policy: "fifo"
`);
  expect(config.semanticCache).toEqual({
    enabled: true,
    backendType: 'memory',
    similarityThreshold: 0.8,
    candidateThreshold: 0.6,
    maxEntries: 1000,
    ttlSeconds: 3600,
    evictionPolicy: 'fifo',
    scope: 'tenant',
    maxWaitMs: 30_000,
    streamFollowersWait: false,
    entryBytesMax: 1_048_576,
    bytesMax: 268_435_456,
    persistPath: undefined,
    persistIntervalS: 60,
    temperatureMax: undefined,
    volatile: 'bypass',
    personalData: {
      action: 'bypass',
      types: [
        'CREDIT_CARD',
        'IBAN_CODE',
        'US_SSN',
        'EMAIL_ADDRESS',
        'PHONE_NUMBER',
        'IP_ADDRESS',
        'STREET_ADDRESS',
        'API_KEY',
      ],
    },
    partition: { temperatureStep: undefined, ignore: [] },
    secretFile: undefined,
  });
});

test('the snapshot of the cache lies beside the file that names it', () => {
  const { semanticCache } = parsed(
    `${MINIMAL}\nsemantic_cache: { persist_path: state/cache, persist_interval_s: 5 }`,
  );
  expect(semanticCache.persistPath).toMatch(/\/state\/cache$/);
  expect(semanticCache.persistIntervalS).toBe(5);
});

test('what is kept out of the cache, and what does not split it', () => {
  const { semanticCache, routes } = parsed(`${MINIMAL}
semantic_cache:
  temperature_max: 1
  volatile: allow
  personal_data: { types: [EMAIL, LOCATION] }
  partition: { temperature_step: 0.25, ignore: [user, seed, user] }
routes:
  - { name: strict, prefix: /strict, semantic_cache: { temperature_max: 0, volatile: bypass } }
  - { name: more, prefix: /more, semantic_cache: { personal_data: { types: [EMAIL, LOCATION, IBAN] } } }
  - { prefix: / }
`);
  const base = {
    temperatureMax: 1,
    volatile: 'allow',
    personalData: { action: 'bypass', types: ['EMAIL_ADDRESS', 'STREET_ADDRESS', 'GPE'] },
    partition: { temperatureStep: 0.25, ignore: ['user', 'seed'] },
  };
  expect(semanticCache).toMatchObject(base);
  expect(routes.map(({ cache }) => cache)).toMatchObject([
    { ...base, temperatureMax: 0, volatile: 'bypass' },
    {
      ...base,
      personalData: { action: 'bypass', types: ['EMAIL_ADDRESS', 'STREET_ADDRESS', 'GPE', 'IBAN_CODE'] },
    },
    base,
  ]);
});

test('a cache section without `enabled` is meant', () => {
  expect(parsed(`${MINIMAL}\nsemantic_cache: { ttl_seconds: 5 }`).semanticCache.enabled).toBe(true);
});

test('a route lays its own cache policy over that of the file', () => {
  const { routes } = parsed(`${MINIMAL}
semantic_cache: { scope: public, ttl_seconds: 100 }
routes:
  - { name: strict, prefix: /strict/, guarded: true, semantic_cache: { scope: tenant, ttl_seconds: 50, similarity_threshold: 0.6 } }
  - { prefix: /, pass_paths: [/tokenize], read_usage: false }
`);
  expect(routes[0]).toMatchObject({ name: 'strict', prefix: '/strict', guarded: true });
  expect(routes[0]?.cache).toMatchObject({
    enabled: true,
    scope: 'tenant',
    ttlSeconds: 50,
    similarityThreshold: 0.6,
    candidateThreshold: 0.6,
  });
  expect(routes[1]).toMatchObject({ name: 'default', passPaths: ['/tokenize'], readUsage: false });
  expect(routes[1]?.cache).toMatchObject({ scope: 'public', ttlSeconds: 100 });
});

describe('signals over the heads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-heads-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'head.json'), JSON.stringify({ labels: ['refund', 'parcel'] }));
  const file = join(folder, 'sextant.yaml');
  const own = (anyOf: string, head = '.') =>
    parseConfig(
      `${MINIMAL}\nsignals: [{ name: mine, type: intent, head: ${head}, any_of: [${anyOf}] }]`,
      file,
    );

  test('become plain data with their defaults', () => {
    const { signals, encoder } = parsed(`${MINIMAL}
encoder: { windows_max: 8, read_deadline_ms: 1500 }
signals:
  - { name: science, type: domain, any_of: [physics, chemistry] }
  - { name: coding, type: intent, any_of: [code], threshold: 0.6 }
  - { name: hard, type: difficulty, size: small, below: 0.4 }
  - { name: attack, type: guard }
  - { name: strict, type: guard, kinds: [injection], document_threshold: 0.3, unread: allow }
  - { name: personal, type: pii }
  - { name: places, type: pii, types: [LOCATION, EMAIL, EMAIL_ADDRESS], threshold: 0.8, min_count: 3, unread: allow }
`);
    expect(encoder).toMatchObject({ windowsMax: 8, readDeadlineMs: 1500 });
    expect(signals).toEqual([
      { type: 'domain', name: 'science', anyOf: ['physics', 'chemistry'], threshold: 0.5 },
      { type: 'intent', name: 'coding', anyOf: ['code'], threshold: 0.6, head: undefined },
      { type: 'difficulty', name: 'hard', size: 'small', below: 0.4 },
      {
        type: 'guard',
        name: 'attack',
        kinds: ['jailbreak', 'injection'],
        promptThreshold: undefined,
        documentThreshold: undefined,
        unread: 'refuse',
      },
      {
        type: 'guard',
        name: 'strict',
        kinds: ['injection'],
        promptThreshold: undefined,
        documentThreshold: 0.3,
        unread: 'allow',
      },
      {
        type: 'pii',
        name: 'personal',
        types: expect.arrayContaining(['PERSON', 'CREDIT_CARD', 'API_KEY']),
        threshold: 0.5,
        minCount: 1,
        unread: 'refuse',
      },
      {
        type: 'pii',
        name: 'places',
        types: ['STREET_ADDRESS', 'GPE', 'EMAIL_ADDRESS'],
        threshold: 0.8,
        minCount: 3,
        unread: 'allow',
      },
    ]);
  });

  test('take the labels of a head of your own, and out_of_scope', () => {
    const result = own('refund, out_of_scope');
    expect(result.ok && result.value.signals[0]).toMatchObject({
      head: folder,
      anyOf: ['refund', 'out_of_scope'],
    });
  });

  test.each([
    ['a label that it lacks', 'refnud', '.', 'the head has no label "refnud"; did you mean "refund"?'],
    ['a head without labels', 'refund', 'empty', 'leads to a head.json without labels'],
    ['a head that is no JSON', 'refund', 'broken', 'leads to no folder with a readable head.json'],
    ['a head that is too large', 'refund', 'large', 'leads to a head.json that is too large to be one'],
  ])('%s is a problem', (_, label, name, message) => {
    const texts = { empty: '{}', broken: '{', large: ' '.repeat(1024 * 1024 + 1) };
    for (const [head, text] of Object.entries(texts)) {
      mkdirSync(join(folder, head), { recursive: true });
      writeFileSync(join(folder, head, 'head.json'), text);
    }
    const result = own(label, name);
    expect(problemsOf(result)).toEqual([expect.stringContaining(message)]);
  });

  test('that could not read count as found where a model is chosen, and hold a block', () => {
    const { decisions } = parsed(`${MINIMAL}
signals:
  - { name: attack, type: guard }
  - { name: personal, type: pii }
  - { name: science, type: domain, any_of: [physics] }
decisions:
  - { name: blocked, when: { any: [attack, science, { not: personal }] }, block: "No." }
  - { name: private, when: personal, models: [coder] }
  - { name: public, when: { all: [science, { not: personal }] }, models: [small] }
  - { name: said, when: { signal: personal, on_unknown: no-match }, models: [small] }
`);
    const unknowns = [...JSON.stringify(decisions).matchAll(/"signal":"(\w+)"[^}]*"onUnknown":"([\w-]+)"/g)];
    expect(unknowns.map(([, signal, counts]) => `${signal} ${counts}`)).toEqual([
      'attack match',
      'science match',
      'personal no-match',
      'personal match',
      'science no-match',
      'personal match',
      'personal no-match',
    ]);
  });
});

describe('signals and rules', () => {
  const { signals, decisions } = parsed(`${MINIMAL}
signals:
  - { name: words, type: keyword, any_of: [a], none_of: [b], regex: ['x+'] }
  - { name: long, type: context_length, min_tokens: 8000 }
  - { name: german, type: language, languages: [de] }
  - { name: like, type: embedding, threshold: 0.5, examples: [hello] }
decisions:
  - { name: all, priority: 3, when: always, models: [small] }
  - { name: nested, when: { all: [words, { any: [long, { not: german }] }] }, models: [coder], cache: false }
  - { name: raw, when: { signal: like, min: 0.7, on_unknown: match }, models: [coder] }
  - { name: blocked, when: { any: [like, german, { not: like }, { not: german }] }, block: "No." }
`);

  test('become the plain data that the domain is built from', () => {
    expect(signals).toEqual([
      {
        type: 'keyword',
        name: 'words',
        anyOf: ['a'],
        allOf: [],
        noneOf: ['b'],
        caseSensitive: false,
        fuzzy: false,
        regexes: ['x+'],
      },
      { type: 'context_length', name: 'long', minTokens: 8000, maxTokens: undefined },
      { type: 'language', name: 'german', languages: ['de'] },
      { type: 'embedding', name: 'like', threshold: 0.5, examples: ['hello'] },
    ]);
  });

  test('rules nest as they are written', () => {
    expect(decisions[0]).toEqual({
      name: 'all',
      priority: 3,
      when: { kind: 'always' },
      action: { kind: 'route', models: ['small'] },
      cache: true,
    });
    expect(decisions[1]).toMatchObject({
      priority: 0,
      cache: false,
      when: {
        kind: 'all',
        rules: [
          { kind: 'signal', signal: 'words', onUnknown: 'no-match' },
          {
            kind: 'any',
            rules: [{ signal: 'long' }, { kind: 'not', rule: { signal: 'german', onUnknown: 'match' } }],
          },
        ],
      },
    });
    expect(decisions[2]?.when).toEqual({ kind: 'signal', signal: 'like', min: 0.7, onUnknown: 'match' });
  });

  test('what is unknown blocks, unless it is only the language, and never picks a model', () => {
    expect(decisions[3]?.action).toEqual({ kind: 'block', message: 'No.' });
    expect(decisions[3]?.when).toEqual({
      kind: 'any',
      rules: [
        { kind: 'signal', signal: 'like', onUnknown: 'match' },
        { kind: 'signal', signal: 'german', onUnknown: 'no-match' },
        { kind: 'not', rule: { kind: 'signal', signal: 'like', onUnknown: 'no-match' } },
        { kind: 'not', rule: { kind: 'signal', signal: 'german', onUnknown: 'match' } },
      ],
    });
  });
});

test('paths start from the folder of the file', () => {
  const config = parsed(`${MINIMAL}\nencoder: { path: models/encoder }\nextproc: { socket: run/x.sock }`);
  expect(config.encoder.path).toBe('/etc/sextant/models/encoder');
  expect(config.extproc).toEqual({ kind: 'unix', socket: '/etc/sextant/run/x.sock' });
});

test('ext_proc may be on TCP', () => {
  expect(parsed(`${MINIMAL}\nextproc: { port: 50051 }`).extproc).toEqual({
    kind: 'tcp',
    address: '127.0.0.1',
    port: 50_051,
    endpoints: [{ address: '127.0.0.1', port: 50_051 }],
  });
});

test('a switched-off cache may name any backend', () => {
  expect(
    parsed(`${MINIMAL}\nsemantic_cache: { enabled: false, backend_type: milvus }`).semanticCache.enabled,
  ).toBe(false);
});

describe('overrides', () => {
  test('replace, add and remove by dotted path', () => {
    const config = parsed(`${MINIMAL}\nlisten: { port: 1234 }`, {
      'models.0.endpoints': ['127.0.0.1:9999'],
      'admin.port': 0,
      'listen.port': undefined,
    });
    expect(config.models[0]?.endpoints).toEqual([{ address: '127.0.0.1', port: 9999 }]);
    expect(config.admin.port).toBe(0);
    expect(config.listen.port).toBe(8801);
  });

  test('are checked like the file', () => {
    expect(firstProblem(MINIMAL, { 'listen.port': 'x' })).toBe(
      's.yaml:2:1: listen.port: must be a number but is the text "x"; write a number',
    );
  });

  test('that lead nowhere are a problem', () => {
    expect(firstProblem(MINIMAL, { 'default_model.deeper': 1 })).toMatch(
      /^s\.yaml:1:1: \(file\): cannot be read/,
    );
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function problemOf(path: string): string {
    const result = loadConfig(path);
    return result.ok ? 'none' : result.error.map(formatProblem).join('\n').replace(folder, '…');
  }

  test('are read', () => {
    const path = join(folder, 'good.yaml');
    writeFileSync(path, MINIMAL);
    const result = loadConfig(path, { 'listen.port': 9 });
    expect(result.ok && result.value.file).toBe(path);
    expect(result.ok && result.value.listen.port).toBe(9);
  });

  test('that cannot be read say why', () => {
    const bytes = join(folder, 'bytes.yaml');
    writeFileSync(bytes, Buffer.from([0x61, 0x3a, 0x20, 0xff]));
    const large = join(folder, 'large.yaml');
    writeFileSync(large, '#'.repeat(1024 * 1024 + 1));
    expect(problemOf(join(folder, 'none.yaml'))).toMatch(
      /^…\/none\.yaml:1:1: \(file\): there is no such file; check/,
    );
    expect(problemOf(bytes)).toBe('…/bytes.yaml:1:1: (file): is not UTF-8 text; save it as UTF-8');
    expect(problemOf(large)).toMatch(/is larger than 1048576 bytes; check the path$/);
    expect(problemOf(folder)).toMatch(/is a folder; name the file in it$/);
    expect(problemOf(join(bytes, 'inside'))).toMatch(/cannot be read \(ENOTDIR\); check the path$/);
  });
});
