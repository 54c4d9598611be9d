import { randomBytes, randomUUID } from 'node:crypto';
import { createMemoryStore } from '../adapters/memory/store.js';
import type { OnnxEncoder } from '../adapters/onnx/encoder.js';
import type { Config } from '../config/config.js';
import { createAllFlights } from '../exchange/all-flights.js';
import { type Explain, explainOf } from '../exchange/explain.js';
import type { RecordedRow, RecordingHead } from '../exchange/recorded.js';
import { type Replayed, replayRow } from '../exchange/replay.js';
import type { ExchangeService } from '../exchange/service.js';
import { systemClock } from '../lib/clock.js';
import { noTelemetry } from '../telemetry/contract.js';
import { buildPolicies, type PolicyParts } from './policies.js';
import { definitionsOf, textlessSignals } from './signal-definitions.js';

/** Nobody waits behind a question that is explained, so its passes may take this long, a cold start included. Milliseconds. */
const DEADLINE_MS = 10_000;
const NO_FLIGHTS = {
  flightsMax: 1,
  followersMax: 1,
  handOversMax: 1,
  partitionFlightsMax: 1,
  candidatesMax: 1,
};
const EMPTY_STORE = { maxEntries: 1, bytesMax: 1, evictionPolicy: 'fifo' } as const;

export interface ExplainingParts extends Pick<PolicyParts, 'readHead' | 'readRouter'> {
  readonly encoder: OnnxEncoder;
}

/** A config that nobody serves, to be asked. */
export interface Explaining {
  readonly explain: Explain;
  /** @param head of the recording that the row is from */
  replay(row: RecordedRow, head: RecordingHead): Promise<Replayed>;
}

/**
 * Explains and replays by a config that nobody serves: the same story over the same policies, with a cache that is
 * empty.
 */
export async function openExplaining(config: Config, parts: ExplainingParts): Promise<Explaining> {
  const service = await quietService(config, parts);
  const { hash, headsHash } = parts.encoder;
  const definitions = Object.entries(definitionsOf(config, { encoder: hash, heads: headsHash }));
  const textless = textlessSignals(config);
  const same = (head: RecordingHead) =>
    new Set(definitions.filter(([name, hash]) => head.signals[name] === hash).map(([name]) => name));
  return {
    explain: explainOf(service),
    replay: (row, head) => replayRow(service, row, { same: same(head), textless }),
  };
}

/** A service that nobody asks but us. */
async function quietService(
  config: Config,
  { encoder, ...reading }: ExplainingParts,
): Promise<ExchangeService> {
  const patient = { ...config.encoder, deadlineMs: DEADLINE_MS, readDeadlineMs: DEADLINE_MS };
  const policies = await buildPolicies(
    { ...config, encoder: patient },
    { ...reading, encoder: Promise.resolve(encoder) },
  );
  const [first] = policies.values();
  return {
    policyOf: (route) => (route === undefined ? first : policies.get(route)),
    encoder,
    reader: encoder,
    store: createMemoryStore({ ...EMPTY_STORE, dimension: encoder.dimension, clock: systemClock }),
    pairJudge: encoder.pairJudge,
    ...createAllFlights(NO_FLIGHTS),
    secret: randomBytes(32),
    clock: systemClock,
    newId: randomUUID,
    telemetry: noTelemetry,
  };
}
