import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { renderEnvoy } from '../../src/render/envoy.js';
import { goodConfig } from '../support/config.js';
import { envoyForTests } from '../support/envoy-binary.js';
import { type Answer, ask, type Question } from '../support/http.js';
import { freePort, listening, waitUntil } from '../support/ports.js';

/** What the rendered Envoy does on its own: nobody listens where it looks for Sextant. */
describe('Envoy without Sextant', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-alone-'));
  const pools: Server[] = [];
  let envoy: ChildProcess | undefined;
  let url = '';

  beforeAll(async () => {
    const port = await freePort();
    const yaml = renderEnvoy(
      policy(port, { small: await startPool('small'), coder: await startPool('coder') }),
    );
    const file = join(folder, 'envoy.yaml');
    writeFileSync(file, yaml);
    const args = ['-c', file, '--log-level', 'off', '--disable-hot-restart', '--concurrency', '1'];
    envoy = spawn(await envoyForTests(), args, { stdio: 'ignore' });
    url = `http://127.0.0.1:${port}`;
    await waitUntil('Envoy', () =>
      ask(url, { body: '{}' }).then(
        () => true,
        () => false,
      ),
    );
  }, 300_000);

  afterAll(async () => {
    if (envoy?.exitCode === null) {
      const ended = once(envoy, 'exit');
      envoy.kill('SIGKILL');
      await ended;
    }
    for (const pool of pools) pool.close();
    rmSync(folder, { recursive: true });
  });

  /** Answers with its name and with what it got. */
  async function startPool(name: string): Promise<number> {
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () =>
        response.end(JSON.stringify({ pool: name, url: request.url, headers: request.headers })),
      );
    });
    pools.push(server);
    return listening(server);
  }

  function policy(port: number, ports: { readonly small: number; readonly coder: number }) {
    return goodConfig(
      `
listen: { port: ${port} }
extproc: { socket: nobody.sock }
identity: { tenant_header: x-tenant-id }
models:
  - { name: small, endpoints: ["127.0.0.1:${ports.small}"], context_window: 10 }
  - { name: coder, endpoints: ["127.0.0.1:${ports.coder}"], context_window: 10 }
default_model: small
routes:
  - { name: open, prefix: /open }
  - { name: safe, prefix: /safe, guarded: true }
`,
      join(folder, 'sextant.yaml'),
    );
  }

  const post = (path: string, headers: Question['headers'] = {}): Promise<Answer> =>
    ask(url, { path, headers, body: '{}' });

  function expectError(answer: Answer, status: number, code: string): void {
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.text).error).toMatchObject({ code, param: null, message: expect.any(String) });
  }

  test('an open route leads to the default pool', async () => {
    const answer = await post('/open/v1/chat/completions');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ pool: 'small', url: '/v1/chat/completions' });
  });

  // Envoy chooses a route before its filters run and keeps it: removed only by a filter, the header would still work.
  test('a client cannot choose the pool instead', async () => {
    const answer = await post('/open/v1/x', { 'x-sextant-cluster': 'coder' });
    expect(JSON.parse(answer.text).pool).toBe('small');
  });

  test('no header of ours, of Envoy’s or of the tenant comes from a client', async () => {
    const names = ['x-sextant-cluster', 'X-Sextant-Anything', 'x-envoy-retry-on', 'x-tenant-id'];
    const answer = await post('/open/v1/x', Object.fromEntries(names.map((name) => [name, 'spoofed'])));
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain('spoofed');
  });

  test('a guarded route lets nothing pass, whatever the client says', async () => {
    expectError(await post('/safe/v1/chat/completions'), 503, 'unavailable');
    expectError(await post('/safe/v1/x', { 'x-sextant-cluster': 'coder' }), 503, 'unavailable');
    expectError(await post('/safe//v1/x'), 503, 'unavailable');
  });

  test('Envoy’s own errors have OpenAI’s shape', async () => {
    // Envoy asks Sextant about its own 400 and 404 as well, and outside a route nothing says that it may fail.
    expectError(await post('/open%2fv1'), 503, 'unavailable');
    expectError(await post('/elsewhere'), 503, 'unavailable');
    for (const pool of pools) {
      pool.close();
      pool.closeAllConnections();
    }
    expectError(await post('/open/v1/x'), 503, 'unavailable');
  });
});
