import { randomUUID } from 'node:crypto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import type { Clock } from '../../lib/clock.js';
import { within } from '../../lib/deadline.js';
import type { Timers } from '../../lib/timers.js';
import type { Logger, Telemetry } from '../../telemetry/contract.js';
import type { Tracing } from '../../telemetry/trace.js';
import { type ExportFigures, ExportWatch } from './export-watch.js';
import { createTracing } from './ids.js';
import type { OtlpSettings } from './settings.js';

/** What waits may still go out for so long when Sextant ends; a collector that is away must not hold it up. */
const CLOSE_MS = 2_000;

export interface OtlpParts {
  readonly settings: OtlpSettings;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

export interface OtlpTelemetry extends Telemetry {
  /** Absent where no traces are sent. */
  readonly tracing: Tracing | undefined;
  /** Batches that the collector took, and those that it did not. */
  figures(): ExportFigures;
  close(): Promise<void>;
}

/** Tells finished exchanges to a collector of OpenTelemetry. Each signal's code is loaded only where it is sent. */
export async function createOtlpTelemetry(parts: OtlpParts): Promise<OtlpTelemetry> {
  const { settings, clock, timers, logger } = parts;
  const watch = new ExportWatch(logger);
  const resource = defaultResource().merge(
    resourceFromAttributes({
      'service.name': 'sextant',
      'service.version': settings.version,
      'service.instance.id': randomUUID(),
    }),
  );
  const shared = { settings, resource, clock, watch };
  const senders = [
    ...(parts.traces ? [(await import('./traces.js')).sendTraces(shared)] : []),
    ...(parts.metrics ? [(await import('./metrics.js')).sendMetrics(shared)] : []),
  ];
  return {
    tracing: parts.traces ? createTracing(settings.sampleRatio) : undefined,
    figures: () => watch.figures(),
    exchange: (record) => {
      for (const sender of senders) sender.exchange(record);
    },
    streamFailed: () => {},
    close: async () => {
      const ended = Promise.allSettled(senders.map((sender) => sender.close()));
      await within(ended, CLOSE_MS, timers).catch(() => undefined);
    },
  };
}
