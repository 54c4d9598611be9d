import { createServer, type Server, type Socket } from 'node:net';
import { hostInUrl } from '../lib/url-host.js';
import { type Address, clearSocketPath, closeToOthers } from './address.js';
import type { SecureServer } from './secure-listener.js';

/** A socket that takes connections for somebody else. */
export interface Listener {
  /** Where it listens, with the port that was really taken. */
  readonly address: string;
  /** Takes no more connections and removes the socket's file; those taken stay. */
  stop(): void;
}

/**
 * @param secured what takes the connections in place of a plain server, where the port speaks TLS
 * @throws Error that says why the address cannot be listened on
 */
export async function listen(
  address: Address,
  onConnection: (socket: Socket) => void,
  secured?: SecureServer,
): Promise<Listener> {
  if (address.kind === 'unix') await clearSocketPath(address.path);
  const server = secured?.server ?? createServer({ noDelay: true }, onConnection);
  await listening(server, address).catch((error: unknown) => {
    secured?.stop();
    throw error;
  });
  if (address.kind === 'unix') await closeToOthers(address.path);
  const stop = () => {
    secured?.stop();
    server.close();
  };
  return { address: boundTo(server, address), stop };
}

function listening(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new Error(`Sextant cannot listen on ${address.target}: ${error.message}`, { cause: error }));
    });
    server.once('listening', resolve);
    if (address.kind === 'unix') server.listen(address.path);
    else server.listen(address.port, address.host);
  });
}

function boundTo(server: Server, address: Address): string {
  const bound = server.address();
  if (address.kind === 'unix' || bound === null || typeof bound === 'string') return address.target;
  return `${hostInUrl(bound.address)}:${bound.port}`;
}
