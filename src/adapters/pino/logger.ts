import { destination, pino } from 'pino';
import type { ExchangeRecord, Logger, Telemetry } from '../../telemetry/contract.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * JSON lines on standard output, where container platforms collect them. Lines are written behind the request, not
 * in it.
 */
export function createLogger(level: LogLevel): Logger & { flush(): void } {
  const out = destination({ fd: 1, sync: false });
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
    exchange: (record: ExchangeRecord) => logger.info({ exchange: record }, 'exchange'),
    streamFailed: (code) => logger.error({ code }, 'an ext_proc stream ended by an error of ours'),
  };
}
