import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, waitUntil } from './ports.js';

const BINARY = fileURLToPath(new URL('../../.tools/toxiproxy-2.12.0/server', import.meta.url));

/** `make tools` builds it; where it is missing, the tests that need it are left out by name. */
export const hasToxiproxy = existsSync(BINARY);

/** What toxiproxy can do to the bytes that come back from a server. */
export type Toxic =
  | { readonly type: 'latency'; readonly attributes: { readonly latency: number } }
  | { readonly type: 'timeout'; readonly attributes: { readonly timeout: number } }
  | { readonly type: 'reset_peer'; readonly attributes: { readonly timeout: number } }
  | { readonly type: 'bandwidth'; readonly attributes: { readonly rate: number } };

/** A network that can be made bad. */
export interface BadNetwork {
  /** Where the server behind it is reached. */
  readonly port: number;
  /** Nothing listens any more, or something does again. */
  listen(enabled: boolean): Promise<void>;
  poison(toxic: Toxic): Promise<void>;
  /** All is well again. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBadNetwork(serverPort: number): Promise<BadNetwork> {
  const [api, port] = [await freePort(), await freePort()];
  const child = spawn(BINARY, ['-host', '127.0.0.1', '-port', String(api)], { stdio: 'ignore' });
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${api}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`toxiproxy answers ${answer.status} to ${method} ${path}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  await waitUntil('toxiproxy to listen', () =>
    call('GET', '/version').then(
      () => true,
      () => false,
    ),
  );
  const listen = `127.0.0.1:${port}`;
  await call('POST', '/proxies', {
    name: 'server',
    listen,
    upstream: `127.0.0.1:${serverPort}`,
    enabled: true,
  });
  return {
    port,
    listen: async (enabled) => {
      await call('POST', '/proxies/server', { enabled });
    },
    poison: async (toxic) => {
      await call('POST', '/proxies/server/toxics', { name: 'toxic', stream: 'downstream', ...toxic });
    },
    heal: async () => {
      await call('POST', '/reset');
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
