import { createMemoryStore, type MemoryStore } from '../../src/adapters/memory/store.js';
import type { CachePolicy } from '../../src/cache/contract.js';
import { compileDecisions } from '../../src/decision/decide.js';
import type { Decision } from '../../src/decision/rule.js';
import { createAllFlights } from '../../src/exchange/all-flights.js';
import { exchangesOf } from '../../src/exchange/exchange.js';
import type { RoutePolicy } from '../../src/exchange/policy.js';
import type { ExchangeService } from '../../src/exchange/service.js';
import type { Exchange, RequestHead, Verdict } from '../../src/exchange/verdict.js';
import type { ModelCard } from '../../src/selection/model-card.js';
import type { Encoder, Signal } from '../../src/signals/contract.js';
import { keywordSignal } from '../../src/signals/keyword.js';
import type { ExchangeRecord } from '../../src/telemetry/contract.js';
import { HEADS, readByWords, type WordReader, wordReader } from './heads.js';

/**
 * An encoder whose vectors are counts of hashed words: deterministic, and near for texts that share words. Its heads
 * know a few words.
 */
export interface WordEncoder extends Encoder {
  calls: number;
  /** What was encoded, in order. */
  readonly texts: string[];
  failure: Error | undefined;
}

export function wordEncoder(): WordEncoder {
  const encoder: WordEncoder = {
    dimension: 64,
    hash: 'words',
    heads: HEADS,
    calls: 0,
    texts: [],
    failure: undefined,
    encode: async (text) => {
      encoder.calls += 1;
      encoder.texts.push(text);
      if (encoder.failure !== undefined) throw encoder.failure;
      const vector = new Float32Array(64);
      const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
      for (const word of words) {
        let hash = 7;
        for (const char of word) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 64;
        vector[hash] = (vector[hash] ?? 0) + 1;
      }
      const norm = Math.hypot(...vector) || 1;
      return {
        vector: vector.map((x) => x / norm),
        tokens: words.length + 2,
        truncated: false,
        unknownShare: 0,
        heads: readByWords(text),
      };
    },
  };
  return encoder;
}

const FLIGHT_LIMITS = {
  flightsMax: 1000,
  followersMax: 1000,
  handOversMax: 3,
  partitionFlightsMax: 256,
  candidatesMax: 8,
};

export const SMALL: ModelCard = card('small', 1);
export const LARGE: ModelCard = card('large', 70);

export interface Harness {
  readonly service: ExchangeService;
  readonly store: MemoryStore;
  readonly encoder: WordEncoder;
  readonly reader: WordReader;
  readonly records: ExchangeRecord[];
  /** `at` is the time of day; `skippedMs` is added to the monotonic clock, which runs. */
  readonly clock: { at: number; skippedMs: number };
  open(route?: string): Exchange;
}

export interface HarnessOptions {
  readonly policy?: Partial<RoutePolicy>;
  readonly cache?: Partial<CachePolicy>;
  readonly decisions?: readonly Decision[];
  readonly ruleBlocks?: readonly Decision[];
  readonly signals?: readonly Signal[];
  readonly watching?: Pick<ExchangeService, 'watchOf' | 'served'>;
}

export function harness(options: HarnessOptions = {}): Harness {
  const encoder = wordEncoder();
  const reader = wordReader();
  const records: ExchangeRecord[] = [];
  const time = { at: 1_000_000, skippedMs: 0 };
  const clock = { nowMs: () => time.at, monotonicMs: () => performance.now() + time.skippedMs };
  const policy = policyOf(options);
  let ids = 0;
  const store = createMemoryStore({
    maxEntries: 100,
    bytesMax: 1 << 20,
    evictionPolicy: 'fifo',
    dimension: encoder.dimension,
    clock,
  });
  const service: ExchangeService = {
    policyOf: (route) => (route === undefined || route === policy.name ? policy : undefined),
    encoder,
    reader,
    store,
    ...options.watching,
    ...createAllFlights(FLIGHT_LIMITS),
    secret: new Uint8Array(32),
    clock,
    newId: () => `id-${ids++}`,
    telemetry: { exchange: (record) => records.push(record), streamFailed: () => {} },
  };
  return { service, store, encoder, reader, records, clock: time, open: exchangesOf(service) };
}

