import type { Sight } from '../selection/scoring.js';
import { JudgeDesk } from './judging.js';
import type { Learning } from './learning.js';
import type { ExchangeService } from './service.js';

/**
 * The same service for a request whose decision nobody carries out. It finds what is stored and sees what is seen, and
 * leaves nothing behind: nothing is stored or learnt, nobody waits for it, and it waits for nobody. An error bound would
 * learn from being asked, so it is not.
 */
export function withoutTrace(service: ExchangeService): ExchangeService {
  const { store, fallback, learning, sight, judging } = service;
  return {
    ...service,
    // A model that has rested is tried by one request, and this is none.
    fallback: fallback && {
      budget: { mayRetry: (nowMs) => fallback.budget.mayRetry(nowMs), spent: () => undefined },
      health: { ...fallback.health, probe: () => undefined, answered: () => undefined },
    },
    learning: learning && onlyBelieving(learning),
    sight: sight && onlySeeing(sight),
    // Whoever is judged here has no answer.
    judging: judging && new JudgeDesk({ answersMax: Number.POSITIVE_INFINITY, bytesMax: 0 }),
    store: {
      findExact: (partition, exactKey) => store.findExact(partition, exactKey),
      findNearest: (partition, vector, limit) => store.findNearest(partition, vector, limit),
      put: () => undefined,
    },
    flights: { join: () => ({ kind: 'leader', settle: () => undefined }) },
    nearFlights: { near: () => [], open: () => undefined },
    watchOf: undefined,
    served: undefined,
    recorder: undefined,
    recent: undefined,
    telemetry: { exchange: () => undefined, streamFailed: () => undefined },
    tracing: undefined,
  };
}

function onlyBelieving(learning: Learning): Learning {
  return {
    believed: (decision) => learning.believed(decision),
    ask: (decision) => {
      const corrections = learning.believed(decision);
      return corrections && { corrections, drawn: undefined, sent: () => undefined };
    },
    forget: () => undefined,
    hears: new Set(),
    answerTo: () => undefined,
    sign: () => undefined,
  };
}

function onlySeeing({ load, adapters, latency, conversations }: Sight): Sight {
  return {
    adapters,
    latency: latency && { latencyOf: (model) => latency.latencyOf(model), answered: () => undefined },
    conversations: conversations && { ...conversations, note: () => undefined },
    load: load && { loadOf: (cluster) => load.loadOf(cluster), sent: () => undefined },
  };
}
