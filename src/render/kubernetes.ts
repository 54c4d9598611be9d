import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { Config } from '../config/config.js';
import { renderEnvoy } from './envoy.js';
import type { Fields } from './envoy-types.js';
import { type KubernetesOptions, POD, type PolicyFile } from './kubernetes-options.js';
import { envoyPod, type PodParts, processorPod, sidecarPod } from './kubernetes-pod.js';

/**
 * Plain manifests that run this policy in a cluster, as YAML of several documents.
 *
 * @param config the policy with the settings of a pod in place of its own
 * @param files `sextant.yaml` first, then what it names by relative paths
 */
export function renderKubernetes(
  config: Config,
  files: readonly PolicyFile[],
  options: KubernetesOptions,
): string {
  const objects = kubernetesObjects(config, files, options);
  const yaml = objects.map((each) => stringify(each, { aliasDuplicateObjects: false, lineWidth: 0 }));
  return `${head(options)}${yaml.join('---\n')}`;
}

function kubernetesObjects(
  config: Config,
  files: readonly PolicyFile[],
  options: KubernetesOptions,
): readonly Fields[] {
  const items = files.map(({ path }) => ({ key: path.replaceAll('/', '__'), path }));
  const parts: PodParts = {
    options,
    workers: config.encoder.workers,
    configItems: items,
    configName: configName(config, options),
  };
  const withKeys = Object.fromEntries(files.map(({ path, text }) => [path.replaceAll('/', '__'), text]));
  const { name, mode } = options;
  const front = mode === 'sidecar' ? name : `${name}-envoy`;
  const sextantPod = mode === 'sidecar' ? sidecarPod(parts) : processorPod(parts);
  const http = [{ name: 'http', port: 80, targetPort: 'http' }];
  const extproc = [
    { name: 'grpc-extproc', port: POD.extprocPort, targetPort: 'extproc', appProtocol: 'grpc' },
  ];
  const ports = { probe: { port: 'probe' }, http: { port: 'http' }, extproc: { port: 'extproc' } };
  return [
    object('v1', 'ServiceAccount', options, { name, more: { automountServiceAccountToken: false } }),
    object('v1', 'ConfigMap', options, { name: parts.configName, more: { data: withKeys } }),
    ...workload(options, { name, pod: sextantPod }),
    ...(mode === 'service' ? workload(options, { name: front, pod: envoyPod(parts) }) : []),
    ...(mode === 'processor' ? [] : [service(options, { name, selects: front, ports: http })]),
    ...(mode === 'sidecar'
      ? [policyOf(options, { name, from: [{ ports: [ports.http, ports.probe] }] })]
      : [
          service(options, { name: `${name}-extproc`, selects: name, ports: extproc, headless: true }),
          policyOf(options, {
            name,
            from: [{ ports: [ports.probe] }, { ports: [ports.extproc], ...callers(options) }],
          }),
        ]),
    ...(mode === 'service' ? [policyOf(options, { name: front, from: [{ ports: [ports.http] }] })] : []),
    ...(options.serviceMonitor ? monitoring(options) : []),
  ];
}

/**
 * A policy that changes is read by the pods that run. Where Envoy must hear of the change, too, it has another name: new
 * pods come for it, and those that run keep the policy that their Envoy knows.
 */
function configName(config: Config, { name, mode }: KubernetesOptions): string {
  return mode === 'processor' ? `${name}-config` : `${name}-config-${digest(renderEnvoy(config))}`;
}

interface Named {
  readonly name: string;
  readonly more: Fields;
  readonly labels?: Fields;
}

function object(apiVersion: string, kind: string, options: KubernetesOptions, named: Named): Fields {
  const { name, more, labels = instance(options.name) } = named;
  const { namespace } = options;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels },
    ...more,
  };
}

function instance(name: string): Fields {
  return { 'app.kubernetes.io/name': 'sextant', 'app.kubernetes.io/instance': name };
}

/** What tells one Deployment's pods from another's. */
function pods({ name }: Pick<KubernetesOptions, 'name'>, component: string): Fields {
  return { ...instance(name), 'app.kubernetes.io/component': component };
}

