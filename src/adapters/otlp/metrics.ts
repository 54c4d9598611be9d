import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { Resource } from '@opentelemetry/resources';
import {
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import type { Clock } from '../../lib/clock.js';
import type { ExchangeRecord } from '../../telemetry/contract.js';
import { CellMeter } from './cell-meter.js';
import { exchangeRecorder } from './exchange-recorder.js';
import type { ExportWatch } from './export-watch.js';
import { EXPORT_TIMEOUT_MS, exporterOptions, type OtlpSettings } from './settings.js';

/** One that says how it wants to be told. */
type TemporalExporter = PushMetricExporter &
  Required<Pick<PushMetricExporter, 'selectAggregationTemporality'>>;

export interface MetricParts {
  readonly settings: OtlpSettings;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly watch: ExportWatch;
}

/** Sends the figures of exchanges, by the names that OpenTelemetry gives them where it has any. */
export function sendMetrics({ settings, resource, clock, watch }: MetricParts) {
  const exporter = watchedExporter(settings, watch);
  // Counters and histograms are told alike: as a whole, or with OpenTelemetry's own variable by what is new.
  const temporality = exporter.selectAggregationTemporality(InstrumentType.HISTOGRAM);
  const meter = new CellMeter({ name: 'sextant', version: settings.version }, clock, temporality);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: settings.metricsIntervalMs,
    exportTimeoutMillis: Math.min(EXPORT_TIMEOUT_MS, settings.metricsIntervalMs),
    metricProducers: [meter],
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const note = exchangeRecorder(meter);
  return {
    exchange: (record: ExchangeRecord) => note(record),
    close: () => provider.shutdown(),
  };
}

function watchedExporter(settings: OtlpSettings, watch: ExportWatch): TemporalExporter {
  const exporter = new OTLPMetricExporter(exporterOptions(settings, 'metrics'));
  return {
    export: (metrics, done) => exporter.export(metrics, watch.watched('metrics', done)),
    forceFlush: () => exporter.forceFlush(),
    selectAggregationTemporality: (kind) => exporter.selectAggregationTemporality(kind),
    selectAggregation: (kind) => exporter.selectAggregation(kind),
    shutdown: () => exporter.shutdown(),
  };
}
