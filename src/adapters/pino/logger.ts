import { destination, pino } from 'pino';
import type { ExchangeRecord, Logger, Telemetry } from '../../telemetry/contract.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Lines wait for company up to this many bytes, and at most this long: a write for each would wake two processes. */
const BUFFER_BYTES = 8 * 1024;
const FLUSH_INTERVAL_MS = 200;

/**
 * JSON lines on standard output, where container platforms collect them. Lines are written behind the request, not
 * in it, and what is left is written when the process ends.
 */
export function createLogger(level: LogLevel): Logger & { flush(): void } {
  const out = destination({
    fd: 1,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_INTERVAL_MS,
  });
  const logger = pino({ level, base: { service: 'sextant' } }, out);
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    flush: () => out.flushSync(),
  };
}

/** Tells every finished exchange as one log line: numbers, names and codes; a record holds no text to leak. */
export function logExchanges(logger: Logger): Telemetry {
  return {
    exchange: (record) => logger.info(saidOf(record), 'exchange'),
    streamFailed: (code) => logger.error({ code }, 'an ext_proc stream ended by an error of ours'),
  };
}

/** Of its trace only the id belongs here: by that the two are found together. */
function saidOf(record: ExchangeRecord) {
  if (record.trace === undefined) return { exchange: record };
  const { trace, ...exchange } = record;
  return { exchange, trace_id: trace.traceId };
}
