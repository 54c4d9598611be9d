import { Counter, Histogram, type Registry } from 'prom-client';
import type { ExchangeRecord, Telemetry } from '../../telemetry/contract.js';
import { countsAnswers } from './answer-metrics.js';

const OVERHEAD_BUCKETS_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const UPSTREAM_BUCKETS_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts what becomes of requests. */
export function registerExchangeMetrics(registry: Registry): Telemetry {
  const counters = createCounters(registry);
  return {
    streamFailed: (code) => counters.streamsFailed.inc({ code }),
    exchange: (record) => count(counters, record),
  };
}

type Counters = ReturnType<typeof createCounters>;

function createCounters(registry: Registry) {
  const registers = [registry];
  return {
    ...createSignalCounters(registry),
    ...createCascadeCounters(registry),
    answers: countsAnswers(registry),
    requests: new Counter({
      name: 'sextant_requests_total',
      help: 'Finished exchanges by route, way, model, decision and status class.',
      labelNames: ['route', 'path', 'model', 'decision', 'status'],
      registers,
    }),
    shadow: new Counter({
      name: 'sextant_shadow_requests_total',
      help: 'Exchanges that were only watched, by what would have become of them.',
      labelNames: ['route', 'path', 'model', 'decision', 'cache'],
      registers,
    }),
    errors: new Counter({
      name: 'sextant_errors_total',
      help: 'Requests that Sextant refused or failed, by stable error code.',
      labelNames: ['route', 'code'],
      registers,
    }),
    cache: new Counter({
      name: 'sextant_cache_requests_total',
      help: 'Cache outcomes by reason.',
      labelNames: ['route', 'outcome', 'reason'],
      registers,
    }),
    stored: new Counter({
      name: 'sextant_cache_answers_total',
      help: 'What became of answers that could have been stored.',
      labelNames: ['route', 'result'],
      registers,
    }),
    overhead: new Histogram({
      name: 'sextant_overhead_seconds',
      help: 'Time that Sextant itself took for a request, by way.',
      labelNames: ['path'],
      buckets: OVERHEAD_BUCKETS_S,
      registers,
    }),
    stages: new Histogram({
      name: 'sextant_stage_seconds',
      help: 'Time of one stage of a request.',
      labelNames: ['stage'],
      buckets: OVERHEAD_BUCKETS_S,
      registers,
    }),
    upstream: new Histogram({
      name: 'sextant_upstream_first_byte_seconds',
      help: 'Time from the request to the response headers of the upstream.',
      labelNames: ['model'],
      buckets: UPSTREAM_BUCKETS_S,
      registers,
    }),
    streamsFailed: new Counter({
      name: 'sextant_streams_failed_total',
      help: 'Streams of ext_proc that ended by an error of Sextant.',
      labelNames: ['code'],
      registers,
    }),
  };
}

/** What the policy's signals found, and how much of the prompts they read. */
function createSignalCounters(registry: Registry) {
  const registers = [registry];
  return {
    signals: new Counter({
      name: 'sextant_signals_total',
      help: 'What the signals of the policy said of prompts: match, no-match or unknown.',
      labelNames: ['route', 'signal', 'outcome'],
      registers,
    }),
    domains: new Counter({
      name: 'sextant_domains_total',
      help: 'Questions by the domain that the model holds for the likeliest one.',
      labelNames: ['route', 'domain'],
      registers,
    }),
    personal: new Counter({
      name: 'sextant_personal_data_total',
      help: 'Requests in which personal data of a type were found, by what was done about them.',
      labelNames: ['route', 'outcome', 'type'],
      registers,
    }),
    windows: new Counter({
      name: 'sextant_read_windows_total',
      help: 'Windows of conversations that guards and the search for personal data read.',
      labelNames: ['route'],
      registers,
    }),
    unread: new Counter({
      name: 'sextant_unread_characters_total',
      help: 'Characters that they were to read and did not, because the budget ran out or a window failed.',
      labelNames: ['route'],
      registers,
    }),
  };
}

function createCascadeCounters(registry: Registry) {
  return {
    cascade: new Counter({
      name: 'sextant_cascade_total',
      help: 'Answers that decisions wanted judged: kept, escalated to another model, or unjudged, and why.',
      labelNames: ['decision', 'outcome', 'reason'],
      registers: [registry],
    }),
  };
}

function count(counters: Counters, record: ExchangeRecord): void {
  const { route, path, model, decision } = record;
  countDeciding(counters, record);
  if (record.shadow === true) {
    counters.shadow.inc({ route, path, model, decision, cache: record.cache });
    return;
  }
  counters.requests.inc({ route, path, model, decision, status: statusClass(record.status) });
  counters.cache.inc({ route, outcome: record.cache, reason: record.cacheReason });
  if (record.stored !== '') counters.stored.inc({ route, result: record.stored });
  if (record.error !== '') counters.errors.inc({ route, code: record.error });
  if (record.upstreamMs !== undefined) counters.upstream.observe({ model }, record.upstreamMs / 1000);
  counters.answers(record);
  const { cascade } = record;
  if (cascade !== undefined) {
    counters.cascade.inc({ decision, outcome: cascade.outcome, reason: cascade.reason });
  }
}

/** What deciding took and found, whether or not somebody carried it out. */
function countDeciding(counters: Counters, record: ExchangeRecord): void {
  const { route, path } = record;
  counters.overhead.observe({ path }, record.overheadMs / 1000);
  for (const stage in record.stagesMs) {
    counters.stages.observe({ stage }, (record.stagesMs[stage] ?? 0) / 1000);
  }
  for (const signal in record.signals) {
    counters.signals.inc({ route, signal, outcome: record.signals[signal] ?? 'unknown' });
  }
  const { outcome = 'none', types = [] } = record.personalData ?? {};
  for (const type of types) counters.personal.inc({ route, outcome, type });
  if (record.domain !== '') counters.domains.inc({ route, domain: record.domain });
  if (record.windows !== undefined) counters.windows.inc({ route }, record.windows);
  if (record.unreadChars !== undefined) counters.unread.inc({ route }, record.unreadChars);
}

function statusClass(status: number): string {
  return status === 0 ? 'none' : `${Math.floor(status / 100)}xx`;
}
