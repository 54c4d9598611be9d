import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packagePath } from '../../src/cli/package-path.js';
import { ensureBuilt } from '../support/built.js';
import { commandsOf, installCommand } from '../support/docs.js';
import { isOk, isThrough } from '../support/http.js';
import { freePort, waitUntil } from '../support/ports.js';

const HELM = packagePath('.tools/helm-4.3.1');

/** Each command of the page, and what it has to print; one that stays has to answer under this path. */
const STEPS: readonly (readonly [command: RegExp, prints: RegExp])[] = [
  [/^sextant simulator --name qwen/, /^\/:9101\/health$/],
  [/^sextant simulator --name llama/, /^\/:9102\/health$/],
  [/^sextant init /, /^models by guess, smallest first: qwen2\.5-7b-instruct, llama-3\.3-70b-instruct$/m],
  [/^sextant check /, /^sextant\.yaml: good \(2 models, /m],
  [/^sextant doctor /, /^0 problems, 0 warnings$/m],
  [/^sextant serve /, /^\/:9900\/readyz$/],
  [/^sextant envoy render /, /^(?:wrote envoy\.yaml.*\n)?$/],
  [/envoy path\) -c envoy\.yaml/, /^\/:8801\/v1\/models$/],
  [/^curl .*capital of France/, /^x-sextant-model: qwen2\.5-7b-instruct\r$/m],
  [/^curl .*infinitely many primes/, /^x-sextant-decision: hard\r$/m],
  [/^sextant explain /, /^outcome +upstream → llama-3\.3-70b-instruct, by the decision hard$/m],
  [/^sextant k8s render /, /^(?:wrote sextant-k8s\.yaml.*\n)?$/],
  [/^helm template /, /^kind: Deployment$/m],
];

let folder: string;
let bin: string;
const stays: ChildProcess[] = [];
const ports = new Map<string, number>();

beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'sextant-start-'));
  for (const port of ['9101', '9102', '8801', '9900']) ports.set(port, await freePort());
  bin = installCommand(folder);
  symlinkSync(packagePath('deploy/helm/sextant'), join(folder, 'chart'));
}, 120_000);

afterAll(() => {
  // Each leads a group of its own: the shell, and what it started.
  for (const { pid } of stays) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The ports that the page names may be taken here. */
function onFreePorts(text: string): string {
  return text.replace(/\b(9101|9102|8801|9900)\b/g, (port) => String(ports.get(port)));
}

function start(command: string): ChildProcess {
  const env = { ...process.env, PATH: `${bin}:${HELM}:${process.env['PATH'] ?? ''}` };
  return spawn('/bin/bash', ['-c', onFreePorts(command)], { cwd: folder, env, detached: true });
}

async function printedBy(command: string): Promise<string> {
  const child = start(command);
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString('utf8');
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    said += bytes.toString('utf8');
  });
  await new Promise((resolve) => child.once('close', resolve));
  // Said of a verb that takes its time, as any may here.
  return said.replaceAll(/^working …\n/gm, '');
}

/** What `init` writes says where clients and operators ask. */
function movePorts(): void {
  const path = join(folder, 'sextant.yaml');
  if (existsSync(path)) writeFileSync(path, onFreePorts(readFileSync(path, 'utf8')));
}

const commands = commandsOf('docs/quickstart.md');

describe('the commands of docs/quickstart.md, one after the other', () => {
  test('are these', () => {
    expect(commands).toHaveLength(STEPS.length);
  });

  for (const [at, command] of commands.entries()) {
    const leftOut = command.startsWith('helm') && !existsSync(HELM);
    (leftOut ? test.skip : test)(
      `${command}${leftOut ? ' (no helm: make tools)' : ''}`,
      () => carryOut(command, STEPS[at]),
      90_000,
    );
  }
});

async function carryOut(command: string, step: (typeof STEPS)[number] | undefined): Promise<void> {
  const [kind, prints] = step ?? [/^$/, /^$/];
  expect(command).toMatch(kind);
  if (!command.endsWith('&')) {
    expect(await printedBy(command)).toMatch(prints);
    if (command.startsWith('sextant init')) movePorts();
    return;
  }
  stays.push(start(command.slice(0, -1)));
  const [, port = '', path = ''] = /:(\d+)(\/[\w/]+)/.exec(prints.source.replaceAll('\\', '')) ?? [];
  const url = `http://127.0.0.1:${ports.get(port)}`;
  // As long as Envoy does not take Sextant for healthy, the default pool answers in its place.
  const ready = path === '/v1/models' ? () => isThrough(url) : () => isOk(url + path);
  await waitUntil(`${command} to answer under ${path}`, ready, 60_000);
}
