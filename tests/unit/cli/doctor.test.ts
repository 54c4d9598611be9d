import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { limitFindings } from '../../../src/cli/doctor-limits.js';
import { nodeFindings } from '../../../src/cli/doctor-machine.js';
import { type Finding, tellFinding } from '../../../src/cli/finding.js';
import type { JsonObject } from '../../../src/lib/json.js';
import { renderEnvoy } from '../../../src/render/envoy.js';
import { type Simulator, startSimulator } from '../../../src/simulator/server.js';
import { goodConfig } from '../../support/config.js';
import { freePort, listening } from '../../support/ports.js';
import { sextant } from '../../support/sextant.js';

function configOf(text: string) {
  return goodConfig(text);
}

const POOLS = `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 4096 }
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 4096 }
default_model: small
semantic_cache: { enabled: true }
`;

describe('what Envoy and config say that does not go together', () => {
  const config = configOf(POOLS);
  const rendered = renderEnvoy(config);
  const findings = (yaml: string, other = config) => limitFindings(parse(yaml) as JsonObject, other);

  test('is nothing where Envoy has what is rendered, of either kind of route', () => {
    for (const more of ['', 'routes: [{ guarded: true }]\n', 'mode: observe\n', 'fallback: {}\n']) {
      const own = configOf(POOLS + more);
      expect({ more, found: findings(renderEnvoy(own), own) }).toEqual({
        more,
        found: [expect.objectContaining({ level: 'good' })],
      });
    }
  });

  test.each([
    [/message_timeout: 1s/, 'message_timeout: 0.2s', 'problem', 'Envoy waits 200 ms'],
    [/max_message_timeout: \d+s/, 'max_message_timeout: 2s', 'warning', 'ask for 2000 ms at most'],
    [/per_connection_buffer_limit_bytes: \d+/, 'name_of_nothing: 1', 'warning', 'get 413 from Envoy'],
    [/(per_connection_buffer_limit_bytes: \d+)/, '$19', 'problem', 'pass unread'],
    [/timeout: 0s(\s+auto_host_rewrite)/, 'timeout: 15s$1', 'warning', '1 routes of this Envoy end answers'],
    [/prefix: x-sextant-/, 'prefix: x-other-', 'problem', 'clients can choose their pool'],
    [/- name: large/, '- name: huge', 'problem', 'no cluster "large"'],
    [/port_value: 9102/, 'port_value: 9999', 'warning', 'has the servers 127.0.0.1:9999'],
    [
      /path: \/run\/sextant\/extproc.sock/,
      'path: /tmp/other.sock',
      'problem',
      'asks Sextant at /tmp/other.sock',
    ],
    [/max_requests_per_connection: 800/, 'other: 1', 'warning', 'under load requests fail'],
    [/failure_mode_allow: true/g, 'failure_mode_allow: false', 'warning', 'is not guarded'],
    [/cluster_name: sextant-extproc/g, 'cluster_name: nobody', 'problem', 'no cluster "nobody"'],
    [/v3.ExternalProcessor/g, 'v3.Other', 'problem', 'no listener of this Envoy asks Sextant'],
  ])('%s as %s is a %s', (from, to, level, says) => {
    const edited = rendered.replace(from, to);
    expect(edited).not.toBe(rendered);
    expect(findings(edited)).toContainEqual(
      expect.objectContaining({ level, says: expect.stringContaining(says), todo: expect.any(String) }),
    );
  });

  test('a guarded route that Envoy leaves open is a problem', () => {
    const guarded = configOf(`${POOLS}routes: [{ guarded: true }]\n`);
    expect(findings(rendered, guarded)).toContainEqual(
      expect.objectContaining({ level: 'problem', says: expect.stringContaining('is guarded') }),
    );
  });
});

