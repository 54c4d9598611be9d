import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, type JsonObject, parseJson } from '../lib/json.js';
import type { Activity, Work } from './activity.js';
import { type Ask, readChat, readCompletions } from './ask.js';
import {
  badRequest,
  methodNotAllowed,
  modelNotFound,
  notFound,
  type UpstreamError,
  unauthorized,
} from './errors.js';
import {
  type Fault,
  faultError,
  isFault,
  STREAM_FAILED,
  slowed,
  spoilChoices,
  spoilSteps,
} from './faults.js';
import { generate, type Persona, tokenCount } from './generate.js';
import { embeddings, modelList, tokenization } from './listing.js';
import type { EngineMetrics } from './metrics.js';
import { dueMs, type Timing } from './pace.js';
import { type Envelope, replyJson } from './reply.js';
import type { RequestLog } from './seen.js';
import { errorReply, jsonReply, METRICS_TYPE, type Reply } from './sending.js';
import { replySteps } from './stream.js';

/** All that one simulator serves. */
export interface Served {
  readonly persona: Persona;
  /** The names that may stand in `model`; the first is its own. */
  readonly names: readonly string[];
  readonly timing: Timing;
  /** Context window. Tokens. */
  readonly contextTokens: number;
  /** The key that a client must bring; undefined asks for none. */
  readonly apiKey: string | undefined;
  readonly startedAtSeconds: number;
  readonly log: RequestLog;
  readonly activity: Activity;
  readonly metrics: EngineMetrics;
  /** What every generation request meets, unless it brings its own. */
  readonly fault: Fault | undefined;
}

/** One request, its body complete. */
export interface Received {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

const VERSION = JSON.stringify({ version: '0.0.0-simulator' });

/** What the simulator says to a request. */
export function answer(received: Received, served: Served): Reply {
  const { method, path } = received;
  // Whoever watches the load asks for this all the time: it would push what a test looks for out of the log.
  if (path === '/metrics' && method === 'GET') return metricsReply(served);
  const body = method === 'POST' ? parseJson(received.body.toString('utf8')) : undefined;
  const model = isJsonObject(body) && typeof body['model'] === 'string' ? body['model'] : undefined;
  served.log.add({ method, path, model, body: received.body, rawHeaders: received.rawHeaders });
  if (lacksKey(received, served)) return errorReply(unauthorized());
  const allowed = METHODS.get(path);
  if (allowed === undefined) return errorReply(notFound());
  if (allowed !== method) return errorReply(methodNotAllowed());
  if (method === 'GET') return answerGet(path, served);
  if (!isJsonObject(body)) return errorReply(notJson());
  if (path === '/tokenize') return jsonReply(tokenization(body, served.contextTokens));
  if (model !== undefined && !served.names.includes(model)) return errorReply(modelNotFound(model));
  if (path === '/v1/embeddings') return answerEmbeddings(body);
  return answerGeneration(received, body, served);
}

function lacksKey({ path, headers }: Received, { apiKey }: Served): boolean {
  return apiKey !== undefined && path.startsWith('/v1') && headers.authorization !== `Bearer ${apiKey}`;
}

function metricsReply({ metrics }: Served): Reply {
  return { kind: 'text', contentType: METRICS_TYPE, body: metrics.text(Date.now() / 1000) };
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['/health', 'GET'],
  ['/version', 'GET'],
  ['/metrics', 'GET'],
  ['/v1/models', 'GET'],
  ['/tokenize', 'POST'],
  ['/v1/embeddings', 'POST'],
  ['/v1/chat/completions', 'POST'],
  ['/v1/completions', 'POST'],
]);

function answerGet(path: string, served: Served): Reply {
  if (path === '/health') return jsonReply('');
  if (path === '/version') return jsonReply(VERSION);
  return jsonReply(modelList(served.names, served.startedAtSeconds, served.contextTokens));
}

