import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.js';
import { packagePath } from '../../src/cli/package-path.js';
import { ensureBuilt } from '../support/built.js';
import { type DemoProcess, startDemoProcess } from '../support/demo-process.js';
import { waitUntil } from '../support/ports.js';
import { sextant } from '../support/sextant.js';

// The demonstration is a program that starts programs: it is tested from outside, by what it leaves behind.
beforeAll(ensureBuilt, 120_000);

interface Demo extends DemoProcess {
  readonly url: string;
  readonly ports: readonly string[];
  /** Process ids by what they are. */
  readonly envoy: number;
  readonly sextant: number;
  /** Folder of the socket and the rendered YAML. */
  readonly folder: string;
}

async function startDemo(): Promise<Demo> {
  const demo = await startDemoProcess(process.execPath, [packagePath('dist/cli.js'), 'demo', '--json']);
  const { url, admin_url: adminUrl, simulators } = demo.info;
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(demo.process.pid)]).toString();
  const envoyLine = /^ *(\d+) \S*envoy -c (\S+)/m.exec(children);
  const sextantLine = /^ *(\d+) .* serve /m.exec(children);
  return {
    ...demo,
    url,
    ports: [url, adminUrl, ...simulators.map((simulator) => simulator.url)],
    envoy: Number(envoyLine?.[1]),
    sextant: Number(sextantLine?.[1]),
    folder: dirname(envoyLine?.[2] ?? ''),
  };
}

/** Nothing of it is left: no process, no port, no file. */
async function expectNothingLeft(demo: Demo): Promise<void> {
  // After SIGKILL it is the warden that cleans up, a moment later.
  await waitUntil('its processes to end', () => isGone(demo.envoy) && isGone(demo.sextant));
  await waitUntil('its folder to be gone', () => !existsSync(demo.folder));
  expect({
    envoy: isGone(demo.envoy),
    sextant: isGone(demo.sextant),
    folder: existsSync(demo.folder),
  }).toEqual({ envoy: true, sextant: true, folder: false });
  for (const url of demo.ports) await expect(fetch(url)).rejects.toThrow();
}

/** A process that is gone, or dead and only not yet collected by its parent. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return true;
  }
}

describe('the demonstration', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves nothing behind after %s',
    async (signal) => {
      const demo = await startDemo();
      expect([isGone(demo.envoy), isGone(demo.sextant), existsSync(demo.folder)]).toEqual([
        false,
        false,
        true,
      ]);
      demo.process.kill(signal);
      expect(await demo.ended).toBe(0);
      await expectNothingLeft(demo);
    },
    60_000,
  );

  test('leaves nothing behind even when it is killed without a word', async () => {
    const demo = await startDemo();
    demo.process.kill('SIGKILL');
    expect(await demo.ended).toBe('SIGKILL');
    await expectNothingLeft(demo);
  }, 60_000);

  test.each(['envoy', 'sextant'] as const)(
    'stops with the reason when %s dies under it',
    async (part) => {
      const demo = await startDemo();
      process.kill(demo[part], 'SIGKILL');
      expect(await demo.ended).toBe(1);
      expect(demo.said()).toMatch(/(Envoy|Sextant) ended by SIGKILL\. Its last words:/);
      await expectNothingLeft(demo);
    },
    60_000,
  );

  test('takes other ports where its own are taken', async () => {
    const first = await startDemo();
    const second = await startDemo();
    for (const url of second.ports) expect(first.ports).not.toContain(url);
    expect((await fetch(`${second.url}/v1/models`)).status).toBe(200);
    for (const demo of [first, second]) {
      demo.process.kill('SIGINT');
      expect(await demo.ended).toBe(0);
      await expectNothingLeft(demo);
    }
  }, 90_000);

  test('passes its own test', async () => {
    const { status, out, err } = await sextant('demo', '--once');
    const lines = out.split('\n');
    expect({ status, said: status === 0 ? '' : out + err }).toEqual({ status: 0, said: '' });
    const summary = JSON.parse(lines.at(-1) ?? '') as Record<string, number>;
    expect(Object.keys(summary)).toEqual([
      'cold_ms',
      'exact_hit_ms',
      'semantic_hit_ms',
      'speedup',
      'overhead_ms_p50',
      'wrong_hits',
      'asked',
      'from_cache',
      'refused',
    ]);
    expect(summary['cold_ms']).toBeGreaterThan(15_000);
    expect(summary['wrong_hits']).toBe(0);
    expect(lines.filter((line) => line.endsWith('✓'))).toHaveLength(6);
  }, 90_000);

  test('tells a person where everything is and what to try', async () => {
    const before = process.listenerCount('SIGHUP');
    const said: string[] = [];
    const status = main(['demo'], { out: (line) => said.push(line), err: () => undefined });
    await waitUntil('the demonstration', () => said.includes('Ctrl-C stops everything.'), 50_000);
    const text = said.join('\n');
    expect(text.match(/^ {2}curl -i http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions /gm)).toHaveLength(3);
    for (const pool of ['small-general', 'large-reasoning', 'coder']) expect(text).toContain(pool);
    expect(process.listenerCount('SIGHUP')).toBe(before + 1);
    process.emit('SIGHUP');
    expect(await status).toBe(0);
  }, 60_000);
});
