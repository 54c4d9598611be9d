import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { packagePath } from '../../src/cli/package-path.js';
import { ensureBuilt } from '../support/built.js';
import { startDemoProcess } from '../support/demo-process.js';
import { envoyForTests } from '../support/envoy-binary.js';

const execute = promisify(execFile);
let folder: string;
let app: string;

/** No registry is asked: what the package depends on is linked before it is installed, and npm's cache is empty. */
beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'sextant-packed-'));
  app = join(folder, 'app');
  const manifest = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(app, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(packagePath(`node_modules/${name}`), link);
  }
  writeFileSync(join(app, 'package.json'), '{"name":"app","private":true}');
  await npm(packagePath(''), 'pack', '--ignore-scripts', '--pack-destination', folder);
  await npm(app, 'install', '--ignore-scripts', '--no-package-lock', join(folder, 'sextant-0.1.0.tgz'));
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function npm(cwd: string, verb: string, ...argv: readonly string[]): Promise<string> {
  const quiet = ['--offline', '--no-audit', '--no-fund', '--silent', '--cache', join(folder, 'cache')];
  const { stdout } = await execute('npm', [verb, ...quiet, ...argv], { cwd });
  return stdout;
}

test('the packed package is installed without its sources and tests, and found by npx', async () => {
  const installed = join(app, 'node_modules', 'sextant');
  expect(
    ['src', 'tests', 'bench', 'node_modules'].filter((name) => existsSync(join(installed, name))),
  ).toEqual([]);
  cpSync(packagePath('recipes/demo/sextant.yaml'), join(app, 'sextant.yaml'));
  expect(await npm(app, 'exec', '--', 'sextant', 'check', 'sextant.yaml')).toMatch(/^sextant.yaml: good/);
});

test('its demonstration answers', async () => {
  const argv = ['demo', '--json', '--envoy', await envoyForTests()];
  const demo = await startDemoProcess(join(app, 'node_modules/.bin/sextant'), argv, app);
  try {
    const response = await fetch(`${demo.info.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer packed' },
      body: JSON.stringify({
        ...{ model: 'auto', max_tokens: 4 },
        messages: [{ role: 'user', content: 'What is the capital of France?' }],
      }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ model: 'small-general' });
  } finally {
    demo.process.kill('SIGINT');
    expect(await demo.ended).toBe(0);
  }
}, 60_000);
