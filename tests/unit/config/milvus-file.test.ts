import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.js';
import { loadMilvusFile, parseMilvusFile } from '../../../src/config/milvus-file.js';
import { goodOf, problemsOf } from '../../support/config.js';

const ARTICLE = 'tests/fixtures/article/sextant.yaml';

function problems(text: string, env: NodeJS.ProcessEnv = {}): readonly string[] {
  return problemsOf(parseMilvusFile(text, 'milvus.yaml', { env, readsMs: 200 }));
}

function parsed(text: string, env: NodeJS.ProcessEnv = {}) {
  return goodOf(parseMilvusFile(text, '/etc/sextant/milvus.yaml', { env }));
}

const AS_IN_THE_ARTICLE = {
  host: '127.0.0.1',
  port: 19_530,
  database: 'default',
  connectTimeoutMs: 30_000,
  auth: undefined,
  tls: undefined,
  collection: 'semantic_cache',
  description: 'Semantic cache for LLM request-response pairs',
  vectorField: 'embedding',
  dimension: 384,
  metricType: 'IP',
  index: { type: 'HNSW', m: 16, efConstruction: 64 },
  ef: 64,
  consistencyLevel: 'Bounded',
  deadlineMs: 50,
};

test("the article's two files are taken as they are", () => {
  const loaded = goodOf(loadConfig(ARTICLE));
  expect(loaded.semanticCache).toMatchObject({
    enabled: true,
    backendType: 'milvus',
    similarityThreshold: 0.8,
    maxEntries: 1000,
    ttlSeconds: 3600,
    evictionPolicy: 'fifo',
  });
  expect(loaded.semanticCache.milvus).toEqual(AS_IN_THE_ARTICLE);
});

test('whatever is left out is as in the article, and the dimension is the encoder’s', () => {
  expect(parsed('')).toEqual({ ...AS_IN_THE_ARTICLE, dimension: undefined });
  expect(parsed('collection: { vector_field: { dimension: auto } }').dimension).toBeUndefined();
});

test('a cache that is switched off, or in memory, reads no such file', () => {
  const off = loadConfig(ARTICLE, {
    'semantic_cache.enabled': false,
    'semantic_cache.backend_config_path': 'no',
  });
  expect(off.ok && off.value.semanticCache.milvus).toBe(undefined);
  const memory = loadConfig(ARTICLE, { 'semantic_cache.backend_type': 'memory' });
  expect(memory.ok && memory.value.semanticCache).toMatchObject({ backendType: 'memory', milvus: undefined });
});

describe('what is wrong is said with its place', () => {
  test.each([
    ['connection:\n  prot: 1', 'milvus.yaml:2:3: connection.prot: unknown key prot; did you mean "port"?'],
    [
      'collection:\n  vector_field: { dimension: many }',
      'milvus.yaml:2:30: collection.vector_field.dimension: is neither "auto" nor a whole number of dimensions from 1 to 32768; leave it out (found the text "many")',
    ],
    [
      'collection: { vector_field: { metric_type: L2 } }',
      'milvus.yaml:1:44: collection.vector_field.metric_type: is the text "L2", which is no choice; take one of IP, COSINE',
    ],
    [
      'connection: { tls: { enabled: true, cert_file: a.pem } }',
      'milvus.yaml:1:20: connection.tls: has one of cert_file and key_file; a client certificate needs both, or leave both empty',
    ],
    [
      'connection: { tls: { enabled: true, ca_file: gone.pem } }',
      'milvus.yaml:1:46: connection.tls.ca_file: leads to no readable file; paths start from the folder of this file',
    ],
    [
      `connection: { auth: { enabled: true, username: me, password: "$\{NOT_SET}" } }`,
      `milvus.yaml:1:62: connection.auth.password: names $\{NOT_SET}, which is not set in the environment; set it`,
    ],
    [
      'connection: { auth: { enabled: true, password: x } }',
      `milvus.yaml:1:21: connection.auth.username: is empty while auth is enabled; write it, or $\{NAME} of a variable`,
    ],
    [
      'deadline_ms: 100',
      'milvus.yaml:1:14: deadline_ms: twice this and encoder.deadline_ms together must stay below limits.message_timeout_ms, when Envoy gives up; take less than 100, or raise that',
    ],
  ])('%s', (text, problem) => {
    expect(problems(text)).toContain(problem);
  });

  test('and no problem repeats a password', () => {
    const text = 'connection: { auth: { enabled: yes-please, username: me, password: hunter2 } }';
    expect(problems(text).join()).not.toContain('hunter2');
  });

  test('a deadline that Envoy would not wait for is refused with the whole', () => {
    const loaded = loadConfig(ARTICLE, { 'encoder.deadline_ms': 950 });
    expect(problemsOf(loaded)).toEqual([
      expect.stringMatching(/milvus\.yaml:2:1: deadline_ms: twice this .* take less than 25,/),
    ]);
    expect(loadConfig(ARTICLE, { 'encoder.deadline_ms': 899 }).ok).toBe(true);
  });

  test('a file that is not there is named', () => {
    const loaded = loadConfig(ARTICLE, { 'semantic_cache.backend_config_path': 'gone.yaml' });
    expect(problemsOf(loaded)).toEqual([
      expect.stringMatching(/article\/gone\.yaml:1:1: \(file\): cannot be read as UTF-8 text/),
    ]);
  });
});

describe('with files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-milvus-file-'));
  beforeAll(() => {
    for (const name of ['ca.pem', 'cert.pem', 'key.pem']) writeFileSync(join(folder, name), 'pem');
    writeFileSync(
      join(folder, 'milvus.yaml'),
      `connection:
  host: milvus.internal
  auth: { enabled: true, username: "\${WHO}", password: "\${PASS}" }
  tls: { enabled: true, cert_file: cert.pem, key_file: key.pem, ca_file: ca.pem, server_name: milvus }
deadline_ms: 80
`,
    );
    writeFileSync(join(folder, 'large.yaml'), ' '.repeat(1024 * 1024 + 1));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('paths start from the file, and secrets come from the environment', () => {
    const loaded = loadMilvusFile(join(folder, 'milvus.yaml'), { env: { WHO: 'me', PASS: 'secret' } });
    expect(loaded.ok && loaded.value).toMatchObject({
      host: 'milvus.internal',
      auth: { username: 'me' },
      tls: {
        certFile: join(folder, 'cert.pem'),
        keyFile: join(folder, 'key.pem'),
        caFile: join(folder, 'ca.pem'),
        serverName: 'milvus',
      },
      deadlineMs: 80,
    });
    expect(loaded.ok && loaded.value.auth?.password.reveal()).toBe('secret');
    expect(JSON.stringify(loaded)).not.toContain('"secret"');
  });

  test('or from a file of their own', () => {
    writeFileSync(join(folder, 'password'), 'kept apart\n', { mode: 0o600 });
    const auth = 'connection: { auth: { enabled: true, username: me, password_file: password } }';
    const read = parseMilvusFile(auth, join(folder, 'milvus.yaml'));
    expect(read.ok && read.value.auth?.password.reveal()).toBe('kept apart');
    expect(problems(auth.replace('password_file', 'password: x, password_file'))).toEqual([
      'milvus.yaml:1:80: connection.auth.password_file: stands beside password; keep one of the two',
    ]);
  });

  test('a file far too large is not read', () => {
    const loaded = loadMilvusFile(join(folder, 'large.yaml'));
    expect(problemsOf(loaded)).toEqual([expect.stringMatching(/is larger than 1048576 bytes/)]);
  });
});
