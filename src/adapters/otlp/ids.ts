import { randomFillSync } from 'node:crypto';
import { isSampled, readTraceparent, type Tracing } from '../../telemetry/trace.js';

/** Random bytes are drawn many at a time: one call for each id would cost more than all else that a trace does. */
const POOL_BYTES = 8192;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** Goes on with the traces of others as they decided, and keeps a share of those that begin here. */
export function createTracing(sampleRatio: number): Tracing {
  const id = idSource();
  return {
    begin(text, startedMs) {
      const parent = readTraceparent(text);
      const traceId = parent?.traceId ?? id(TRACE_ID_BYTES);
      return {
        traceId,
        spanId: id(SPAN_ID_BYTES),
        callSpanId: id(SPAN_ID_BYTES),
        parentSpanId: parent?.spanId,
        sampled: parent?.sampled ?? isSampled(traceId, sampleRatio),
        startedMs,
        stages: [],
      };
    },
  };
}

/** Gives hexadecimal ids. One of zeros only means none; chance gives it less often than hardware fails. */
export function idSource(): (bytes: number) => string {
  const pool = Buffer.alloc(POOL_BYTES);
  let at = POOL_BYTES;
  return (bytes) => {
    if (at + bytes > POOL_BYTES) {
      randomFillSync(pool);
      at = 0;
    }
    at += bytes;
    return pool.toString('hex', at - bytes, at);
  };
}
