import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { packagePath } from '../../src/cli/package-path.js';
import { freePort } from '../../src/cli/ports.js';
import { waitFor } from '../../src/cli/wait.js';
import { ensureBuilt } from '../support/built.js';
import { listening } from '../support/ports.js';
import { sextant } from '../support/sextant.js';

beforeAll(ensureBuilt, 120_000);

let folder: string;
let admin: number;
let argv: readonly string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-serve-'));
  admin = await freePort(0);
  const recipe = packagePath('recipes/demo/sextant.yaml');
  const sets = [`extproc.socket=${join(folder, 'extproc.sock')}`, `admin.port=${admin}`];
  argv = ['serve', '--config', recipe, ...sets.flatMap((set) => ['--set', set])];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ready(): Promise<void> {
  const { signal } = new AbortController();
  const url = `http://127.0.0.1:${admin}/readyz`;
  return waitFor({ url, what: 'Sextant', timeoutMs: 15_000, log: () => undefined, signal });
}

test('serve closes at once when the terminal goes', async () => {
  const running = sextant(...argv);
  await ready();
  process.emit('SIGHUP');
  expect(await running).toMatchObject({ status: 0, err: '' });
});

test('serve says why it cannot start', async () => {
  const { status, err } = await sextant(...argv, '--set', `encoder.path=${folder}`);
  expect(status).toBe(1);
  expect(err).toMatch(/^Sextant cannot start: .*manifest\.json/);
});

test.each([
  ['the config is wrong', () => ['--set', 'default_model=nobody'], /default_model/],
  [
    'the admin port is taken',
    (taken: number) => ['--set', `admin.port=${taken}`],
    /^Sextant cannot start: .*EADDRINUSE/,
  ],
])(
  'serve leaves no thread behind when %s',
  async (_, wrong, reason) => {
    const taken = createServer();
    const port = await listening(taken);
    const child = spawn(process.execPath, [packagePath('dist/cli.js'), ...argv, ...wrong(port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const [code] = await once(child, 'close');
    clearTimeout(late);
    taken.close();
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(reason) });
  },
  15_000,
);

test.each([
  ['drains on SIGTERM', 1, 1400, 10_000],
  // Sooner than any drain may end.
  ['stops at once on a second SIGTERM', 2, 0, 1400],
])('serve %s', async (_, signals, msMin, msMax) => {
  const child = spawn(process.execPath, [packagePath('dist/cli.js'), ...argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const draining = new Promise<void>((resolve) => {
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('draining')) resolve();
    });
  });
  await ready();
  const startedMs = performance.now();
  child.kill('SIGTERM');
  await draining;
  if (signals === 2) child.kill('SIGTERM');
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const ms = performance.now() - startedMs;
  expect({ code, said: said.includes('draining; a second SIGTERM stops at once\n') }).toEqual({
    code: 0,
    said: true,
  });
  expect(ms).toBeGreaterThan(msMin);
  expect(ms).toBeLessThan(msMax);
});
