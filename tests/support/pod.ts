import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packagePath } from '../../src/cli/package-path.js';
import { isOk } from './http.js';
import { type Manifest, objectOf } from './manifests.js';
import { waitUntil } from './ports.js';

export interface PodOptions {
  /** All manifests: ConfigMaps are read from them. */
  readonly objects: readonly Manifest[];
  /** The Deployment of which this is a pod. */
  readonly deployment: string;
  /** What takes the place of the pod's own file system. */
  readonly folder: string;
  readonly envoy: string;
  /** Pods have a network each, here they share loopback: what stands in commands and files, and what is put there. */
  readonly replace: ReadonlyMap<string, string>;
  /** Ports of the manifests, and those that are used here. */
  readonly ports: ReadonlyMap<number, number>;
  /** Folders with the keys of each Secret that is mounted. */
  readonly secrets?: ReadonlyMap<string, string>;
}

/** A pod without a cluster: its containers' commands as processes. */
export interface Pod {
  /** Ends it as the kubelet would. Gives the exit status of each container that ran until then. */
  terminate(): Promise<Readonly<Record<string, number | string>>>;
  /** Leaves no process behind. */
  kill(): Promise<void>;
  /** What a container wrote, its hooks included. */
  log(container: string): string;
}

interface Container {
  readonly spec: Manifest;
  readonly child: ChildProcess;
}

