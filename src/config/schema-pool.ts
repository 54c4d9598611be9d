import { isIP } from 'node:net';
import { z } from 'zod';
import type { PoolConfig, PoolCredentials, SocketAddress } from './config.js';
import { DEFAULTS } from './defaults.js';
import { headerName, host, modelName, section } from './fields.js';
import { resolveOptional, resolvePath } from './paths.js';

const path = z.string().min(1).max(4096);

const tls = section({
  ca_file: path.optional().describe("Left out, the system's own roots count."),
  server_name: host
    .optional()
    .describe('What the certificate must name; left out, the host of the endpoint.'),
  cert_file: path.optional().describe('Our own certificate, for servers that ask for one.'),
  key_file: path.optional(),
})
  .check((context) => {
    const { cert_file, key_file } = context.value;
    if ((cert_file === undefined) === (key_file === undefined)) return;
    const message = 'has one of cert_file and key_file; a certificate needs both';
    context.issues.push({ code: 'custom', message, input: context.value });
  })
  .describe('The pool is reached by TLS.');

const credentials = section({
  from: z.enum(['pass', 'none', 'env', 'file']).default(DEFAULTS.pool.credentials),
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: 'is no name of an environment variable' })
    .optional()
    .describe("For env: the variable of Envoy's environment."),
  path: path.optional().describe('For file: read by Envoy; a line break at its end does not count.'),
  header: headerName.default(DEFAULTS.pool.header),
  prefix: z
    .string()
    .max(64)
    .regex(/^[ -~]*$/, { error: 'may hold printable ASCII only' })
    .optional()
    .describe('Stands before the key; left out, "Bearer " for authorization and nothing for other headers.'),
})
  .check((context) => {
    const { from, name, path: file } = context.value;
    const message = credentialsProblem(from, name !== undefined, file !== undefined);
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
  })
  .describe("With which key the pool is asked, in place of the client's.");

function credentialsProblem(from: string, hasName: boolean, hasPath: boolean): string | undefined {
  if (from === 'env' && !hasName) return 'needs name, the environment variable that holds the key';
  if (from === 'file' && !hasPath) return 'needs path, the file that holds the key';
  if (from !== 'env' && hasName) return 'has a name, which only "from: env" reads; remove it';
  return from !== 'file' && hasPath ? 'has a path, which only "from: file" reads; remove it' : undefined;
}

const healthCheck = section({
  path: z
    .string()
    .regex(/^\/[!-~]{0,255}$/, { error: 'is no path; begin with "/"' })
    .default(DEFAULTS.pool.healthCheck.path),
  interval_s: z.number().min(0.1).max(3600).default(DEFAULTS.pool.healthCheck.intervalS),
  timeout_ms: z.int().min(1).max(60_000).default(DEFAULTS.pool.healthCheck.timeoutMs),
  unhealthy_after: z.int().min(1).max(100).default(DEFAULTS.pool.healthCheck.unhealthyAfter),
  healthy_after: z.int().min(1).max(100).default(DEFAULTS.pool.healthCheck.healthyAfter),
}).describe('Envoy asks each endpoint whether it is well.');

const outliers = section({
  enabled: z.boolean().default(true),
  failures: z.int().min(1).max(1000).default(DEFAULTS.pool.outliers.failures),
  ejection_s: z.number().min(0.1).max(3600).default(DEFAULTS.pool.outliers.ejectionS),
  ejected_percent_max: z.int().min(1).max(100).default(DEFAULTS.pool.outliers.ejectedPercentMax),
}).describe('Envoy leaves an endpoint out for a while after so many failures in a row.');

/** How the servers of a model are reached. */
export const pool = section({
  max_num_seqs: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(DEFAULTS.pool.maxNumSeqs)
    .describe('Requests that one engine answers at the same time; so many are its full load.'),
  tls: tls.optional(),
  credentials: credentials.prefault({}),
  health_check: healthCheck.optional(),
  outlier_ejection: outliers.prefault({}),
});

/** What a model is that its pool serves beside the base model. */
export const loraCard = section({
  adapter: modelName.optional().describe('Its name in the pool; left out, the name of the model.'),
  base: modelName.optional().describe('Of models: the one that it is an adapter of, in the same pool.'),
}).describe('The model is a LoRA adapter.');

/** @param file the config file, from whose folder paths start */
export function poolOf(
  text: z.output<typeof pool>,
  { endpoints, file }: { readonly endpoints: readonly SocketAddress[]; readonly file: string },
): PoolConfig {
  const { health_check: check, outlier_ejection: outlier } = text;
  const resolved = (name: string | undefined) => resolveOptional(name, file);
  return {
    maxNumSeqs: text.max_num_seqs,
    tls: text.tls && {
      caFile: resolved(text.tls.ca_file),
      serverName: text.tls.server_name,
      certFile: resolved(text.tls.cert_file),
      keyFile: resolved(text.tls.key_file),
    },
    credentials: credentialsOf(text.credentials, file),
    healthCheck: check && {
      path: check.path,
      intervalMs: check.interval_s * 1000,
      timeoutMs: check.timeout_ms,
      unhealthyAfter: check.unhealthy_after,
      healthyAfter: check.healthy_after,
    },
    // With one endpoint there would be nobody left to ask.
    outliers:
      outlier.enabled && endpoints.length > 1
        ? {
            failures: outlier.failures,
            ejectionMs: outlier.ejection_s * 1000,
            ejectedPercentMax: outlier.ejected_percent_max,
          }
        : undefined,
  };
}

function credentialsOf(text: z.output<typeof credentials>, file: string): PoolCredentials {
  const { from, header, prefix = header === 'authorization' ? 'Bearer ' : '' } = text;
  if (from === 'env') return { from, name: text.name ?? '', header, prefix };
  if (from === 'file') return { from, path: resolvePath(text.path ?? '', file), header, prefix };
  return { from };
}

/** Why a certificate could not be held against any name, or undefined. */
export function tlsProblem(
  text: z.output<typeof pool>,
  endpoints: readonly SocketAddress[],
): string | undefined {
  if (text.tls === undefined || text.tls.server_name !== undefined) return undefined;
  const bare = endpoints.find(({ address }) => isIP(address) !== 0);
  if (bare === undefined) return undefined;
  return `has no server_name, and ${bare.address} is an address, which certificates seldom name; add server_name`;
}
