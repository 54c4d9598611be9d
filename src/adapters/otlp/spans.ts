import {
  type Attributes,
  type HrTime,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
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
  const scope = { name: 'sextant', version };
  const newId = idSource();
  return (record: ExchangeRecord, trace: ExchangeTrace): readonly ReadableSpan[] => {
    const offsetMs = clock.nowMs() - clock.monotonicMs();
    const make = (own: OwnPart): ReadableSpan => span({ ...own, trace, offsetMs, resource, scope });
    const endMs = trace.endedMs ?? trace.startedMs;
    const failure = genAi.failureOf(record);
    const whole = make({
      name: `sextant ${record.api}`,
      kind: SpanKind.SERVER,
      id: trace.spanId,
      parentId: trace.parentSpanId,
      startMs: trace.startedMs,
      endMs,
      attributes: exchangeAttributes(record),
      failed: failure !== undefined && record.path === 'error',
    });
    const steps = trace.stages.map(({ name, startMs, endMs: stepEndMs }) =>
      make({
        name: `sextant ${name}`,
        kind: SpanKind.INTERNAL,
        id: newId(SPAN_ID_BYTES),
        parentId: trace.spanId,
        startMs,
        endMs: stepEndMs,
        attributes: {},
        failed: false,
      }),
    );
    if (trace.sentMs === undefined || !genAi.askedModel(record)) return [whole, ...steps];
    const call = make({
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
  return told({
    ...genAi.callAttributes(record),
    [genAi.REQUEST_STREAM]: record.stream ? true : undefined,
    [genAi.INPUT_TOKENS]: record.promptTokens,
    [genAi.OUTPUT_TOKENS]: record.completionTokens,
    [genAi.FIRST_CHUNK]: record.firstTokenMs === undefined ? undefined : record.firstTokenMs / 1000,
    'sextant.tokens.estimated': record.tokensEstimated,
    'http.response.status_code': record.status === 0 ? undefined : record.status,
  });
}

/** Without what says nothing. */
function told(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined && value !== ''),
  );
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

interface SharedPart {
  readonly trace: ExchangeTrace;
  /** From the monotonic clock to the time of day. */
  readonly offsetMs: number;
  readonly resource: Resource;
  readonly scope: { readonly name: string; readonly version: string };
}

function span(part: OwnPart & SharedPart): ReadableSpan {
  const { name, kind, attributes, resource, scope, trace, offsetMs, parentId } = part;
  const place = (spanId: string): SpanContext => ({
    traceId: trace.traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
  });
  const own = place(part.id);
  return {
    name,
    kind,
    spanContext: () => own,
    ...(parentId === undefined ? {} : { parentSpanContext: place(parentId) }),
    startTime: hrTime(part.startMs + offsetMs),
    endTime: hrTime(part.endMs + offsetMs),
    duration: hrTime(Math.max(0, part.endMs - part.startMs)),
    status: { code: part.failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
