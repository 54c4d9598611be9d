import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** The wanted port when nobody listens on it, otherwise any free one. Loopback only. */
export async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? 0;
}

/** The port itself when it can be listened on (for 0, the one the system chose), undefined when it is taken. */
export function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, LOOPBACK, () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}

/** Why an address cannot be listened on, as the system calls it; undefined when it can. */
export function listenProblem({
  address,
  port,
}: {
  readonly address: string;
  readonly port: number;
}): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, address, () => server.close(() => resolve(undefined)));
  });
}