/** Starts one as the kubelet would: first what has to be done before, then sidecars, then the rest. */
export async function startPod(options: PodOptions): Promise<Pod> {
  const { spec } = objectOf(options.objects, 'Deployment', options.deployment)['spec'].template;
  const volumes = mountVolumes(spec, options);
  // One container writes down where another finds a file, so all of them go by the paths of all.
  const paths = new Map(
    [...(spec.initContainers ?? []), ...spec.containers].flatMap(({ volumeMounts }) =>
      (volumeMounts ?? []).map((mount: Manifest) => [mount['mountPath'], volumes.get(mount['name']) ?? '']),
    ) as [string, string][],
  );
  const logs = new Map<string, string>();
  const start = (container: Manifest, argv: readonly string[]): ChildProcess => {
    const [named, ...args] = argv.map((part) => placed(part, { paths, options }));
    const file = named === 'envoy' ? options.envoy : process.execPath;
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (text: Buffer): void => {
      const name = String(container['name']);
      logs.set(name, `${logs.get(name) ?? ''}${text.toString()}`.slice(-4000));
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    return child;
  };
  const sidecars: Container[] = [];
  const mains: Container[] = [];
  const run = (container: Manifest): Container => ({
    spec: container,
    child: start(container, [...container['command'], ...(container['args'] ?? [])]),
  });
  const kill = async (): Promise<void> => {
    for (const { child } of [...mains, ...sidecars]) await ended(child, 'SIGKILL');
  };
  try {
    for (const init of spec['initContainers'] ?? []) {
      const container = run(init);
      if (init['restartPolicy'] !== 'Always') {
        const [status] = await once(container.child, 'close');
        if (status !== 0) throw new Error(`${init['name']} ended with ${status}`);
        continue;
      }
      sidecars.push(container);
      await answers(init, 'startupProbe', options.ports);
    }
    mains.push(...spec['containers'].map(run));
    for (const { spec: container } of mains) {
      await answers(container, 'startupProbe', options.ports);
      await answers(container, 'readinessProbe', options.ports);
    }
  } catch (cause) {
    await kill();
    throw new Error(
      `the pod of ${options.deployment} does not start: ${String(cause)}\n${[...logs.values()].join('\n')}`,
    );
  }
  return {
    kill,
    log: (name) => logs.get(name) ?? '',
    terminate: () => terminate({ sidecars, mains, start, spec }),
  };
}

interface Running {
  readonly sidecars: readonly Container[];
  readonly mains: readonly Container[];
  readonly start: (container: Manifest, argv: readonly string[]) => ChildProcess;
  readonly spec: Manifest;
}

/**
 * Hooks of all containers begin at once; each container hears SIGTERM after its own, a sidecar only when the others are
 * gone; what is left when the grace period ends is killed.
 */
async function terminate({
  sidecars,
  mains,
  start,
  spec,
}: Running): Promise<Record<string, number | string>> {
  const statuses: Record<string, number | string> = {};
  const deadline = performance.now() + Number(spec['terminationGracePeriodSeconds']) * 1000;
  const end = async ({ spec: container, child }: Container, before: Promise<unknown>): Promise<void> => {
    const hook = container['lifecycle']?.preStop;
    if (hook?.sleep !== undefined) await sleep(hook.sleep.seconds * 1000);
    if (hook?.exec !== undefined) {
      const [status] = await once(start(container, hook.exec.command), 'close');
      statuses[`${container['name']} preStop`] = status;
    }
    await before;
    const left = setTimeout(() => child.kill('SIGKILL'), Math.max(0, deadline - performance.now()));
    statuses[container['name']] = await ended(child, 'SIGTERM');
    clearTimeout(left);
  };
  const gone = Promise.all(mains.map((container) => end(container, Promise.resolve())));
  let before: Promise<unknown> = gone;
  for (const sidecar of sidecars.toReversed()) before = end(sidecar, before);
  await before;
  return statuses;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
  return child.exitCode ?? child.signalCode ?? 'unknown';
}

/** A folder for each volume, filled with what it holds. */
function mountVolumes(spec: Manifest, options: PodOptions): ReadonlyMap<string, string> {
  return new Map(
    spec['volumes'].map((volume: Manifest) => {
      const folder = join(options.folder, volume['name']);
      mkdirSync(folder, { recursive: true });
      if (volume['configMap'] !== undefined) fillConfig(folder, volume['configMap'], options);
      if (volume['secret'] !== undefined) {
        const from = options.secrets?.get(volume['secret'].secretName);
        if (from === undefined) throw new Error(`no Secret ${volume['secret'].secretName}`);
        for (const key of ['tls.crt', 'tls.key', 'ca.crt']) copyFileSync(join(from, key), join(folder, key));
      }
      return [volume['name'], folder];
    }),
  );
}

function fillConfig(folder: string, { name, items }: Manifest, { objects, replace }: PodOptions): void {
  const { data } = objectOf(objects, 'ConfigMap', name);
  const all = Object.keys(data).map((key) => ({ key, path: key }));
  for (const { key, path } of (items as { key: string; path: string }[] | undefined) ?? all) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), replaced(data[key], replace));
  }
}

interface Place {
  /** Where each path of the pod is here. */
  readonly paths: ReadonlyMap<string, string>;
  readonly options: PodOptions;
}

function placed(part: string, { paths, options }: Place): string {
  const ports = new Map([...options.ports].map(([from, to]) => [String(from), String(to)]));
  return [paths, options.replace, new Map([['/app/', packagePath('')]]), ports].reduce(replaced, part);
}

function replaced(text: string, by: ReadonlyMap<string, string>): string {
  return [...by].reduce((before, [from, to]) => before.replaceAll(from, to), text);
}

async function answers(
  container: Manifest,
  kind: 'startupProbe' | 'readinessProbe',
  ports: ReadonlyMap<number, number>,
): Promise<void> {
  const probe = container[kind];
  if (probe === undefined) return;
  const named = (probe.httpGet ?? probe.tcpSocket).port;
  const { containerPort } = (container['ports'] as { name: string; containerPort: number }[]).find(
    ({ name }) => name === named,
  ) ?? { containerPort: named };
  const port = ports.get(containerPort) ?? containerPort;
  const asks =
    probe.httpGet === undefined
      ? () => accepts(port)
      : () => isOk(`http://127.0.0.1:${port}${probe.httpGet.path}`);
  await waitUntil(`${container['name']} ${kind}`, asks, 30_000);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
