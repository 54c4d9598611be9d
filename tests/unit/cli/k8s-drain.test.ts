import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { listening } from '../../support/ports.js';
import { sextant } from '../../support/sextant.js';

let envoy: Server | undefined;
afterEach(() => {
  envoy?.close();
});

/** The two pages of Envoy's admin interface that a drain asks for; gives what was asked. */
async function admin(active: () => number, status = 200): Promise<{ port: string; asked: string[] }> {
  const asked: string[] = [];
  envoy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status);
    response.end(`http.llm.downstream_rq_active: ${active()}\n`);
  });
  return { port: String(await listening(envoy)), asked };
}

test('a drain ends when no request is left', async () => {
  let left = 3;
  const { port, asked } = await admin(() => Math.max(0, left--));
  const drained = await sextant('k8s', 'drain', '--admin-port', port, '--after', '1', '--within', '20');
  expect(drained).toEqual({ status: 0, out: '', err: expect.stringMatching(/Envoy is idle$/) });
  expect(asked[0]).toBe('POST /drain_listeners?graceful&skip_exit');
  expect(asked.filter((line) => line.startsWith('GET /stats'))).toHaveLength(6);
});

test('an Envoy that ended meanwhile has nothing left', async () => {
  let calls = 0;
  const { port } = await admin(() => {
    calls += 1;
    if (calls === 2) envoy?.closeAllConnections();
    return 1;
  });
  const argv = ['k8s', 'drain', '--admin-port', port, '--after', '1', '--within', '9'];
  expect(await sextant(...argv)).toMatchObject({ status: 0, err: expect.stringMatching(/Envoy is idle$/) });
});

test('it waits no longer than it may', async () => {
  const { port } = await admin(() => 1);
  const argv = ['k8s', 'drain', '--admin-port', port, '--after', '1', '--within', '2'];
  expect(await sextant(...argv, '--json')).toMatchObject({ status: 0, out: '{"idle":false}' });
});

test('it says when Envoy does not take part', async () => {
  const { port } = await admin(() => 0, 503);
  const { status, err } = await sextant(
    'k8s',
    'drain',
    '--admin-port',
    port,
    '--after',
    '1',
    '--within',
    '1',
  );
  expect({ status, err }).toEqual({
    status: 1,
    err: expect.stringMatching(/cannot be used: it answers 503$/),
  });
});

test('waiting ends on SIGTERM', async () => {
  const waiting = sextant('k8s', 'wait');
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.emit('SIGTERM');
  expect((await waiting).status).toBe(0);
});
