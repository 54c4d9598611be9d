import type { Attributes } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { Resource } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import type { ExchangeRecord } from '../../telemetry/contract.js';
import type { ExportWatch } from './export-watch.js';
import * as genAi from './gen-ai.js';
import { EXPORT_TIMEOUT_MS, exporterOptions, type OtlpSettings } from './settings.js';

/** The conventions name these bounds. */
const TOKEN_BOUNDS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
const DURATION_BOUNDS_S = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const FIRST_TOKEN_BOUNDS_S = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
const TOKEN_BOUNDS_S = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const OVERHEAD_BOUNDS_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

export interface MetricParts {
  readonly settings: OtlpSettings;
  readonly resource: Resource;
  readonly watch: ExportWatch;
}

/** Sends the figures of exchanges, by the names that OpenTelemetry gives them where it has any. */
export function sendMetrics({ settings, resource, watch }: MetricParts) {
  const reader = new PeriodicExportingMetricReader({
    exporter: watchedExporter(settings, watch),
    exportIntervalMillis: settings.metricsIntervalMs,
    exportTimeoutMillis: Math.min(EXPORT_TIMEOUT_MS, settings.metricsIntervalMs),
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const note = recorder(provider, settings.version);
  return {
    exchange: (record: ExchangeRecord) => note(record),
    close: () => provider.shutdown(),
  };
}

function watchedExporter(settings: OtlpSettings, watch: ExportWatch): PushMetricExporter {
  const exporter = new OTLPMetricExporter(exporterOptions(settings, 'metrics'));
  return {
    export: (metrics, done) => exporter.export(metrics, watch.watched('metrics', done)),
    forceFlush: () => exporter.forceFlush(),
    selectAggregationTemporality: (kind) => exporter.selectAggregationTemporality(kind),
    selectAggregation: (kind) => exporter.selectAggregation(kind),
    shutdown: () => exporter.shutdown(),
  };
}

function recorder(provider: MeterProvider, version: string): (record: ExchangeRecord) => void {
  const meter = provider.getMeter('sextant', version);
  const histogram = (name: string, unit: string, bounds: number[], description: string) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: bounds } });
  const tokens = histogram('gen_ai.client.token.usage', '{token}', TOKEN_BOUNDS, 'Tokens of calls, by kind.');
  const duration = histogram(
    'gen_ai.client.operation.duration',
    's',
    DURATION_BOUNDS_S,
    'Time of whole calls.',
  );
  const firstToken = histogram(
    'gen_ai.server.time_to_first_token',
    's',
    FIRST_TOKEN_BOUNDS_S,
    'Time to the first token of a stream, as the gateway saw it.',
  );
  const perToken = histogram(
    'gen_ai.server.time_per_output_token',
    's',
    TOKEN_BOUNDS_S,
    'Mean time of each token after the first, by stream.',
  );
  const requests = meter.createCounter('sextant.requests', { description: 'Finished exchanges.' });
  const overhead = histogram('sextant.overhead', 's', OVERHEAD_BOUNDS_S, 'Time that Sextant itself took.');
  const cost = meter.createCounter('sextant.cost', { unit: 'USD', description: 'What models cost.' });
  const saved = meter.createCounter('sextant.cost.saved', {
    unit: 'USD',
    description: 'What stored answers would have cost again.',
  });
  return (record) => {
    if (record.shadow === true) return;
    const { route, path, decision, cache, model, money } = record;
    requests.add(1, { route, path, decision, model, cache });
    overhead.record(record.overheadMs / 1000, { path });
    if (money !== undefined) {
      cost.add(money.costUsd, { route, decision, model });
      saved.add(money.savedByCacheUsd, { route });
    }
    if (!genAi.askedModel(record)) return;
    const call = genAi.callAttributes(record);
    const sentAfterMs = record.upstreamMs === undefined ? undefined : record.durationMs - record.overheadMs;
    if (sentAfterMs !== undefined) duration.record(Math.max(0, sentAfterMs) / 1000, call);
    if (record.firstTokenMs !== undefined) firstToken.record(record.firstTokenMs / 1000, call);
    if (record.tokenMs !== undefined) perToken.record(record.tokenMs / 1000, call);
    countTokens(record, call, (count, of) => tokens.record(count, of));
  };
}

/** The conventions want no tokens that nobody counted. */
function countTokens(
  { tokensEstimated, promptTokens, completionTokens }: ExchangeRecord,
  call: Attributes,
  count: (tokens: number, attributes: Attributes) => void,
): void {
  if (tokensEstimated === true) return;
  if (promptTokens !== undefined) count(promptTokens, { ...call, [genAi.TOKEN_TYPE]: 'input' });
  if (completionTokens !== undefined) count(completionTokens, { ...call, [genAi.TOKEN_TYPE]: 'output' });
}
