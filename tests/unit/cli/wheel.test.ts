import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureWheels, type WheelsOptions } from '../../../src/cli/wheel.js';

const folder = mkdtempSync(join(tmpdir(), 'sextant-wheel-'));
const requirements = join(folder, 'requirements.txt');
const target = join(folder, 'tools', 'tiny');

/** A wheel is a zip of a package and of three files about it. */
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    info = 'tiny-1.0.dist-info/'
    wheel.writestr('tiny.py', 'ANSWER = 42')
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
`;

beforeAll(() => {
  const wheel = join(folder, 'tiny-1.0-py3-none-any.whl');
  execFileSync('python3', ['-c', MAKE_WHEEL, wheel]);
  writeFileSync(requirements, `${wheel}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function options(given: Partial<WheelsOptions> = {}): WheelsOptions & { readonly said: string[] } {
  const said: string[] = [];
  return {
    folder: target,
    requirements,
    dependencies: false,
    announce: () => said.push('installing'),
    said,
    ...given,
  };
}

test('installs once, whoever asks at the same time, and is quiet after that', async () => {
  const finished: string[] = [];
  const finish = async (inside: string) => {
    finished.push(readFileSync(join(inside, 'tiny.py'), 'utf8'));
  };
  const asked = [options({ finish }), options({ finish }), options({ finish })];
  await Promise.all(asked.map((each) => ensureWheels(each)));
  expect(asked.flatMap(({ said }) => said)).toEqual(['installing']);
  expect(finished).toEqual(['ANSWER = 42']);
  expect(existsSync(join(target, 'tiny.py'))).toBe(true);
  const again = options({ finish });
  await ensureWheels(again);
  expect([again.said, finished.length]).toEqual([[], 1]);
  expect(readdirSync(join(folder, 'tools'))).toEqual(['tiny']);
}, 60_000);

test('installs again for other requirements, past the lock of a process that died', async () => {
  writeFileSync(requirements, `# another pin\n${readFileSync(requirements, 'utf8')}`);
  mkdirSync(`${target}.lock`);
  writeFileSync(join(`${target}.lock`, 'pid'), '999999999');
  const asked = options({ dependencies: true });
  await ensureWheels(asked);
  expect(asked.said).toEqual(['installing']);
}, 60_000);

test('leaves nothing behind when it fails, and says what pip said', async () => {
  const broken = join(folder, 'broken.txt');
  writeFileSync(broken, `${join(folder, 'gone-1.0-py3-none-any.whl')}\n`);
  const asked = options({ folder: join(folder, 'tools', 'broken'), requirements: broken });
  await expect(ensureWheels(asked)).rejects.toThrow(/pip could not install .*gone/s);
  expect(readdirSync(join(folder, 'tools'))).toEqual(['tiny']);
}, 60_000);
