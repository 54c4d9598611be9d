import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../../lib/clock.js';
import type { ExchangeRecord } from '../../telemetry/contract.js';
import type { ExportWatch } from './export-watch.js';
import { EXPORT_TIMEOUT_MS, exporterOptions, type OtlpSettings } from './settings.js';
import { spanMaker } from './spans.js';

/** What waits for a collector; more is dropped. A span weighs about a kilobyte. */
const QUEUE = { maxQueueSize: 4096, maxExportBatchSize: 512, scheduledDelayMillis: 1_000 };

export interface TraceParts {
  readonly settings: OtlpSettings;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly watch: ExportWatch;
}

/** Sends the spans of exchanges that are kept. */
export function sendTraces({ settings, resource, clock, watch }: TraceParts) {
  const exporter = new OTLPTraceExporter(exporterOptions(settings, 'traces'));
  const watched: SpanExporter = {
    export: (spans, done) => exporter.export([...spans], watch.watched('traces', done)),
    shutdown: () => exporter.shutdown(),
  };
  const queue = new BatchSpanProcessor(watched, { ...QUEUE, exportTimeoutMillis: EXPORT_TIMEOUT_MS });
  const spansOf = spanMaker({ resource, version: settings.version, clock });
  return {
    exchange: (record: ExchangeRecord) => {
      const { trace } = record;
      if (trace?.sampled !== true) return;
      for (const span of spansOf(record, trace)) queue.onEnd(span);
    },
    close: () => queue.shutdown(),
  };
}
