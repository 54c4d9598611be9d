import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { hostInUrl } from '../lib/url-host.js';
import { Activity } from './activity.js';
import { answer, type Served } from './answering.js';
import { bodyTooLarge } from './errors.js';
import type { Fault } from './faults.js';
import { EngineMetrics } from './metrics.js';
import { RequestLog, type SeenRequests } from './seen.js';
import { errorReply, type Reply, send } from './sending.js';

export interface SimulatorOptions {
  /** The model's name and the simulator's own: it stands in every answer. */
  readonly name: string;
  /** Further names under which the model is served, as with vLLM's `--served-model-name`. */
  readonly aliases?: readonly string[];
  /** Default: loopback. */
  readonly address?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Time to the first token. Milliseconds. */
  readonly ttftMs: number;
  /** 0 (or Infinity) answers all at once. */
  readonly tokensPerSecond: number;
  /** Whether answers come with `reasoning_content`. Default: false. */
  readonly reasoning?: boolean;
  /** Context window, prompt included. Tokens. Default: 131,072. */
  readonly contextTokens?: number;
  /** Served by TLS with this certificate. PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** As vLLM's `--api-key`: whoever asks under `/v1` without it is refused. */
  readonly apiKey?: string;
  /** Requests that are answered at the same time, as vLLM's `--max-num-seqs`; others wait. Default: 256. */
  readonly maxNumSeqs?: number;
  /** What its KV cache would hold, for `/metrics`. Tokens. Default: 262,144. */
  readonly kvTokens?: number;
  /** LoRA adapters that it serves by their names. */
  readonly adapters?: readonly string[];
  /** Adapters that can be used at the same time, as vLLM's `--max-loras`. Default: 1. */
  readonly maxLoras?: number;
}

/** A running upstream simulator. */
export interface Simulator {
  readonly name: string;
  readonly port: number;
  /** `http://ADDRESS:PORT`, or `https:`. */
  readonly url: string;
  /** What it was asked since the start or the last `forget`. */
  requests(): SeenRequests;
  forget(): void;
  /** Makes every following generation request fail like this; undefined heals it. A request's own header goes first. */
  setFault(fault: Fault | undefined): void;
  /** Stops at once; answers under way are cut off. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const CONTEXT_TOKENS = 131_072;
const MAX_NUM_SEQS = 256;
const KV_TOKENS = 262_144;
const BODY_BYTES_MAX = 64 * 1024 * 1024;
/** Longer than any proxy keeps an idle connection: the side that reuses it must be the one that closes it. */
const KEEP_ALIVE_TIMEOUT_MS = 3_600_000;

/**
 * Starts an upstream that speaks vLLM's OpenAI wire format and says on every answer that it is a simulator.
 *
 * @throws Error of `listen` when the port is taken
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const log = new RequestLog();
  const adapters = options.adapters ?? [];
  const activity = new Activity({
    maxNumSeqs: options.maxNumSeqs ?? MAX_NUM_SEQS,
    kvTokens: options.kvTokens ?? KV_TOKENS,
    adapters,
    maxLoras: options.maxLoras ?? 1,
  });
  const served: Served & { fault: Fault | undefined } = {
    persona: { name: options.name, reasoning: options.reasoning ?? false },
    names: [options.name, ...(options.aliases ?? []), ...adapters],
    timing: {
      ttftMs: options.ttftMs,
      tokensPerSecond: Number.isFinite(options.tokensPerSecond) ? options.tokensPerSecond : 0,
    },
    contextTokens: options.contextTokens ?? CONTEXT_TOKENS,
    apiKey: options.apiKey,
    startedAtSeconds: Math.floor(Date.now() / 1000),
    log,
    activity,
    metrics: new EngineMetrics(options.name, activity),
    fault: undefined,
  };
  const settings = { keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS, requestTimeout: 0 };
  const { tls } = options;
  const server: Server =
    tls === undefined ? createServer(settings) : createTlsServer({ ...settings, ...tls });
  server.on('request', (request, response) => receive(request, response, served));
  const address = options.address ?? LOOPBACK;
  const port = await listen(server, address, options.port);
  return {
    name: options.name,
    port,
    url: `${tls === undefined ? 'http' : 'https'}://${hostInUrl(address)}:${port}`,
    requests: () => log.read(),
    forget: () => log.clear(),
    setFault: (fault) => {
      served.fault = fault;
    },
    close: () => close(server),
  };
}

/** Collects the body, then answers. Bodies of one chunk, which are nearly all, are not copied. */
function receive(request: IncomingMessage, response: ServerResponse, served: Served): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  });
  request.on('end', () => {
    const [first] = chunks;
    const body = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
    const { method = 'GET', url = '/', headers, rawHeaders } = request;
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    const reply =
      bytes > BODY_BYTES_MAX
        ? errorReply(bodyTooLarge())
        : answer({ method, path, headers, rawHeaders, body }, served);
    answerInTurn(response, reply, served);
  });
}

/** What the engine has to work on waits until there is room for it. */
function answerInTurn(response: ServerResponse, reply: Reply, { persona, activity }: Served): void {
  const work = 'work' in reply ? reply.work : undefined;
  const sendNow = (): void => send(response, persona.name, reply);
  if (work === undefined) sendNow();
  else response.on('close', activity.begin(work, sendNow));
}

function listen(server: Server, address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
