import {
  type Attributes,
  type HrTime,
  type SpanContext,
  SpanKind,
  type SpanStatus,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { type InstrumentationScope, millisToHrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../../lib/clock.js';
import type { ExchangeRecord } from '../../telemetry/contract.js';
import type { ExchangeTrace } from '../../telemetry/trace.js';
import * as genAi from './gen-ai.js';
import { idSource } from './ids.js';

export interface SpanMaker {
  readonly resource: Resource;
  readonly version: string;
  readonly clock: Clock;
}

const SPAN_ID_BYTES = 8;

/**
 * Makes the spans of an exchange once it is over, so that nothing is kept for a trace while it runs: one of the whole, one
 * of each step, and one of the call of the model. None holds any text of a prompt or an answer.
 */
export function spanMaker({ resource, version, clock }: SpanMaker) {
  const shared = { resource, scope: { name: 'sextant', version } };
  const newId = idSource();
  return (record: ExchangeRecord, trace: ExchangeTrace): readonly ReadableSpan[] => {
    const place = { ...shared, traceId: trace.traceId, offsetMs: clock.nowMs() - clock.monotonicMs() };
    const endMs = trace.endedMs ?? trace.startedMs;
    const failure = genAi.failureOf(record);
    const whole = new EndedSpan(place, {
      name: `sextant ${record.api}`,
      kind: SpanKind.SERVER,
      id: trace.spanId,
      parentId: trace.parentSpanId,
      startMs: trace.startedMs,
      endMs,
      attributes: exchangeAttributes(record),
      failed: failure !== undefined && record.path === 'error',
    });
    const steps = trace.stages.map(
      (stage) =>
        new EndedSpan(place, {
          name: `sextant ${stage.name}`,
          kind: SpanKind.INTERNAL,
          id: newId(SPAN_ID_BYTES),
          parentId: trace.spanId,
          startMs: stage.startMs,
          endMs: stage.endMs,
          attributes: NO_ATTRIBUTES,
          failed: false,
        }),
    );
    if (trace.sentMs === undefined || !genAi.askedModel(record)) return [whole, ...steps];
    const call = new EndedSpan(place, {
      name: `${genAi.operationOf(record)} ${record.model}`,
      kind: SpanKind.CLIENT,
      id: trace.callSpanId,
      parentId: trace.spanId,
      startMs: trace.sentMs,
      endMs,
      attributes: modelAttributes(record),
      failed: failure !== undefined,
    });
    return [whole, ...steps, call];
  };
}

function exchangeAttributes(record: ExchangeRecord): Attributes {
  const { money } = record;
  const matched = Object.keys(record.signals).filter((name) => record.signals[name] === 'match');
  const known: Attributes = {
    'sextant.request.id': record.id,
    'sextant.route': record.route,
    'sextant.path': record.path,
    'sextant.decision': record.decision,
    'sextant.model': record.model,
    'sextant.cache.outcome': record.cache,
    'sextant.cache.reason': record.cacheReason,
    'sextant.cache.similarity': record.similarity,
    'sextant.cache.stored': record.stored,
    'sextant.domain': record.domain,
    'sextant.signals': matched.length === 0 ? undefined : matched,
    'sextant.overhead_ms': record.overheadMs,
    'sextant.tries': record.tries,
    'sextant.cascade': record.cascade?.outcome,
    'sextant.personal_data': record.personalData?.outcome,
    'sextant.cost_usd': money?.costUsd,
    'sextant.saved_by_cache_usd': money?.savedByCacheUsd,
    'http.response.status_code': record.status === 0 ? undefined : record.status,
    [genAi.ERROR_TYPE]: record.error,
  };
  return told(known);
}

function modelAttributes(record: ExchangeRecord): Attributes {
  const { promptTokens, completionTokens, firstTokenMs, tokensEstimated, status } = record;
  const known: Attributes = genAi.callAttributes(record);
  if (record.stream) known[genAi.REQUEST_STREAM] = true;
  if (promptTokens !== undefined) known[genAi.INPUT_TOKENS] = promptTokens;
  if (completionTokens !== undefined) known[genAi.OUTPUT_TOKENS] = completionTokens;
  if (firstTokenMs !== undefined) known[genAi.FIRST_CHUNK] = firstTokenMs / 1000;
  if (tokensEstimated !== undefined) known['sextant.tokens.estimated'] = tokensEstimated;
  if (status !== 0) known['http.response.status_code'] = status;
  return known;
}

/** Without what says nothing. */
function told(attributes: Attributes): Attributes {
  const kept: Attributes = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return kept;
}

interface OwnPart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly id: string;
  readonly parentId: string | undefined;
  /** Of the monotonic clock. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  readonly failed: boolean;
}

/** Where the spans of one trace are. */
interface Place {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly traceId: string;
  /** From the monotonic clock to the time of day. */
  readonly offsetMs: number;
}

const NO_ATTRIBUTES: Attributes = {};
const NO_LINKS: ReadableSpan['links'] = [];
const NO_EVENTS: ReadableSpan['events'] = [];

/** A span that is over as it is made. A class: objects put together from parts took most of the time of a trace. */
class EndedSpan implements ReadableSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links = NO_LINKS;
  readonly events = NO_EVENTS;
  readonly ended = true;
  readonly resource: Resource;
  readonly instrumentationScope: InstrumentationScope;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly #context: SpanContext;

  constructor({ resource, scope, traceId, offsetMs }: Place, own: OwnPart) {
    this.name = own.name;
    this.kind = own.kind;
    this.#context = { traceId, spanId: own.id, traceFlags: TraceFlags.SAMPLED };
    if (own.parentId !== undefined)
      this.parentSpanContext = { traceId, spanId: own.parentId, traceFlags: TraceFlags.SAMPLED };
    this.startTime = millisToHrTime(own.startMs + offsetMs);
    this.endTime = millisToHrTime(own.endMs + offsetMs);
    this.duration = millisToHrTime(Math.max(0, own.endMs - own.startMs));
    this.status = { code: own.failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET };
    this.attributes = own.attributes;
    this.resource = resource;
    this.instrumentationScope = scope;
  }

  spanContext(): SpanContext {
    return this.#context;
  }
}
