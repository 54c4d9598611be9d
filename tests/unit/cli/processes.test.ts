import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startChild } from '../../../src/cli/child.js';
import { freePort, tryPort } from '../../../src/cli/ports.js';
import { run } from '../../../src/cli/run.js';
import { waitFor } from '../../../src/cli/wait.js';
import { startWarden, WARDEN_SCRIPT } from '../../../src/cli/warden.js';
import { listening } from '../../support/ports.js';

const quiet = (): void => undefined;

/** A process that is gone, or dead and only not yet collected by its parent. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return true;
  }
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  expect(condition()).toBe(true);
}

describe('a child', () => {
  test('that ends by itself is a failure with its last words', async () => {
    const warden = startWarden();
    const script = 'echo first; echo "the reason" >&2; exit 7';
    const child = await startChild({ name: 'Helper', file: '/bin/sh', args: ['-c', script], warden });
    await expect(child.failed).rejects.toThrow(
      /^Helper ended with status 7\. Its last words:\n(?:.|\n)*the reason/,
    );
    await warden.dismiss();
  });

  test('that is stopped is none', async () => {
    const warden = startWarden();
    const child = await startChild({ name: 'Helper', file: '/bin/sleep', args: ['60'], warden });
    await child.stop('SIGTERM');
    expect(isGone(child.pid)).toBe(true);
    const verdict = await Promise.race([child.failed, Promise.resolve('no failure')]);
    expect(verdict).toBe('no failure');
    await warden.dismiss();
  });

  test('that cannot be started says so', async () => {
    const warden = startWarden();
    const starting = startChild({ name: 'Helper', file: '/no/such/program', args: [], warden });
    await expect(starting).rejects.toThrow('Helper cannot be started');
    await warden.dismiss();
  });
});

describe('the warden', () => {
  test('kills and removes when the process that it serves dies, even by SIGKILL', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sextant-warden-'));
    const sleeper = spawn('/bin/sleep', ['60'], { detached: true, stdio: 'ignore' });
    const keeper = spawn('/bin/sh', ['-c', WARDEN_SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'] });
    keeper.stdin.write(`watch ${sleeper.pid}\nfolder ${folder}\n`);
    keeper.stdin.destroy();
    await eventually(() => isGone(sleeper.pid ?? 0));
    await eventually(() => !existsSync(folder));
  });

  test('leaves everything alone when it is dismissed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sextant-warden-'));
    const sleeper = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    const warden = startWarden();
    warden.watch(sleeper.pid ?? 0);
    warden.folder(folder);
    await warden.dismiss();
    expect([isGone(sleeper.pid ?? 0), existsSync(folder)]).toEqual([false, true]);
    sleeper.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
});

describe('ports', () => {
  test('are the wanted ones when free, others when taken', async () => {
    const server = createServer();
    const port = await listening(server);
    expect(await tryPort(port)).toBeUndefined();
    expect(await freePort(port)).not.toBe(port);
    await new Promise((resolve) => server.close(resolve));
    expect(await freePort(port)).toBe(port);
  });
});

describe('waitFor', () => {
  test('waits for a 200, says so after a second, and gives up in time', async () => {
    let ready = false;
    const server = createServer((_, response) => response.writeHead(ready ? 200 : 503).end());
    const url = `http://127.0.0.1:${await listening(server)}/`;
    const { signal } = new AbortController();
    const lines: string[] = [];
    setTimeout(() => {
      ready = true;
    }, 1200);
    await waitFor({ url, what: 'the thing', timeoutMs: 10_000, log: (line) => lines.push(line), signal });
    expect(lines).toEqual(['waiting for the thing …']);
    ready = false;
    const late = waitFor({ url, what: 'the thing', timeoutMs: 60, log: quiet, signal });
    await expect(late).rejects.toThrow('the thing did not become ready within 0.06 s.');
    const stopped = AbortSignal.timeout(50);
    const aborted = waitFor({ url, what: 'the thing', timeoutMs: 10_000, log: quiet, signal: stopped });
    await expect(aborted).rejects.toThrow();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

test('run keeps the end of a long output and tells failures by a value', async () => {
  const long = await run('/bin/sh', ['-c', 'yes | head -c 100000; echo end'], { timeoutMs: 5000 });
  expect([long.ok, long.text.length, long.text.endsWith('end')]).toEqual([true, 4000, true]);
  const missing = await run('/no/such/program', [], { timeoutMs: 5000 });
  expect([missing.ok, missing.text.includes('ENOENT')]).toEqual([false, true]);
  const slow = await run('/bin/sleep', ['60'], { timeoutMs: 50 });
  expect(slow.ok).toBe(false);
});