describe('a finding', () => {
  const finding: Finding = { check: 'ports', level: 'problem', says: 'taken', todo: 'choose another' };
  test('is plain where nobody sees colours, and coloured where somebody does', () => {
    const lines: string[] = [];
    const output = { out: (line: string) => lines.push(line), err: () => undefined };
    tellFinding(finding, output);
    tellFinding(finding, { ...output, coloured: true });
    expect(lines[0]).toBe('problem  ports    taken');
    expect(lines[1]?.trim()).toBe('→ choose another');
    expect(lines[2]).toContain('\x1b[31m');
  });

  test('tells an old Node', () => {
    expect(nodeFindings('20.18.3')).toMatchObject([{ level: 'problem' }]);
    expect(nodeFindings('24.1.0')).toMatchObject([{ level: 'good' }]);
  });
});

describe('doctor', () => {
  let folder: string;
  let small: Simulator;
  let large: Simulator;
  let late: Server;
  let latePort: number;
  let envoy: string;
  let sets: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sextant-doctor-'));
    const pace = { port: 0, ttftMs: 0, tokensPerSecond: 0 };
    small = await startSimulator({ name: 'small', aliases: ['auto'], ...pace });
    large = await startSimulator({ name: 'large', contextTokens: 8192, apiKey: 'k', ...pace });
    late = createServer((_, response) => {
      response.sendDate = false;
      response.setHeader('date', new Date(Date.now() - 60_000).toUTCString());
      response.end('{"data":[{"id":"late","max_model_len":1024}]}');
    });
    latePort = await listening(late);
    envoy = join(folder, 'envoy');
    const script = '#!/bin/sh\ncase "$1" in --version) echo "envoy version: 0a1b/1.40.0/Clean";; esac\n';
    writeFileSync(envoy, script, { mode: 0o755 });
    const [front, admin] = [await freePort(), await freePort()];
    sets = [`listen.port=${front}`, `admin.port=${admin}`, 'extproc.socket=./s.sock'];
  });
  afterAll(async () => {
    late.closeAllConnections();
    late.close();
    await Promise.all([small.close(), large.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  async function examine(config: string, ...more: string[]) {
    const file = join(folder, 'sextant.yaml');
    writeFileSync(file, config);
    const given = [...sets, ...more].flatMap((set) => ['--set', set]);
    const argv = ['doctor', '--config', file, '--envoy', envoy, ...given];
    const { status, out } = await sextant(...argv, '--json');
    const told = JSON.parse(out) as { good: boolean; problems: number; findings: readonly Finding[] };
    return {
      status,
      argv,
      ...told,
      says: (part: string) => told.findings.find(({ says }) => says.includes(part)),
    };
  }

  const model = (name: string, port: number, context = 4096, more = '') =>
    `  - { name: ${name}, endpoints: ["127.0.0.1:${port}"], context_window: ${context}${more} }\n`;

  test('finds nothing wrong with what is right, and says what fails open', async () => {
    process.env['LARGE_KEY_OF_TEST'] = 'k';
    const keyed = ', pool: { credentials: { from: env, name: LARGE_KEY_OF_TEST } }';
    const pools = model('small', small.port) + model('large', large.port, 8192, keyed);
    const found = await examine(`models:\n${pools}default_model: small\n`);
    delete process.env['LARGE_KEY_OF_TEST'];
    expect(found).toMatchObject({ status: 0, good: true, problems: 0, warnings: 0 });
    expect(found.says('fails open')).toMatchObject({ check: 'failure', level: 'note' });
    expect(found.says('knows auto too')).toMatchObject({ check: 'pools', level: 'good' });
    expect(found.says('accepts what is rendered')).toMatchObject({ check: 'envoy', level: 'good' });
    expect(found.says('clocks of 2 servers')).toMatchObject({ check: 'clock', level: 'good' });
  });

  test('tells each thing that is wrong, and what to do about it', async () => {
    const milvus = join(folder, 'milvus.yaml');
    writeFileSync(milvus, 'connection: { host: 127.0.0.1, port: 9, timeout: 1 }\n');
    const pools = [
      model('late', latePort),
      model('large', large.port),
      model('other', small.port),
      model('gone', 9),
    ];
    const found = await examine(
      `models:\n${pools.join('')}default_model: late\nroutes: [{ prefix: /a }, { name: b, guarded: true }]\n` +
        `semantic_cache: { backend_type: milvus, backend_config_path: ${milvus} }\n`,
      `admin.port=${small.port}`,
      'extproc.socket=./no/such/folder/s.sock',
    );
    expect(found.status).toBe(1);
    const expected: readonly (readonly [string, Partial<Finding>])[] = [
      ['takes 1024 tokens', { check: 'pools', level: 'problem' }],
      ['does not know auto', { check: 'pools', level: 'problem' }],
      ['s behind this one', { check: 'clock', level: 'warning' }],
      ['it wants a key', { check: 'pools', level: 'warning' }],
      ['does not serve other, but small, auto', { check: 'pools', level: 'problem' }],
      ['127.0.0.1:9 refuses connections', { check: 'pools', level: 'problem' }],
      [`admin: 127.0.0.1:${small.port} is taken`, { check: 'ports', level: 'problem' }],
      ['no/such/folder', { check: 'ports', level: 'problem' }],
      ['127.0.0.1:9: ', { check: 'milvus', level: 'problem' }],
      ['the secret of the cache', { check: 'milvus', level: 'warning' }],
      ['route b (/) fails closed', { check: 'failure', level: 'note' }],
    ];
    for (const [part, finding] of expected)
      expect([part, found.says(part)]).toEqual([part, expect.objectContaining(finding)]);
    for (const { level, todo } of found.findings) {
      if (level === 'problem' || level === 'warning') expect(todo).toEqual(expect.any(String));
    }
  });

  test('tells of files that cannot be written, and of those that can', async () => {
    const kept = [
      `recording: { path: ${join(folder, 'no-such-folder', 'prompts.jsonl')} }`,
      `learning: { path: ${folder} }`,
      `semantic_cache: { persist_path: ${join(folder, 'cache.jsonl')} }`,
    ];
    const pool = model('small', small.port);
    const found = await examine(`models:\n${pool}default_model: small\n${kept.join('\n')}\n`);
    expect(found.says('recording.path: the folder of')).toMatchObject({ check: 'files', level: 'problem' });
    expect(found.says('learning.path')).toMatchObject({
      level: 'problem',
      says: `learning.path: ${folder} is there and no file`,
    });
    expect(found.says('cache.jsonl can be written')).toMatchObject({ check: 'files', level: 'good' });
    expect(found.problems).toBe(2);
  });

  test("says that the socket is another Sextant's only where one stands", async () => {
    const other = createServer((_, response) => response.end('sextant_build_info 1\n'));
    const taken = await listening(other);
    const socket = createNetServer();
    const path = join(folder, 'other.sock');
    const examined = () =>
      examine(
        `models:\n${model('small', small.port)}default_model: small\n`,
        `admin.port=${taken}`,
        `extproc.socket=${path}`,
      );
    expect((await examined()).says(path)).toMatchObject({
      level: 'good',
      says: `extproc: ${path} can be made`,
    });
    await new Promise<void>((resolve) => socket.listen(path, resolve));
    const found = await examined();
    expect(found.says('is taken by a Sextant')).toMatchObject({ check: 'ports', level: 'note' });
    expect(found.says(path)).toMatchObject({ level: 'note' });
    socket.close();
    other.closeAllConnections();
    other.close();
  });

  test('tells what is wrong with a config, and that no Envoy is there', async () => {
    const found = await examine('models: []\n');
    const plain = await sextant(...found.argv);
    expect(plain.status).toBe(1);
    expect(plain.out.split('\n').filter((line) => line.startsWith('problem '))).toHaveLength(found.problems);
    expect(plain.out.split('\n').at(-1)).toBe(`${found.problems} problems, 0 warnings`);
    expect(found).toMatchObject({ status: 1, good: false });
    expect(found.findings.filter(({ check }) => check === 'config').length).toBeGreaterThan(1);
    const gone = await sextant('doctor', '--envoy', join(folder, 'no-envoy'), '--json');
    expect(gone.status).toBe(1);
    expect(gone.out).toContain('There is no Envoy at');
  });
});
