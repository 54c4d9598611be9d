import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionInjector, Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { OpenAnswerJudge, OpenExchange } from '../exchange/verdict.js';
import type { Logger, Telemetry } from '../telemetry/contract.js';
import { parseAddress } from './address.js';
import type { Time } from './event-stream.js';
import { asksForJudgement, serveJudge } from './judge-stream.js';
import { type Listener, listen } from './listener.js';
import { PROCESS_PATH, SERVICE_NAME } from './proto.js';
import { type ListenerTls, secureServer } from './secure-listener.js';
import { type ProcessCall, serveStream } from './stream.js';
import { poolOf, serveTry } from './try-stream.js';

/**
 * Envoy buffers a body up to `bodyBytesMax` and answers 413 above it. A message holds the body and some framing, so
 * our own limit stands above Envoy's: were it below, gRPC would break a stream that Envoy may be told to let pass.
 */
const MESSAGE_MARGIN_BYTES = 1024 * 1024;

/** Streams at once on one connection; Envoy opens another connection for more. */
const STREAMS_PER_CONNECTION_MAX = 1024;

const KEEPALIVE_INTERVAL_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;

export interface ExtProcServerOptions {
  /** `unix:/path`, or `host:port` (port 0: any free one; no host: this machine only). */
  readonly address: string;
  readonly open: OpenExchange;
  /** Absent where no answer is judged. */
  readonly openJudge?: OpenAnswerJudge | undefined;
  /** The limit that Envoy's buffer is rendered with. Bytes. */
  readonly bodyBytesMax: number;
  /** How long a decision may take where Envoy streams bodies and has no timer for it. Milliseconds. */
  readonly decideMsMax?: number;
  /** For an address of host and port: it speaks TLS. */
  readonly tls?: ListenerTls | undefined;
  /** Left out, the system's. */
  readonly time?: Time;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

export interface DrainOptions {
  /** How long new streams are still served after health says no, so that Envoy hears of it first. Milliseconds. */
  readonly lameDuckMs: number;
  /** How long open streams may take afterwards. Milliseconds. */
  readonly graceMs: number;
}

export interface ExtProcServer {
  /** Where it listens, in the form of the option, with the port that was really taken. */
  readonly address: string;
  /** What the gRPC health service says. It begins with no. */
  setServing(serving: boolean): void;
  /** Ends without failing a request: health says no, open streams finish, the rest is cut. */
  drain(options: DrainOptions): Promise<void>;
  /** Ends at once; open streams are cut. */
  close(): Promise<void>;
}

/**
 * Starts the service that Envoy's ext_proc filter calls.
 * @throws Error when the address is malformed, taken, or cannot be listened on, or a certificate cannot be used
 */
export async function startExtProcServer(options: ExtProcServerOptions): Promise<ExtProcServer> {
  const address = parseAddress(options.address);
  const server = new Server({
    'grpc.max_receive_message_length': options.bodyBytesMax + MESSAGE_MARGIN_BYTES,
    'grpc.max_concurrent_streams': STREAMS_PER_CONNECTION_MAX,
    'grpc.keepalive_time_ms': KEEPALIVE_INTERVAL_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    // Channelz keeps books on every call, which nobody reads.
    'grpc.enable_channelz': 0,
  });
  addProcessor(server, options);
  const health = new HealthImplementation();
  health.addToServer(server);
  const setServing = (serving: boolean) => {
    for (const name of ['', SERVICE_NAME]) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  };
  setServing(false);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const onConnection = (socket: Socket) => injector.injectConnection(socket);
  const { tls, logger } = options;
  // TLS ends here and not in grpc-js, whose certificate stays what it was at the start.
  const secured = tls && (await secureServer(tls, { onConnection, logger }));
  const listener = await listen(address, onConnection, secured);
  const closing = new AbortController();
  const shut = shutdownOf({ server, injector, listener });
  return {
    address: listener.address,
    setServing,
    drain: async ({ lameDuckMs, graceMs }) => {
      setServing(false);
      await sleep(lameDuckMs, undefined, { signal: closing.signal }).catch(() => undefined);
      await shut(graceMs);
    },
    close: async () => {
      closing.abort();
      setServing(false);
      await shut(0);
    },
  };
}

function addProcessor(server: Server, options: ExtProcServerOptions): void {
  const asIs = (bytes: Buffer) => bytes;
  const definition = {
    process: {
      path: PROCESS_PATH,
      requestStream: true,
      responseStream: true,
      // Streams decode and encode themselves, so that replies which never change are encoded only once.
      requestDeserialize: asIs,
      requestSerialize: asIs,
      responseDeserialize: asIs,
      responseSerialize: asIs,
    },
  };
  server.addService(definition, {
    process: (call: ProcessCall) => {
      const pool = poolOf(call);
      if (pool !== undefined) serveTry(call, pool, options);
      else if (asksForJudgement(call)) serveJudge(call, options);
      else serveStream(call, options);
    },
  });
}

interface Parts {
  readonly server: Server;
  readonly injector: ConnectionInjector;
  readonly listener: Listener;
}

/**
 * One shutdown, however often it is asked for; a later, shorter grace cuts an earlier, longer one. The injector does
 * the cutting: without channelz, grpc-js' own `forceShutdown` knows of no session and leaves every one open.
 */
function shutdownOf({ server, injector, listener }: Parts): (graceMs: number) => Promise<void> {
  let ended: Promise<void> | undefined;
  return (graceMs) => {
    if (ended === undefined) listener.stop();
    ended ??= new Promise((resolve) => server.tryShutdown(() => resolve()));
    injector.drain(graceMs);
    return ended;
  };
}
