import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { countFlag } from './flags.js';
import { freePort, ROOT, start, waitUntil } from './processes.js';
import { isReady, writeConfig } from './scene.js';
import { median } from './stats.js';
import { isHeld, type Row, renderTable } from './table.js';

/**
 * Measures what somebody at a terminal waits for: Node by itself, `check`, the help of a verb, `serve` until it is ready,
 * and the first paint of the dashboard where there is a Chromium. Ends with status 1 when a target is missed.
 *
 * Usage: node start-up.js [--rounds=7]
 */
const CONFIG = 'recipes/customer-service/sextant.yaml';
const rounds = countFlag('rounds', 7);
const run = promisify(execFile);
const browser = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'chromium'))
  .find((path) => existsSync(path));

const node: number[] = [];
const check: number[] = [];
const help: number[] = [];
const serve: number[] = [];
// In turns: what slows the machine down for a while slows down all of them.
for (let round = 0; round < rounds; round += 1) {
  node.push(await took(['-e', '0']));
  check.push(await took(['dist/cli.js', 'check', CONFIG]));
  help.push(await took(['dist/cli.js', 'eval', 'cache', '--help']));
  serve.push(await serveReady());
}
const paints = browser === undefined ? [] : await firstPaints(browser);

const row = (what: string, samples: readonly number[], target: number): Row => {
  return { what, unit: 'ms', measured: median(samples), target, hold: 'at most' };
};
const rows = [
  row('check of a recipe', check, 300),
  row('--help of a verb', help, 500),
  row('serve, until it is ready', serve, 1000),
  ...(browser === undefined ? [] : [row('first paint of the dashboard', paints, 1000)]),
];
console.log(`median of ${rounds} rounds; node -e 0 takes ${median(node).toFixed(0)} ms here`);
console.log(renderTable(rows));
if (browser === undefined) console.log('first paint: left out, chromium is not on the PATH (make tools)');
process.exitCode = rows.every(isHeld) ? 0 : 1;

/** Wall time of one run of Node. Milliseconds. */
async function took(argv: readonly string[]): Promise<number> {
  const before = performance.now();
  await run(process.execPath, argv, { cwd: ROOT });
  return performance.now() - before;
}

/** From the start of the process to the line of its log that says so. Milliseconds. */
async function serveReady(): Promise<number> {
  return inFolder(async (folder) => {
    const file = await writeConfig(folder, 'cache.yaml', { upstream: 1, admin: await freePort() });
    const before = performance.now();
    const child = spawn(process.execPath, ['dist/cli.js', 'serve', '--config', file], { cwd: ROOT });
    let said = '';
    for await (const piece of child.stdout) {
      said += String(piece);
      if (said.includes('sextant is ready')) break;
    }
    const ms = performance.now() - before;
    child.kill('SIGINT');
    if (!said.includes('sextant is ready')) throw new Error(`serve ended before it was ready: ${said}`);
    await new Promise((resolve) => child.once('exit', resolve));
    return ms;
  });
}

/** Of the live page, each time in a browser that has nothing of it. Milliseconds. */
async function firstPaints(executablePath: string): Promise<readonly number[]> {
  return inFolder(async (folder) => {
    const admin = await freePort();
    const file = await writeConfig(folder, 'rules.yaml', { upstream: 1, admin });
    const sextant = start('sextant', process.execPath, ['dist/cli.js', 'serve', '--config', file]);
    await waitUntil('sextant', () => isReady(admin));
    const chrome = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    const paints: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const context = await chrome.newContext();
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${admin}/#live`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      paints.push(
        await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
      );
      await context.close();
    }
    await chrome.close();
    await sextant.stop();
    return paints;
  });
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sextant-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
