import { readFile } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { createServer, type SecureContextOptions } from 'node:tls';
import type { Logger } from '../telemetry/contract.js';

/** Paths of PEM files. */
export interface ListenerTls {
  /** The chain that is shown. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Who signs the certificates of those that may connect; undefined: nobody is asked for one. */
  readonly clientCaFile?: string | undefined;
}

/** Who connects and says nothing is let go after this. Milliseconds. */
const HANDSHAKE_TIMEOUT_MS = 5000;

/** How often the files are looked at: certificates in a cluster live for hours or months. Milliseconds. */
const REREAD_INTERVAL_MS = 10_000;

/** A server that hands out connections once it knows who is there. It is not listening yet. */
export interface SecureServer {
  readonly server: Server;
  /** Reads the files no more. */
  stop(): void;
}

/**
 * A new certificate is shown to whoever connects after it was written, so that nobody has to restart for it; while the
 * files cannot be used, the one before stays.
 *
 * @param rereadIntervalMs for tests; left out, ten seconds
 * @throws Error that names the file which cannot be read or used
 */
export async function secureServer(
  tls: ListenerTls,
  { onConnection, logger, rereadIntervalMs = REREAD_INTERVAL_MS }: SecureServerOptions,
): Promise<SecureServer> {
  let files = await readFiles(tls);
  const isMutual = tls.clientCaFile !== undefined;
  const server = contextError(tls, () =>
    createServer(
      {
        ...files,
        noDelay: true,
        minVersion: 'TLSv1.2',
        ALPNProtocols: ['h2'],
        requestCert: isMutual,
        rejectUnauthorized: isMutual,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      },
      onConnection,
    ),
  );
  // A caller that breaks off in the handshake is its own affair.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const reread = async (): Promise<void> => {
    const now = await readFiles(tls);
    if (same(now, files)) return;
    contextError(tls, () => server.setSecureContext(now));
    files = now;
    logger.info({}, 'extproc.tls: the certificate was read again');
  };
  let failing = false;
  const timer = setInterval(() => {
    reread().then(
      () => {
        failing = false;
      },
      (error: Error) => {
        if (!failing) logger.warn({}, `${error.message}; the certificate before it stays`);
        failing = true;
      },
    );
  }, rereadIntervalMs);
  timer.unref();
  return { server, stop: () => clearInterval(timer) };
}

export interface SecureServerOptions {
  readonly onConnection: (socket: Socket) => void;
  readonly logger: Logger;
  readonly rereadIntervalMs?: number;
}

type Files = Pick<SecureContextOptions, 'cert' | 'key' | 'ca'>;

async function readFiles({ certFile, keyFile, clientCaFile }: ListenerTls): Promise<Files> {
  const [cert, key, ca] = await Promise.all(
    [certFile, keyFile, clientCaFile].map((path) => (path === undefined ? undefined : readPem(path))),
  );
  return {
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(ca === undefined ? {} : { ca }),
  };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new Error(`extproc.tls: ${path} cannot be read (${code}); check the path and its permissions`);
  }
}

/** What OpenSSL says of a key names no file, and may hold nothing of it. */
function contextError<Value>({ certFile, keyFile }: ListenerTls, use: () => Value): Value {
  try {
    return use();
  } catch (cause) {
    const message = `extproc.tls: ${certFile} and ${keyFile} are no certificate and its key; write both as PEM`;
    throw new Error(message, { cause });
  }
}

function same(one: Files, other: Files): boolean {
  return one.cert === other.cert && one.key === other.key && one.ca === other.ca;
}