interface Workload {
  readonly name: string;
  readonly pod: Fields;
}

/** A Deployment of which one pod at most is away by anybody's will. */
function workload(options: KubernetesOptions, { name, pod }: Workload): readonly Fields[] {
  const labels = pods(options, name);
  const selector = { matchLabels: labels };
  const { replicas, replicasMax } = options;
  const scales = replicasMax > replicas;
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: selector,
  };
  const deployment = {
    ...(scales ? {} : { replicas }),
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector,
    template: {
      metadata: { labels },
      spec: { ...pod, topologySpreadConstraints: [spread] },
    },
  };
  const scaler = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: replicas,
    maxReplicas: replicasMax,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
      },
    ],
    // A pod that goes takes its share of an in-process cache along.
    behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
  };
  return [
    object('apps/v1', 'Deployment', options, { name, labels, more: { spec: deployment } }),
    object('policy/v1', 'PodDisruptionBudget', options, {
      name,
      labels,
      more: { spec: { maxUnavailable: 1, selector } },
    }),
    ...(scales
      ? [
          object('autoscaling/v2', 'HorizontalPodAutoscaler', options, {
            name,
            labels,
            more: { spec: scaler },
          }),
        ]
      : []),
  ];
}

interface ServiceParts {
  readonly name: string;
  /** The Deployment behind it. */
  readonly selects: string;
  readonly ports: readonly Fields[];
  /** By name one gets every pod's address: gRPC keeps its connections, so balancing them needs all of them. */
  readonly headless?: boolean;
}

function service(options: KubernetesOptions, { name, selects, ports, headless }: ServiceParts): Fields {
  const spec = {
    ...(headless === true ? { clusterIP: 'None' } : {}),
    selector: pods(options, selects),
    ports,
  };
  return object('v1', 'Service', options, { name, labels: pods(options, name), more: { spec } });
}

/** Who may send prompts to Sextant itself: the Envoys of this release, or a gateway that carries the label. */
function callers({ name, mode }: KubernetesOptions): Fields {
  const labels = mode === 'service' ? pods({ name }, `${name}-envoy`) : { 'sextant/client': name };
  const anywhere = mode === 'service' ? {} : { namespaceSelector: {} };
  return { from: [{ ...anywhere, podSelector: { matchLabels: labels } }] };
}

function policyOf(
  options: KubernetesOptions,
  { name, from }: { readonly name: string; readonly from: readonly Fields[] },
): Fields {
  const spec = { podSelector: { matchLabels: pods(options, name) }, policyTypes: ['Ingress'], ingress: from };
  return object('networking.k8s.io/v1', 'NetworkPolicy', options, { name, more: { spec } });
}

function monitoring(options: KubernetesOptions): readonly Fields[] {
  const name = `${options.name}-metrics`;
  const ports = [{ name: 'metrics', port: POD.probePort, targetPort: 'probe' }];
  const spec = {
    selector: { matchLabels: pods(options, name) },
    endpoints: [{ port: 'metrics', path: '/metrics', interval: '15s' }],
  };
  return [
    service(options, { name, selects: options.name, ports, headless: true }),
    object('monitoring.coreos.com/v1', 'ServiceMonitor', options, { name, more: { spec } }),
  ];
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function head({ name, mode }: KubernetesOptions): string {
  const secrets =
    mode === 'sidecar'
      ? []
      : [
          `Secret ${name}-tls (tls.crt, tls.key, ca.crt) for Sextant; its certificate names ${name}-extproc.`,
          ...(mode === 'service' ? [`Secret ${name}-envoy-tls (the same three keys) for Envoy.`] : []),
        ];
  const lines = [
    'Rendered by `sextant k8s render` from sextant.yaml; change that file and render again.',
    'Kubernetes 1.30 or newer: sidecars that start first and end last, and hooks that wait.',
    ...secrets,
    `Secret ${name}-env, if the policy takes anything from the environment; SEXTANT_CACHE_SECRET belongs there too.`,
  ];
  return lines.map((line) => `# ${line}\n`).join('');
}