function answerEmbeddings(body: JsonObject): Reply {
  const { id, created } = envelopeOf('embd');
  const made = embeddings(body, id, created);
  return made.ok ? jsonReply(made.value) : errorReply(made.error);
}

function answerGeneration(received: Received, body: JsonObject, served: Served): Reply {
  const fault = faultOf(received.headers, served);
  if (fault === 'reset') return { kind: fault };
  if (fault === 'hang') return { kind: fault, work: workOf(body) };
  const refused = faultError(fault);
  if (refused !== undefined) return errorReply(refused);
  const read = received.path === '/v1/completions' ? readCompletions(body) : readChat(body);
  if (!read.ok) return errorReply(read.error);
  const ask = read.value;
  if (ask.promptTokens >= served.contextTokens) return errorReply(tooLong(ask, served.contextTokens));
  const usual = timingOf(received.headers, served.timing);
  const persona = { ...served.persona, echoes: received.headers['x-simulator-echo'] !== undefined };
  return replyTo(ask, fault, fault === 'slow' ? slowed(usual) : usual, persona);
}

function replyTo(ask: Ask, fault: Fault | undefined, timing: Timing, persona: Persona): Reply {
  const choices = spoilChoices(generate(ask, persona), fault, persona.name);
  const answerTokens = choices.reduce((sum, choice) => sum + tokenCount(choice), 0);
  const work = { model: ask.model, promptTokens: ask.promptTokens, answerTokens };
  const envelope = envelopeOf(ask.api === 'chat' ? 'chatcmpl' : 'cmpl');
  const gzip = fault === 'gzip';
  const cut = fault === 'cut';
  if (ask.stream) {
    return {
      kind: 'stream',
      steps: spoilSteps(replySteps(ask, choices, envelope), fault),
      timing,
      work,
      gzip,
      cut,
    };
  }
  if (fault === 'stream-error') return errorReply(STREAM_FAILED);
  const body = fault === 'malformed' ? '{"id": "chatcmpl-' : replyJson(ask, choices, envelope);
  const delayMs = dueMs(timing, Math.max(...choices.map(tokenCount)));
  return { kind: 'json', body, delayMs, work, gzip, cut };
}

/** Of a request that is never read further. */
function workOf(body: JsonObject): Work {
  return { model: String(body['model']), promptTokens: 0, answerTokens: 0 };
}

function faultOf(headers: IncomingHttpHeaders, served: Served): Fault | undefined {
  const asked = headers['x-simulator-fault'];
  return typeof asked === 'string' && isFault(asked) ? asked : served.fault;
}

function timingOf(headers: IncomingHttpHeaders, usual: Timing): Timing {
  return {
    ttftMs: numberOf(headers['x-simulator-ttft-ms'], usual.ttftMs),
    tokensPerSecond: numberOf(headers['x-simulator-tokens-per-second'], usual.tokensPerSecond),
  };
}

function numberOf(header: string | string[] | undefined, fallback: number): number {
  if (typeof header !== 'string') return fallback;
  const value = Number(header);
  return Number.isFinite(value) && value >= 0 ? value : fallback;
}

/** Ids are a random start and a counter: drawing random bytes for each would be felt in a benchmark. */
const ID_START = randomBytes(10).toString('hex');
let idCounter = 0;

function envelopeOf(prefix: string): Envelope {
  idCounter += 1;
  const id = `${prefix}-${ID_START}${idCounter.toString(16).padStart(12, '0')}`;
  return { id, created: Math.floor(Date.now() / 1000) };
}

function notJson(): UpstreamError {
  return {
    status: 400,
    type: 'Bad Request',
    message: "[{'type': 'json_invalid', 'loc': ('body', 0), 'msg': 'JSON decode error'}]",
    param: null,
  };
}

function tooLong(ask: Ask, contextTokens: number): UpstreamError {
  const text =
    `This model's maximum context length is ${contextTokens} tokens. ` +
    `However, your request has ${ask.promptTokens} input tokens. Please reduce the length of the input messages.`;
  return badRequest(text, 'input_tokens');
}
