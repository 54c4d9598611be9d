import { describe, expect, test } from '@jest/globals';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { CellMeter } from '../../../../src/adapters/otlp/cell-meter.js';

const BOUNDS = [0.01, 0.1, 1, 10];
const SCOPE = { name: 'sextant', version: '0' };
const COUNTER = { name: 'counted', unit: '{thing}', description: 'Things.' };
const HISTOGRAM = { name: 'measured', unit: 's', description: 'Time.' };

/** One measurement: what is measured, of what, and whether somebody collects afterwards. */
const measurement = fc.record({
  of: fc.record({ model: fc.constantFrom('small', 'large'), kind: fc.constantFrom('input', 'output') }),
  kind: fc.constantFrom('counter', 'histogram'),
  amount: fc.oneof(fc.constantFrom(0, ...BOUNDS), fc.double({ min: 0, max: 100, noNaN: true })),
  collected: fc.boolean(),
});

describe.each([
  ['as a whole', AggregationTemporality.CUMULATIVE],
  ['by what is new', AggregationTemporality.DELTA],
])('a meter of cells that tells %s', (_, temporality) => {
  test("says what OpenTelemetry's own instruments say of the same measurements", async () => {
    const measurements = fc.array(measurement, { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(measurements, async (all) => {
        const cells = cellSide(temporality);
        const own = sdkSide(temporality);
        for (const one of [...all, { ...LAST, collected: true }]) {
          cells.measure(one);
          own.measure(one);
          if (one.collected) expect(await cells.collect()).toEqual(await own.collect());
        }
        await own.close();
      }),
      { numRuns: 50 },
    );
  });
});

test('begins a time where the one before ended, and only where it tells what is new', async () => {
  const clock = { nowMs: () => now, monotonicMs: () => now };
  let now = 1_000;
  const delta = new CellMeter(SCOPE, clock, AggregationTemporality.DELTA);
  const whole = new CellMeter(SCOPE, clock, AggregationTemporality.CUMULATIVE);
  const times: unknown[] = [];
  const families = [delta, whole].map((meter) => meter.counter(COUNTER));
  for (now of [2_500, 4_000]) {
    for (const family of families) family.of({}).add(1);
    for (const meter of [delta, whole]) {
      const [metric] = metricsOf(await meter.collect());
      times.push([metric?.dataPoints[0]?.startTime, metric?.dataPoints[0]?.endTime]);
    }
  }
  const at1 = [1, 0];
  const at2 = [2, 5e8];
  const at4 = [4, 0];
  expect(times).toEqual([
    [at1, at2],
    [at1, at2],
    [at2, at4],
    [at1, at4],
  ]);
});

test('counts together what comes after two thousand kinds', async () => {
  const meter = new CellMeter(
    SCOPE,
    { nowMs: () => 0, monotonicMs: () => 0 },
    AggregationTemporality.CUMULATIVE,
  );
  const family = meter.counter(COUNTER);
  for (let at = 0; at < 2_005; at += 1) family.of({ model: String(at) }).add(1);
  const [metric] = metricsOf(await meter.collect());
  expect(metric?.dataPoints).toHaveLength(2_001);
  expect(metric?.dataPoints.at(-1)).toMatchObject({ attributes: { 'otel.metric.overflow': true }, value: 5 });
});

interface Measurement {
  readonly of: { readonly model: string; readonly kind: string };
  readonly kind: 'counter' | 'histogram';
  readonly amount: number;
}

const LAST: Measurement = { of: { model: 'small', kind: 'input' }, kind: 'counter', amount: 1 };

function cellSide(temporality: AggregationTemporality) {
  const meter = new CellMeter(SCOPE, { nowMs: Date.now, monotonicMs: () => 0 }, temporality);
  const counter = meter.counter(COUNTER);
  const histogram = meter.histogram(HISTOGRAM, BOUNDS);
  return {
    measure: ({ of, kind, amount }: Measurement) =>
      kind === 'counter' ? counter.of(of).add(amount) : histogram.of(of).record(amount),
    collect: async () => comparable(metricsOf(await meter.collect())),
  };
}

function sdkSide(temporality: AggregationTemporality) {
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(temporality),
    exportIntervalMillis: 1e9,
  });
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter(SCOPE.name, SCOPE.version);
  const counter = meter.createCounter(COUNTER.name, COUNTER);
  const advice = { explicitBucketBoundaries: BOUNDS };
  const histogram = meter.createHistogram(HISTOGRAM.name, { ...HISTOGRAM, advice });
  return {
    measure: ({ of, kind, amount }: Measurement) =>
      kind === 'counter' ? counter.add(amount, of) : histogram.record(amount, of),
    collect: async () => comparable(metricsOf(await reader.collect())),
    close: () => provider.shutdown(),
  };
}

function metricsOf(result: Awaited<ReturnType<CellMeter['collect']>>): readonly MetricData[] {
  return result.resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
}

/** Without what may differ: times, and the order. */
function comparable(metrics: readonly MetricData[]) {
  return metrics
    .filter(({ dataPoints }) => dataPoints.length > 0)
    .map(({ descriptor, dataPoints, ...rest }) => ({
      ...rest,
      named: [descriptor.name, descriptor.unit, descriptor.description, descriptor.valueType],
      points: dataPoints
        .map(({ attributes, value }) => ({ attributes, value }))
        .sort((a, b) => JSON.stringify(a.attributes).localeCompare(JSON.stringify(b.attributes))),
    }))
    .sort((a, b) => String(a.named).localeCompare(String(b.named)));
}
