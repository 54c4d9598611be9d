import type { Attributes, HrTime } from '@opentelemetry/api';
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';

/** Sets of attributes of one name. What comes after them is counted together, as OpenTelemetry's own SDK does it. */
const CELLS_MAX = 2_000;
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

/** Counts what has one set of attributes. */
interface Cell<V> {
  /** False where nothing was counted yet. */
  readonly used: boolean;
  value(): V;
  reset(): void;
}

export class SumCell implements Cell<number> {
  used = false;
  #sum = 0;

  add(amount: number): void {
    this.used = true;
    this.#sum += amount;
  }

  value(): number {
    return this.#sum;
  }

  reset(): void {
    this.used = false;
    this.#sum = 0;
  }
}

export class HistogramCell implements Cell<Histogram> {
  #sum = 0;
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  readonly #counts: number[];

  /** @param bounds upper ones, which their buckets include, in rising order */
  constructor(private readonly bounds: readonly number[]) {
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  get used(): boolean {
    return this.#count > 0;
  }

  record(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  value(): Histogram {
    const buckets = { boundaries: [...this.bounds], counts: [...this.#counts] };
    return { buckets, sum: this.#sum, count: this.#count, min: this.#min, max: this.#max };
  }

  reset(): void {
    this.#sum = 0;
    this.#count = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = Number.NEGATIVE_INFINITY;
    this.#counts.fill(0);
  }
}

/** The cells of one name, one for each set of attributes. */
export class CellFamily<V, C extends Cell<V>> {
  readonly #cells = new Map<string, { readonly attributes: Attributes; readonly cell: C }>();

  constructor(private readonly make: () => C) {}

  /** The one of these attributes, always the same. To be kept by who counts: this looks for it by all of them. */
  of(attributes: Attributes): C {
    const key = JSON.stringify(attributes);
    const found = this.#cells.get(key);
    if (found !== undefined) return found.cell;
    if (this.#cells.size >= CELLS_MAX && attributes !== OVERFLOW) return this.of(OVERFLOW);
    const cell = this.make();
    this.#cells.set(key, { attributes, cell });
    return cell;
  }

  /** What was counted; with `anew` all begin from nothing again. */
  points(startTime: HrTime, endTime: HrTime, anew: boolean): DataPoint<V>[] {
    const used = [...this.#cells.values()].filter(({ cell }) => cell.used);
    return used.map(({ attributes, cell }) => {
      const value = cell.value();
      if (anew) cell.reset();
      return { startTime, endTime, attributes, value };
    });
  }
}
