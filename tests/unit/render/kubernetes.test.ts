import { describe, expect, test } from '@jest/globals';
import { renderKubernetes } from '../../../src/render/kubernetes.js';
import { type KubernetesOptions, podSettings } from '../../../src/render/kubernetes-options.js';
import { goodConfig } from '../../support/config.js';
import { type Manifest, manifestsOf, objectOf } from '../../support/manifests.js';

const POLICY =
  'models: [{ name: small, endpoints: ["vllm:8000"], context_window: 8192 }]\ndefault_model: small\n';

const OPTIONS: KubernetesOptions = {
  name: 'llm',
  image: 'sextant:1',
  envoyImage: 'envoy:1',
  mode: 'sidecar',
  replicas: 2,
  replicasMax: 0,
  drainS: 30,
  serviceMonitor: true,
};

function rendered(options: Partial<KubernetesOptions> = {}, policy = POLICY): readonly Manifest[] {
  const all = { ...OPTIONS, ...options };
  const loaded = goodConfig(policy, '/etc/sextant/sextant.yaml', podSettings(all));
  const files = [
    { path: 'sextant.yaml', text: policy },
    { path: 'cache/milvus.yaml', text: 'a: 1\n' },
  ];
  return manifestsOf(renderKubernetes(loaded, files, all));
}

function podsOf(objects: readonly Manifest[]): readonly Manifest[] {
  return objects.flatMap(({ kind, spec }) => (kind === 'Deployment' ? [spec.template] : []));
}

function containersOf({ spec }: Manifest): readonly Manifest[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

describe.each(['sidecar', 'service', 'processor'] as const)('mode %s', (mode) => {
  const objects = rendered({ mode });
  const containers = podsOf(objects).flatMap(containersOf);

  test('lets no container do more than it has to', () => {
    for (const pod of podsOf(objects)) {
      expect(pod['spec']).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
    }
    expect(containers.length).toBeGreaterThan(0);
    for (const { securityContext, resources } of containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(Object.keys(resources)).toEqual(['requests', 'limits']);
    }
  });

  test('asks by HTTP or a connection whether it is well, never by gRPC in the clear', () => {
    const probes = containers.flatMap((each) => [each['readinessProbe'], each['livenessProbe']]);
    for (const probe of probes.filter((each) => each !== undefined)) {
      expect(Object.keys(probe)).not.toContain('grpc');
    }
  });

  test('takes ext_proc from other pods by mTLS only', () => {
    const said = containers.flatMap(({ args }) =>
      (args ?? []).filter((arg: string) => /^extproc=/.test(arg)),
    );
    expect(said.length).toBeGreaterThan(0);
    for (const arg of said) {
      const { socket, tls } = JSON.parse(arg.slice('extproc='.length));
      if (mode === 'sidecar')
        expect({ socket, tls }).toEqual({ socket: '/run/sextant/extproc.sock', tls: undefined });
      else expect(tls.client_ca).toBe('/run/secrets/sextant-tls/ca.crt');
    }
  });

  test('gives Envoy less time to drain than the pod has', () => {
    for (const { spec } of podsOf(objects)) {
      const seconds = spec.containers[0].lifecycle?.preStop.sleep.seconds ?? 0;
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(seconds + 35);
    }
  });
});

test('new pods come for what Envoy is told, and not for what the policy alone says', () => {
  const nameOf = (policy: string) => configOf(rendered({}, policy))['metadata'].name;
  const before = nameOf(POLICY);
  expect(before).toMatch(/^llm-config-[0-9a-f]{8}$/);
  expect(nameOf(`${POLICY}virtual_models: [auto, other]\n`)).toBe(before);
  expect(nameOf(POLICY.replace('vllm:8000', 'vllm:8001'))).not.toBe(before);
  expect(configOf(rendered({ mode: 'processor' }))['metadata'].name).toBe('llm-config');
});

function configOf(objects: readonly Manifest[]): Manifest {
  const found = objects.find(({ kind }) => kind === 'ConfigMap');
  if (found === undefined) throw new Error('no ConfigMap');
  return found;
}

test('files keep their folders', () => {
  const objects = rendered();
  expect(Object.keys(configOf(objects)['data'])).toEqual(['sextant.yaml', 'cache__milvus.yaml']);
  const [config] = podsOf(objects)[0]?.['spec'].volumes ?? [];
  expect(config.configMap.items[1]).toEqual({ key: 'cache__milvus.yaml', path: 'cache/milvus.yaml' });
});

test('an autoscaler takes the place of a count', () => {
  const scaled = rendered({ replicasMax: 5 });
  expect(objectOf(scaled, 'Deployment', 'llm')['spec'].replicas).toBeUndefined();
  expect(objectOf(scaled, 'HorizontalPodAutoscaler', 'llm')['spec']).toMatchObject({
    minReplicas: 2,
    maxReplicas: 5,
  });
  expect(objectOf(rendered(), 'Deployment', 'llm')['spec'].replicas).toBe(2);
});

test('in a namespace, and watched', () => {
  const objects = rendered({ namespace: 'ns', mode: 'processor' });
  for (const { metadata } of objects) expect(metadata.namespace).toBe('ns');
  const { selector } = objectOf(objects, 'ServiceMonitor', 'llm-metrics')['spec'];
  expect(objectOf(objects, 'Service', 'llm-metrics')['metadata'].labels).toMatchObject(selector.matchLabels);
});
