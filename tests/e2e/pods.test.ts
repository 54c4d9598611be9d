import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../../src/simulator/server.js';
import { ensureBuilt } from '../support/built.js';
import { makeCertificate } from '../support/certificate.js';
import { envoyForTests } from '../support/envoy-binary.js';
import { isThrough } from '../support/http.js';
import { type Manifest, manifestsOf } from '../support/manifests.js';
import { type Pod, startPod } from '../support/pod.js';
import { freePort, waitUntil } from '../support/ports.js';
import { sextant } from '../support/sextant.js';

let folder: string;
let envoy: string;
let model: Simulator;
const pods: Pod[] = [];

beforeAll(async () => {
  ensureBuilt();
  envoy = await envoyForTests();
  folder = mkdtempSync(join(tmpdir(), 'sx-pod-'));
  model = await startSimulator({ name: 'small', port: 0, ttftMs: 40, tokensPerSecond: 0 });
  writeFileSync(
    join(folder, 'sextant.yaml'),
    [
      `models: [{ name: small, endpoints: ["127.0.0.1:${model.port}"], context_window: 8192 }]`,
      'default_model: small',
      'admin: { port: 9900 }',
      'routes: [{ guarded: true }]',
    ].join('\n'),
  );
}, 120_000);

afterAll(async () => {
  for (const pod of pods) await pod.kill();
  await model.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sockets have short paths, so folders have short names. */
async function start(objects: readonly Manifest[], deployment: string, more: PodMore): Promise<Pod> {
  const pod = await startPod({
    ...{ objects, deployment, envoy },
    ...more,
    folder: join(folder, more.name),
    // Nothing that a test starts can be reached from elsewhere.
    replace: new Map([
      ['0.0.0.0', '127.0.0.1'],
      ['port: 9900', `port: ${await freePort()}`],
      ...(more.replace ?? []),
    ]),
  });
  pods.push(pod);
  return pod;
}

interface PodMore {
  readonly name: string;
  readonly ports: ReadonlyMap<number, number>;
  readonly replace?: ReadonlyMap<string, string>;
  readonly secrets?: ReadonlyMap<string, string>;
}

async function rendered(mode: string, ...more: readonly string[]): Promise<readonly Manifest[]> {
  const argv = ['k8s', 'render', '--config', join(folder, 'sextant.yaml'), '--mode', mode, ...more];
  const { status, out, err } = await sextant(...argv);
  if (status !== 0) throw new Error(err);
  return manifestsOf(out);
}

/** Ports of this machine for those that every pod has. */
async function portsFor(...own: readonly number[]): Promise<Map<number, number>> {
  const ports = new Map<number, number>();
  for (const port of own) ports.set(port, await freePort());
  return ports;
}

function of(ports: ReadonlyMap<number, number>, port: number): number {
  return ports.get(port) ?? 0;
}

interface Load {
  /** By whom each answer is signed; null where nobody decided. */
  readonly deciders: readonly (string | null)[];
  readonly failures: readonly string[];
  stop(): Promise<void>;
}

/** Clients that ask one after the other, each over connections that it keeps. */
function load(port: number, clients = 6): Load {
  const [deciders, failures]: [(string | null)[], string[]] = [[], []];
  let going = true;
  const client = async (at: number): Promise<void> => {
    for (let turn = 0; going; turn += 1) {
      const messages = [{ role: 'user', content: `hello ${at} ${turn}` }];
      const body = JSON.stringify({ model: 'auto', messages });
      const headers = { authorization: 'Bearer test', 'content-type': 'application/json' };
      try {
        const url = `http://127.0.0.1:${port}/v1/chat/completions`;
        const answer = await fetch(url, { method: 'POST', body, headers });
        const text = await answer.text();
        if (answer.status !== 200) failures.push(`${answer.status} ${text}`);
        deciders.push(answer.headers.get('x-sextant-id'));
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  const running = Promise.all(Array.from({ length: clients }, (_, at) => client(at)));
  const stop = async (): Promise<void> => {
    going = false;
    await running;
  };
  return { deciders, failures, stop };
}

async function answersThrough(port: number): Promise<void> {
  await waitUntil('an answer', () => isThrough(`http://127.0.0.1:${port}`));
}

test('a pod of Envoy and its sidecar starts, serves and goes without failing a request', async () => {
  const objects = await rendered('sidecar', '--drain', '5');
  const ports = await portsFor(8801, 9901, 9902);
  const pod = await start(objects, 'sextant', { name: 'a', ports });
  await answersThrough(of(ports, 8801));
  const clients = load(of(ports, 8801));
  await waitUntil('some answers', () => clients.deciders.length > 20);
  const ended = pod.terminate();
  // The time that a Service takes to know: until then clients still come.
  await sleep(500);
  await clients.stop();
  expect(await ended).toEqual({ envoy: 0, sextant: 0, 'sextant preStop': 0 });
  expect(clients.failures).toEqual([]);
  expect(pod.log('sextant')).toContain('Envoy is idle');
}, 60_000);

test('of two replicas one goes under load, and no request fails', async () => {
  const certificates = join(folder, 'tls');
  mkdirSync(certificates);
  const { cert, key } = await makeCertificate(certificates, ['sextant-extproc']);
  for (const [from, to] of [
    [cert, 'tls.crt'],
    [cert, 'ca.crt'],
    [key, 'tls.key'],
  ] as const) {
    copyFileSync(from, join(certificates, to));
  }
  const secrets = new Map(['sextant-tls', 'sextant-envoy-tls'].map((name) => [name, certificates]));
  const objects = await rendered('service', '--drain', '3');
  const [one, two, front] = [
    await portsFor(9901, 9700),
    await portsFor(9901, 9700),
    await portsFor(8801, 9901, 9902),
  ];
  const both = `127.0.0.1:${of(one, 9700)}","127.0.0.1:${of(two, 9700)}`;
  const [first] = await Promise.all([
    start(objects, 'sextant', { name: 'b', ports: one, secrets }),
    start(objects, 'sextant', { name: 'c', ports: two, secrets }),
    // What the name of the Service means to Envoy.
    start(objects, 'sextant-envoy', {
      name: 'd',
      ports: front,
      secrets,
      replace: new Map([['sextant-extproc:9700', both]]),
    }),
  ]);
  await answersThrough(of(front, 8801));
  const clients = load(of(front, 8801));
  await waitUntil('some answers', () => clients.deciders.length > 20);
  const served = async (ports: ReadonlyMap<number, number>) =>
    Number(
      /^sextant_requests_total\{.*\} (\d+)/m.exec(
        await (await fetch(`http://127.0.0.1:${of(ports, 9901)}/metrics`)).text(),
      )?.[1] ?? 0,
    );
  await waitUntil('both to serve', async () => Math.min(await served(one), await served(two)) > 0);
  expect(await first.terminate()).toEqual({ sextant: 0 });
  const before = clients.deciders.length;
  await waitUntil('answers by the other', () => clients.deciders.length > before + 20);
  await clients.stop();
  expect(clients.failures).toEqual([]);
  expect(clients.deciders).not.toContain(null);
}, 60_000);
