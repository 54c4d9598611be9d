import type { Fields } from './envoy-types.js';
import {
  ENDPOINTS_S,
  type KubernetesOptions,
  POD,
  podSettings,
  settingArguments,
} from './kubernetes-options.js';

/** What a pod is made of. */
export interface PodParts {
  readonly options: KubernetesOptions;
  /** Threads that encode. */
  readonly workers: number;
  readonly configName: string;
  /** Keys of the ConfigMap, by the path that each has in the pod. */
  readonly configItems: readonly { readonly key: string; readonly path: string }[];
}

/** Node and the command as the image has them; hooks and probes need them by name, since the image has no shell. */
const SEXTANT = ['/nodejs/bin/node', '/app/dist/cli.js'];

/** What a pod may still need after Envoy's drain: Sextant's own, and slack. Seconds. */
const GRACE_S = 40;

/** Sextant first and last: a sidecar is up before Envoy starts, and is told to go when Envoy is gone. */
export function sidecarPod(parts: PodParts): Fields {
  return pod(parts, {
    initContainers: [
      renderer(parts),
      { ...sextant(parts), restartPolicy: 'Always', lifecycle: drainEnvoy(parts) },
    ],
    containers: [envoy(parts)],
    volumes: [configVolume(parts), memory('envoy'), memory('socket'), dataVolume()],
    graceS: parts.options.drainS + GRACE_S,
  });
}

/** Sextant alone. The Envoys are told by its health, and ask another replica. */
export function processorPod(parts: PodParts): Fields {
  return pod(parts, {
    containers: [sextant(parts)],
    volumes: [configVolume(parts), certificates(`${parts.options.name}-tls`), dataVolume()],
    graceS: GRACE_S,
  });
}

/** Envoy alone. Its drain is told to it by the sidecar that rendered its configuration. */
export function envoyPod(parts: PodParts): Fields {
  const drainer = {
    ...base(parts.options.image, 'drain'),
    command: [...SEXTANT, 'k8s', 'wait'],
    restartPolicy: 'Always',
    lifecycle: drainEnvoy(parts),
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
  };
  return pod(parts, {
    initContainers: [renderer(parts), drainer],
    containers: [envoy(parts)],
    volumes: [configVolume(parts), memory('envoy'), certificates(`${parts.options.name}-envoy-tls`)],
    graceS: parts.options.drainS + GRACE_S,
  });
}

function pod(
  { options }: PodParts,
  { graceS, ...more }: Fields & { readonly graceS: number; readonly volumes: readonly Fields[] },
): Fields {
  return {
    serviceAccountName: options.name,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: graceS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: POD.user,
      runAsGroup: POD.user,
      fsGroup: POD.user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...more,
  };
}

function base(image: string, name: string): Fields {
  return {
    name,
    image,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

/** Envoy's configuration is made in the pod, of the same file and by the same version that serves. */
function renderer({ options }: PodParts): Fields {
  return {
    ...base(options.image, 'render'),
    command: [...SEXTANT, 'envoy', 'render'],
    args: [...policy(options), '--out', `${POD.envoy}/envoy.yaml`],
    envFrom: environment(options),
    volumeMounts: [mount('config', POD.config, true), mount('envoy', POD.envoy)],
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  };
}

function sextant({ options, workers }: PodParts): Fields {
  const { mode } = options;
  const way =
    mode === 'sidecar' ? mount('socket', POD.socket) : mount('certificates', POD.certificates, true);
  const ports = [
    { name: 'probe', containerPort: POD.probePort },
    ...(mode === 'sidecar' ? [] : [{ name: 'extproc', containerPort: POD.extprocPort }]),
  ];
  return {
    ...base(options.image, 'sextant'),
    command: [...SEXTANT, 'serve'],
    args: policy(options),
    envFrom: environment(options),
    ports,
    // Over HTTP in every mode: the kubelet's gRPC probe speaks no TLS, and a port without it is not open to others.
    startupProbe: { ...probe('/readyz'), periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    volumeMounts: [mount('config', POD.config, true), way, mount('data', POD.data)],
    resources: {
      requests: { cpu: `${500 * (1 + workers)}m`, memory: '512Mi' },
      limits: { memory: '1536Mi' },
    },
  };
}

function envoy({ options }: PodParts): Fields {
  const files =
    options.mode === 'sidecar' ? mount('socket', POD.socket) : mount('certificates', POD.certificates, true);
  const drain = ['--drain-strategy', 'immediate', '--drain-time-s', String(options.drainS)];
  return {
    ...base(options.envoyImage, 'envoy'),
    command: ['envoy'],
    // Envoy counts the cores of the node, not those of the pod; `resources` and this belong together.
    args: [
      '-c',
      `${POD.envoy}/envoy.yaml`,
      '--log-level',
      'warning',
      '--disable-hot-restart',
      '--concurrency',
      '2',
      ...drain,
    ],
    envFrom: environment(options),
    ports: [{ name: 'http', containerPort: POD.listenPort }],
    readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 2, failureThreshold: 2 },
    // Envoy ends at once on SIGTERM, so that has to wait for the requests that it has.
    lifecycle: { preStop: { sleep: { seconds: options.drainS } } },
    volumeMounts: [mount('envoy', POD.envoy, true), files],
    resources: { requests: { cpu: '500m', memory: '128Mi' }, limits: { memory: '1Gi' } },
  };
}

/** Hooks of all containers run at once, so this one tells Envoy while Envoy's own only waits. */
function drainEnvoy({ options }: PodParts): Fields {
  const args = ['--admin-port', String(POD.envoyAdminPort), '--after', String(waitS(options))];
  return {
    preStop: { exec: { command: [...SEXTANT, 'k8s', 'drain', ...args, '--within', String(options.drainS)] } },
  };
}

/** A pod that may take only moments spends a third of them on what still comes. Seconds. */
function waitS({ drainS }: KubernetesOptions): number {
  return Math.max(1, Math.min(ENDPOINTS_S, Math.floor(drainS / 3)));
}

function policy(options: KubernetesOptions): readonly string[] {
  return ['--config', `${POD.config}/sextant.yaml`, ...settingArguments(podSettings(options))];
}

/** Keys of pools and whatever else the policy takes from the environment. */
function environment({ name }: KubernetesOptions): readonly Fields[] {
  return [{ secretRef: { name: `${name}-env`, optional: true } }];
}

function probe(path: string): Fields {
  return { httpGet: { path, port: 'probe' } };
}

function mount(name: string, mountPath: string, readOnly?: boolean): Fields {
  return { name, mountPath, ...(readOnly === true ? { readOnly } : {}) };
}

function configVolume({ configName, configItems }: PodParts): Fields {
  return { name: 'config', configMap: { name: configName, items: configItems } };
}

function certificates(secretName: string): Fields {
  return { name: 'certificates', secret: { secretName, defaultMode: 0o440 } };
}

function memory(name: string): Fields {
  return { name, emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } };
}

/** For what a policy keeps in files; it ends with the pod. */
function dataVolume(): Fields {
  return { name: 'data', emptyDir: { sizeLimit: '2Gi' } };
}
