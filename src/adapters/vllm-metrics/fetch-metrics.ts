import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** How the servers of a pool are reached by TLS. PEM; without `ca` the system's own roots count. */
export interface ServerTls {
  readonly ca: Buffer | undefined;
  /** What the certificate must name; undefined for the host. */
  readonly serverName: string | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

export interface MetricsServer {
  readonly address: string;
  readonly port: number;
  /** Undefined for plain HTTP. */
  readonly tls: ServerTls | undefined;
}

export interface MetricsFetcher {
  /**
   * The text that a server answers with. No key goes along, a client's least of all.
   *
   * @throws Error when there is none in time, it is too long, or its status is not 200; the message holds no text of it
   */
  fetch(server: MetricsServer): Promise<string>;
  close(): void;
}

/** vLLM writes some 100 KiB. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;

export function createMetricsFetcher({
  path,
  timeoutMs,
}: {
  readonly path: string;
  /** From the call to the last byte. Milliseconds. */
  readonly timeoutMs: number;
}): MetricsFetcher {
  // Asked every second or so: a handshake each time would cost the server more than the answer.
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  return {
    fetch: ({ address, port, tls }) => {
      const options = {
        host: address,
        port,
        path,
        headers: { accept: 'text/plain', 'accept-encoding': 'identity' },
        signal: AbortSignal.timeout(timeoutMs),
      };
      const call =
        tls === undefined
          ? httpRequest({ ...options, agent: http })
          : httpsRequest({ ...options, agent: https, ...tlsOptions(tls) });
      return new Promise((resolve, reject) => {
        call.on('error', reject);
        call.on('response', (response) => collect(response).then(resolve, reject));
        call.end();
      });
    },
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

function tlsOptions({ ca, serverName, cert, key }: ServerTls): Readonly<Record<string, Buffer | string>> {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function collect(response: IncomingMessage): Promise<string> {
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`it answered with status ${response.statusCode}`);
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    // Leaving the loop closes the connection.
    if (bytes > BODY_BYTES_MAX) throw new Error(`it answered with more than ${BODY_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
