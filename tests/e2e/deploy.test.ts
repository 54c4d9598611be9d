import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { packagePath } from '../../src/cli/package-path.js';
import { ensureBuilt } from '../support/built.js';
import { envoyForTests } from '../support/envoy-binary.js';
import {
  goModule,
  installSchemas,
  type Manifest,
  manifestsOf,
  objectOf,
  problemsOf,
} from '../support/manifests.js';
import { sextant } from '../support/sextant.js';

const execute = promisify(execFile);
const HELM = packagePath('.tools/helm-4.3.1/helm');
const CHART = packagePath('deploy/helm/sextant');
const hasHelm = existsSync(HELM);
const MODES = ['sidecar', 'service', 'processor'] as const;

let folder: string;
let policy: string;

beforeAll(async () => {
  ensureBuilt();
  await installSchemas();
  folder = mkdtempSync(join(tmpdir(), 'sx-deploy-'));
  policy = join(folder, 'sextant.yaml');
  const { config } = manifestsOf(readFileSync(join(CHART, 'values.yaml'), 'utf8'))[0] as Manifest;
  writeFileSync(policy, config);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A ConfigMap is called after what is in it, and of that the chart knows less. */
function ofOneName(yaml: string): readonly Manifest[] {
  return manifestsOf(yaml.replaceAll(/sextant-config(-[0-9a-f]{8})?$/gm, 'sextant-config'));
}

async function rendered(mode: string, ...more: readonly string[]): Promise<readonly Manifest[]> {
  const { status, out, err } = await sextant('k8s', 'render', '--config', policy, '--mode', mode, ...more);
  if (status !== 0) throw new Error(err);
  return ofOneName(out);
}

async function helm(...argv: readonly string[]): Promise<readonly Manifest[]> {
  const { stdout } = await execute(HELM, ['template', 'sextant', CHART, ...argv]);
  return ofOneName(stdout);
}

function kindsOf(objects: readonly Manifest[]): readonly string[] {
  return objects.map((each) => `${each['kind']} ${each['metadata'].name}`);
}

/** ServiceMonitor's definition, where `make tools` brought it. */
function monitorDefinition(): readonly string[] {
  const module = goModule('prometheus-operator');
  const file = 'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml';
  return module === undefined ? [] : [join(module, file)];
}

const MONITOR = monitorDefinition().length === 0 ? [] : ['--service-monitor'];

describe('the manifests of `sextant k8s render`', () => {
  test('are good for Kubernetes in every mode', async () => {
    const more = ['--namespace', 'llm', '--replicas-max', '5', ...MONITOR];
    const objects = (await Promise.all(MODES.map((mode) => rendered(mode, ...more)))).flat();
    expect(await problemsOf(objects, monitorDefinition())).toEqual([]);
    expect(kindsOf(objects)).toContain('HorizontalPodAutoscaler sextant-envoy');
  });

  test('a mistake in one would be found', async () => {
    const objects = await rendered('sidecar');
    const broken = structuredClone(objectOf(objects, 'Deployment', 'sextant'));
    broken['spec'].template.spec.containers[0].lifecycle.preStop.sleep = { second: 3 };
    expect(await problemsOf([broken])).toEqual([expect.stringMatching(/^Deployment sextant: .*second/)]);
  });

  test('hold what the policy names beside it', async () => {
    writeFileSync(join(folder, 'milvus.yaml'), 'connection: { host: milvus, port: 19530 }\n');
    const more =
      'semantic_cache: { enabled: true, backend_type: milvus, backend_config_path: ./milvus.yaml }\n';
    const file = join(folder, 'with-milvus.yaml');
    writeFileSync(file, readFileSync(policy, 'utf8') + more);
    const { out } = await sextant('k8s', 'render', '--config', file);
    const data = manifestsOf(out).find(({ kind }) => kind === 'ConfigMap')?.['data'];
    expect(Object.keys(data)).toEqual(['sextant.yaml', 'milvus.yaml']);
    expect(data['milvus.yaml']).toContain('milvus');
  });

  test.each([
    [['--name', 'Sextant'], 2, /--name takes up to 53 small letters/],
    [['--mode', 'both'], 2, /sidecar, service, processor/],
    [['--out', '/proc/none'], 1, /cannot be written/],
  ])('are refused with %j', async (argv, status, said) => {
    expect(await sextant('k8s', 'render', '--config', policy, ...argv)).toMatchObject({
      status,
      err: expect.stringMatching(said),
    });
  });
});

(hasHelm ? describe : describe.skip)(`the Helm chart${hasHelm ? '' : ' (no helm: make tools)'}`, () => {
  test('is good for Kubernetes in every mode', async () => {
    const keys = ['milvus', 'autoscaling', ...(MONITOR.length === 0 ? [] : ['serviceMonitor'])];
    const sets = keys.flatMap((key) => ['--set', `${key}.enabled=true`]);
    const objects = await Promise.all(MODES.map((mode) => helm('--set', `mode=${mode}`, ...sets)));
    expect(await problemsOf(objects.flat(), monitorDefinition())).toEqual([]);
  });

  test.each(MODES)('makes the pods that `sextant k8s render` makes: %s', async (mode) => {
    const [plain, charted] = await Promise.all([
      rendered(mode, ...MONITOR),
      helm('--set', `mode=${mode}`, '--set', `serviceMonitor.enabled=${MONITOR.length > 0}`),
    ]);
    expect([...kindsOf(charted)].sort()).toEqual([...kindsOf(plain)].sort());
    for (const each of plain) {
      const other = objectOf(charted, each['kind'], each['metadata'].name);
      if (each['kind'] === 'ConfigMap') expect(other['data']).toEqual(each['data']);
      else expect(comparable(other)).toEqual(comparable(each));
    }
  });

  test.each([
    ['mode=nothing', /mode/],
    ['replica=3', /replica/],
    ['drainSeconds=0', /drainSeconds/],
  ])('refuses %s', async (set, said) => {
    await expect(helm('--set', set)).rejects.toThrow(said);
  });
});

/** What counts in a cluster: the chart pulls images by its own rule, and rolls pods by another annotation. */
function comparable(object: Manifest): unknown {
  const { spec, metadata } = structuredClone(object);
  const pod = spec?.template;
  if (pod !== undefined) {
    delete pod.metadata.annotations;
    for (const each of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
      delete each.imagePullPolicy;
  }
  if (object['kind'] === 'Service') spec.type ??= 'ClusterIP';
  return { labels: metadata.labels, spec };
}

const GATEWAY_CRDS = ['charts/gateway-helm/charts/crds/crds/gatewayapi-crds.yaml'];
const GATEWAY_KINDS = ['envoyextensionpolicies', 'envoyproxies', 'clienttrafficpolicies'];

describe.each([
  [
    'envoy-gateway',
    'envoy-gateway',
    [
      ...GATEWAY_CRDS,
      ...GATEWAY_KINDS.map(
        (kind) => `charts/gateway-helm/charts/crds/crds/generated/gateway.envoyproxy.io_${kind}.yaml`,
      ),
    ],
  ],
  ['istio', 'istio', ['kubernetes/customresourcedefinitions.gen.yaml']],
] as const)('the example for %s', (name, module, files) => {
  const found = goModule(module);
  (found === undefined ? test.skip : test)(
    `is good by its definitions${found === undefined ? ' (no module: make tools)' : ''}`,
    async () => {
      const crds = files.map((file) => join(found ?? '', file));
      const objects = manifestsOf(readFileSync(packagePath(`deploy/gateways/${name}.yaml`), 'utf8'));
      const bad = { ...structuredClone(objects[0]), spec: { nonsense: 1 } } as Manifest;
      expect(await problemsOf([...objects, bad], crds)).toEqual([expect.stringMatching(/nonsense|required/)]);
    },
  );
});

test('what Istio is told of ext_proc is good for Envoy', async () => {
  const objects = manifestsOf(readFileSync(packagePath('deploy/gateways/istio.yaml'), 'utf8'));
  const patches = objectOf(objects, 'EnvoyFilter', 'sextant')['spec'].configPatches as readonly Manifest[];
  const patchOf = (kind: string): Manifest =>
    patches.find((each) => each['applyTo'] === kind)?.['patch'].value;
  const cluster = 'outbound|9700||sextant-extproc.llm.svc.cluster.local';
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
  };
  const manager = patchOf('NETWORK_FILTER')['typed_config'];
  const bootstrap = {
    static_resources: {
      listeners: [
        {
          name: 'llm',
          address: { socket_address: { address: '127.0.0.1', port_value: 8801 } },
          ...patchOf('LISTENER'),
          filter_chains: [
            {
              filters: [
                {
                  name: 'envoy.filters.network.http_connection_manager',
                  typed_config: {
                    ...manager,
                    stat_prefix: 'llm',
                    route_config: {},
                    http_filters: [patchOf('HTTP_FILTER'), router],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        { name: cluster, type: 'STATIC', typed_extension_protocol_options: HTTP2, ...patchOf('CLUSTER') },
      ],
    },
  };
  const file = join(folder, 'istio-envoy.yaml');
  writeFileSync(file, stringify(bootstrap));
  const { status, stderr } = spawnSync(await envoyForTests(), ['--mode', 'validate', '-c', file], {
    encoding: 'utf8',
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
});

const HTTP2 = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    explicit_http_config: { http2_protocol_options: {} },
  },
};

test('the files of the image are few, and its binaries are for one machine', async () => {
  const image = join(folder, 'image');
  const { stdout } = await execute(process.execPath, [packagePath('deploy/image-tree.mjs'), image, 'x64']);
  expect(stdout).toMatch(/^\d+\.\d MB in \d+ files, 3 native binaries, all linux\/x64\n/);
  expect(Number.parseFloat(stdout)).toBeLessThan(200);
  const files = readdirSync(image, { recursive: true, encoding: 'utf8' });
  expect(
    files.filter(
      (file) => /(^|\/)(darwin|win32|linux-arm64|musl)/.test(file) && /\.(node|so|dll|dylib)/.test(file),
    ),
  ).toEqual([]);
  expect(files).not.toContain('node_modules/typescript/package.json');
  const { stdout: said } = await execute(process.execPath, [join(image, 'dist/cli.js'), 'check', policy]);
  expect(said).toContain('good (1 models');
});

describe('the compose file', () => {
  const text = readFileSync(packagePath('deploy/compose.yaml'), 'utf8');
  const compose = parse(text, { merge: true }) as Manifest;

  const found = goModule('compose');
  const named = `is good by the specification of compose${found === undefined ? ' (no module: make tools)' : ''}`;
  (found === undefined ? test.skip : test)(named, async () => {
    const schema = join(found ?? '', 'schema/compose-spec.json');
    const script =
      'import json,sys,jsonschema; jsonschema.validate(json.load(sys.stdin), json.load(open(sys.argv[1])))';
    const judge = (value: unknown) =>
      spawnSync('python3', ['-c', script, schema], {
        input: JSON.stringify(value),
        encoding: 'utf8',
        env: { ...process.env, PYTHONPATH: packagePath('.tools/kubernetes-validate') },
      });
    expect(judge(compose)).toMatchObject({ status: 0, stderr: '' });
    expect(judge({ ...compose, services: { a: { imag: 'b' } } }).status).toBe(1);
  });

  test('mounts files that are there, and lets nobody in but over loopback', () => {
    for (const { volumes = [], ports = [], image } of Object.values(
      compose['services'] as Record<string, Manifest>,
    )) {
      for (const volume of volumes as readonly string[]) {
        const [from = ''] = volume.split(':');
        const there = from.startsWith('./')
          ? existsSync(join(packagePath('deploy'), from))
          : from in compose['volumes'];
        expect({ volume, there }).toEqual({ volume, there: true });
      }
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      expect(image).not.toMatch(/:latest$|^[^:]*$/);
    }
    for (const service of ['sextant', 'render', 'envoy', 'small']) {
      expect(compose['services'][service]).toMatchObject({ read_only: true, user: '65532:65532' });
    }
  });

  test('has a policy that Sextant and Envoy take', async () => {
    const file = packagePath('deploy/compose/sextant.yaml');
    const checked = await sextant('check', file);
    expect(checked).toMatchObject({ status: 0, out: expect.stringContaining('good (3 models') });
    const envoy = join(folder, 'compose-envoy.yaml');
    await sextant('envoy', 'render', '--config', file, '--out', envoy);
    const argv = ['--mode', 'validate', '-c', envoy];
    const { status, stderr } = spawnSync(await envoyForTests(), argv, { encoding: 'utf8' });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  });
});
