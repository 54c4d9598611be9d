import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';

/** Longest path that fits into `sockaddr_un` with its closing zero. Bytes. */
const SOCKET_PATH_BYTES_MAX = 107;

const PROBE_TIMEOUT_MS = 500;

export type Address =
  | { readonly kind: 'unix'; readonly path: string; readonly target: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly target: string };

/**
 * Reads `unix:/path` or `host:port`. Without a host it means this machine only.
 * @throws Error that says what is wrong with the address
 */
export function parseAddress(text: string): Address {
  if (text.startsWith('unix:')) return unixAddress(text.replace(/^unix:(\/\/)?/, ''));
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (colon < 0 || text.endsWith(':') || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`The address "${text}" is neither unix:/path nor host:port with a port from 0 to 65535.`);
  }
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, '$1') || '127.0.0.1';
  return { kind: 'tcp', host, port, target: text };
}

/**
 * Makes way for a socket: a file that a dead process left is removed, a living one is an error.
 * @throws Error that says who or what is in the way
 */
export async function clearSocketPath(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) {
    const folder = await lstat(dirname(path)).catch(() => undefined);
    if (folder !== undefined) return;
    throw new Error(`The folder of the socket ${path} does not exist. Create it, or choose another path.`);
  }
  if (!found.isSocket()) {
    throw new Error(`${path} exists and is not a socket. Remove it, or choose another path for the socket.`);
  }
  if (await answers(path)) {
    throw new Error(`Another process serves on ${path}. Stop it, or choose another path for the socket.`, {
      cause: { code: 'EADDRINUSE' },
    });
  }
  await unlink(path).catch(() => undefined);
}

/** Only the owner may connect: whoever can reach this socket can read every prompt's verdict. */
export async function closeToOthers(path: string): Promise<void> {
  await chmod(path, 0o600);
}

function unixAddress(path: string): Address {
  const bytes = Buffer.byteLength(path);
  if (!path.startsWith('/')) throw new Error(`The socket path "${path}" is not absolute. Write unix:/path.`);
  if (bytes > SOCKET_PATH_BYTES_MAX) {
    throw new Error(
      `The socket path ${path} has ${bytes} bytes; the system takes ${SOCKET_PATH_BYTES_MAX}. Choose a shorter one.`,
    );
  }
  return { kind: 'unix', path, target: `unix:${path}` };
}

/** A process that is too busy to accept is alive, so only a refusal counts as dead. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (alive: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(alive);
    };
    const timer = setTimeout(() => done(true), PROBE_TIMEOUT_MS);
    socket.once('connect', () => done(true));
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code !== 'ECONNREFUSED'));
  });
}
