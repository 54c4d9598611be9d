import { readFile } from 'node:fs/promises';
import type { Access } from '../admin/access.js';
import type { ListenTls } from '../admin/listen.js';
import { startProbes } from '../admin/probes.js';
import { type AdminOptions, type AdminServer, startAdmin } from '../admin/server.js';
import type { Config } from '../config/config.js';

/** The listeners for operators and for probes, opened and closed together. */
export interface OpenedAdmin extends AdminServer {
  /** Undefined where the admin listener serves the probes. */
  readonly probeUrl: string | undefined;
}

export interface OpenAdminOptions extends Omit<AdminOptions, 'address' | 'port' | 'access' | 'tls'> {
  /** The config that is served: its tokens and names count. Where we listen, and by which certificate, stays. */
  readonly now: () => Pick<Config, 'admin'>;
}

/** @throws Error that names the file that cannot be read, or says why a listener cannot listen */
export async function openAdmin(
  { admin, probe }: Pick<Config, 'admin' | 'probe'>,
  { now, ...options }: OpenAdminOptions,
): Promise<OpenedAdmin> {
  const { address, port } = admin;
  const tls = admin.tls && (await tlsOf(admin.tls));
  const clientsVerified = tls?.clientCa !== undefined;
  const access = () => accessOf(now().admin, clientsVerified);
  const operators = await startAdmin({ ...options, address, port, tls, access });
  const probes = probe && startProbes({ ...probe, ready: options.ready, metrics: options.metrics });
  const opened = await probes?.catch(async (error: unknown) => {
    await operators.close();
    throw error;
  });
  return {
    url: operators.url,
    probeUrl: opened?.url,
    close: async () => {
      await Promise.all([operators.close(), opened?.close()]);
    },
  };
}

function accessOf({ hosts, token, readOnlyToken }: Config['admin'], clientsVerified: boolean): Access {
  const tokens = [
    ...(token === undefined ? [] : [{ role: 'operate' as const, secret: token }]),
    ...(readOnlyToken === undefined ? [] : [{ role: 'read' as const, secret: readOnlyToken }]),
  ];
  return { hosts, tokens, clientsVerified };
}

async function tlsOf(files: NonNullable<Config['admin']['tls']>): Promise<ListenTls> {
  const { certificateFile, keyFile, clientCaFile } = files;
  return {
    certificate: await pem(certificateFile),
    key: await pem(keyFile),
    clientCa: clientCaFile === undefined ? undefined : await pem(clientCaFile),
  };
}

async function pem(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: Error) => {
    throw new Error(`the admin listener cannot read ${path}: ${cause.message}`, { cause });
  });
}