function policyOf(options: HarnessOptions): RoutePolicy {
  const signals = options.signals ?? [
    keywordSignal({
      name: 'hard_words',
      anyOf: ['prove'],
      allOf: [],
      noneOf: [],
      caseSensitive: false,
      regexes: [],
    }),
  ];
  return {
    name: 'main',
    prefix: '/',
    guarded: false,
    passPaths: new Set(['/tokenize']),
    virtualModels: new Set(['auto']),
    models: [SMALL, LARGE],
    defaultModel: SMALL,
    signals: new Map(signals.map((signal) => [signal.name, signal])),
    decisions: compileDecisions(options.decisions ?? [HARD]),
    ruleBlocks: compileDecisions(options.ruleBlocks ?? []),
    choices: new Map(),
    cache: {
      enabled: true,
      similarityThreshold: 0.8,
      ttlSeconds: 60,
      scope: 'tenant',
      maxWaitMs: 1000,
      streamFollowersWait: false,
      entryBytesMax: 100_000,
      temperatureMax: undefined,
      volatile: 'bypass',
      personalData: { action: 'bypass', types: ['EMAIL_ADDRESS', 'CREDIT_CARD', 'STREET_ADDRESS'] },
      partition: { temperatureStep: undefined, ignore: [] },
      ...options.cache,
    },
    identity: { tenantHeader: undefined, jwtClaim: undefined },
    version: 'v1',
    readUsage: true,
    hearsAnswers: true,
    bodyBytesMax: 1 << 20,
    encodeDeadlineMs: 500,
    reading: { windowsMax: 64, deadlineMs: 2000 },
    looksThrough: signals.some(({ cost, searches }) => cost === 'whole' || searches === true),
    ...options.policy,
  };
}

export const HARD: Decision = {
  name: 'hard',
  priority: 10,
  when: { kind: 'signal', signal: 'hard_words', onUnknown: 'no-match' },
  action: { kind: 'route', models: ['large'] },
  cache: true,
};

export function head(
  overrides: Partial<RequestHead> = {},
  headers: Record<string, string> = {},
): RequestHead {
  return {
    method: 'POST',
    path: '/v1/chat/completions',
    endOfStream: false,
    headers: new Map(
      Object.entries({ 'content-type': 'application/json', authorization: 'Bearer test-token', ...headers }),
    ),
    ...overrides,
  };
}

export function chat(ask: string, extra: Record<string, unknown> = {}): Uint8Array {
  return Buffer.from(JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: ask }], ...extra }));
}

export function answer(content: string, finishReason = 'stop'): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'small',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finishReason }],
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    }),
  );
}

/** Sends a request through to its verdict; the exchange stays open for the response. */
export async function ask(
  open: Harness['open'],
  body: Uint8Array,
  requestHead: RequestHead = head(),
): Promise<{ exchange: Exchange; verdict: Verdict }> {
  const exchange = open();
  const first = exchange.requestHead(requestHead);
  if (first.kind !== 'read-body') return { exchange, verdict: first };
  return { exchange, verdict: await exchange.requestBody(body, () => {}) };
}

/** Lets an upstream answer pass through an exchange that was forwarded, and ends it. */
export async function upstreamAnswers(
  exchange: Exchange,
  body: Uint8Array,
  options: { status?: number; headers?: Record<string, string>; cut?: boolean } = {},
) {
  const headers = new Map(Object.entries({ 'content-type': 'application/json', ...options.headers }));
  const verdict = exchange.responseHead({ status: options.status ?? 200, headers, endOfStream: false });
  if (verdict.readBody) exchange.responseBody(body, options.cut !== true);
  exchange.close();
  await new Promise((resolve) => setImmediate(resolve));
  return verdict;
}

function card(name: string, parametersB: number): ModelCard {
  return {
    name,
    cluster: `pool-${name}`,
    contextWindow: 32_768,
    price: { input: parametersB, output: parametersB },
    parametersB,
    modalities: [],
    weight: 1,
  };
}
