import { canonicalJson } from '../lib/canonical-json.js';
import type { Json } from '../lib/json.js';

/** What the manifests say beside the policy. */
export interface KubernetesOptions {
  /** Of the release; every object's name begins with it. */
  readonly name: string;
  /** Absent: whatever namespace they are applied to. */
  readonly namespace?: string | undefined;
  /** The image of Sextant. */
  readonly image: string;
  readonly envoyImage: string;
  /**
   * `sidecar`: Sextant beside each Envoy, over a unix socket. `service`: Sextant and Envoy in Deployments of their own,
   * over mTLS. `processor`: Sextant alone, over mTLS, for a gateway that is there already.
   */
  readonly mode: 'sidecar' | 'service' | 'processor';
  readonly replicas: number;
  /** Above `replicas`, an autoscaler goes up to it. */
  readonly replicasMax: number;
  /** How long a pod that has to go still serves the requests that it has. Seconds. */
  readonly drainS: number;
  /** Whether Prometheus Operator is told of the metrics. */
  readonly serviceMonitor: boolean;
}

/** A file that the policy names, by its path from the folder of `sextant.yaml`. */
export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

/** Where things lie in a pod, the same in every mode and in the chart. */
export const POD = {
  config: '/etc/sextant',
  envoy: '/etc/envoy',
  socket: '/run/sextant',
  certificates: '/run/secrets/sextant-tls',
  data: '/var/lib/sextant',
  listenPort: 8801,
  probePort: 9901,
  envoyAdminPort: 9902,
  extprocPort: 9700,
  /** Of the image's user; Envoy runs as the same one, since only its owner may use the socket. */
  user: 65_532,
} as const;

/** How long the endpoints of a Service take to be known everywhere after a pod was told to go. Seconds. */
export const ENDPOINTS_S = 5;

/** Values by the name of the section that they replace. */
export type PodSettings = Readonly<Record<string, Json>>;

/**
 * What has to hold in a pod whatever the policy's file says of the place where it was written: Envoy is reached from
 * other pods, the probes too, and the two find each other.
 *
 * @returns what stands in place of whole sections of the file
 */
export function podSettings({ mode, name }: Pick<KubernetesOptions, 'mode' | 'name'>): PodSettings {
  return {
    listen: { address: '0.0.0.0', port: POD.listenPort },
    probe: { address: '0.0.0.0', port: POD.probePort, allow_remote: true },
    envoy_admin: { address: '127.0.0.1', port: POD.envoyAdminPort },
    extproc: mode === 'sidecar' ? { socket: `${POD.socket}/extproc.sock` } : overTls(`${name}-extproc`),
  };
}

function overTls(host: string): Json {
  const files = { certificate: `${POD.certificates}/tls.crt`, key: `${POD.certificates}/tls.key` };
  return {
    address: '0.0.0.0',
    port: POD.extprocPort,
    endpoints: [`${host}:${POD.extprocPort}`],
    tls: { ...files, client_ca: `${POD.certificates}/ca.crt`, envoy: { ...files, server_name: host } },
  };
}

/** The same as arguments of a command. */
export function settingArguments(settings: PodSettings): readonly string[] {
  return Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${canonicalJson(value)}`]);
}
