import { type HrTime, ValueType } from '@opentelemetry/api';
import { type InstrumentationScope, millisToHrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { Clock } from '../../lib/clock.js';
import { CellFamily, HistogramCell, SumCell } from './cells.js';

export interface Instrument {
  readonly name: string;
  /** As UCUM writes it; none for a plain number. */
  readonly unit?: string;
  readonly description: string;
}

type Collect = (startTime: HrTime, endTime: HrTime, anew: boolean) => MetricData;

/**
 * Counts for OpenTelemetry, and hands what it counted to a reader of its SDK. The SDK's own instruments make a key of the
 * attributes at every measurement, and an exchange makes eight of those; here who counts keeps the cell that it counts in.
 */
export class CellMeter implements MetricProducer {
  readonly #collect: Collect[] = [];
  readonly #temporality: AggregationTemporality;
  #startTime: HrTime;

  constructor(
    private readonly scope: InstrumentationScope,
    private readonly clock: Clock,
    temporality: AggregationTemporality,
  ) {
    this.#temporality = temporality;
    this.#startTime = this.#now();
  }

  counter(instrument: Instrument): CellFamily<number, SumCell> {
    const family = new CellFamily<number, SumCell>(() => new SumCell());
    this.#collect.push((startTime, endTime, anew) => ({
      ...this.#shared(instrument),
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: family.points(startTime, endTime, anew),
    }));
    return family;
  }

  histogram(instrument: Instrument, bounds: readonly number[]): CellFamily<Histogram, HistogramCell> {
    const family = new CellFamily<Histogram, HistogramCell>(() => new HistogramCell(bounds));
    this.#collect.push((startTime, endTime, anew) => ({
      ...this.#shared(instrument),
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: family.points(startTime, endTime, anew),
    }));
    return family;
  }

  async collect(): Promise<CollectionResult> {
    const endTime = this.#now();
    const anew = this.#temporality === AggregationTemporality.DELTA;
    const all = this.#collect.map((one) => one(this.#startTime, endTime, anew));
    if (anew) this.#startTime = endTime;
    const metrics = all.filter(({ dataPoints }) => dataPoints.length > 0);
    // The reader puts the resource of its own provider in its place.
    const resourceMetrics = { resource: emptyResource(), scopeMetrics: [{ scope: this.scope, metrics }] };
    return { resourceMetrics, errors: [] };
  }

  #shared({ name, unit = '', description }: Instrument) {
    const descriptor = { name, unit, description, valueType: ValueType.DOUBLE };
    return { descriptor, aggregationTemporality: this.#temporality };
  }

  #now(): HrTime {
    return millisToHrTime(this.clock.nowMs());
  }
}
