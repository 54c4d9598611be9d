/** A place in a trace, as the header `traceparent` of W3C Trace Context carries it. */
export interface TracePlace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether who wrote it keeps this trace. */
  readonly sampled: boolean;
}

/** What is known of one exchange for its trace. Milliseconds of the monotonic clock. */
export interface ExchangeTrace {
  readonly traceId: string;
  /** Of the exchange as a whole. */
  readonly spanId: string;
  /** Of the call of the model. */
  readonly callSpanId: string;
  /** Absent where the trace begins here. */
  readonly parentSpanId: string | undefined;
  readonly sampled: boolean;
  readonly startedMs: number;
  /** Absent where no model was asked. */
  sentMs?: number | undefined;
  endedMs?: number | undefined;
  /** Steps on the way to the decision, as they ended. */
  readonly stages: { readonly name: string; readonly startMs: number; readonly endMs: number }[];
}

/** Begins traces, and goes on with those of others. */
export interface Tracing {
  /**
   * @param parent a `traceparent`, where there was one; what is no such thing counts as none
   * @param startedMs of the monotonic clock
   */
  begin(parent: string | undefined, startedMs: number): ExchangeTrace;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;
/** Version 00, and the longest that a later one may reasonably become. Characters. */
const CHARS_MAX = 512;

/** Undefined for a text that is none: then the trace begins anew, as the standard asks. */
export function readTraceparent(text: string | undefined): TracePlace | undefined {
  if (text === undefined || text.length > CHARS_MAX) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(text) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export function writeTraceparent({ traceId, spanId, sampled }: TracePlace): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** Whether a trace that begins here is kept. The same for everybody who asks of this trace, as OpenTelemetry counts. */
export function isSampled(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-8), 16) < ratio * 0x1_0000_0000;
}
