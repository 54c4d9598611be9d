/** Where a heap keeps an item's place, so that any item can be moved or taken out without a search. */
export interface HeapOptions<T> {
  /** Below 0 when `one` comes out before `other`. */
  readonly compare: (one: T, other: T) => number;
  readonly placeOf: (item: T) => number;
  readonly setPlace: (item: T, place: number) => void;
}

/** A binary heap whose items know their place: every change costs the logarithm of its size. */
export class Heap<T> {
  private readonly items: T[] = [];

  constructor(private readonly options: HeapOptions<T>) {}

  /** The item that comes out first. */
  first(): T | undefined {
    return this.items[0];
  }

  add(item: T): void {
    this.put(item, this.items.length);
    this.raise(item);
  }

  /** The item must be in the heap. */
  remove(item: T): void {
    const place = this.options.placeOf(item);
    const last = this.items.pop();
    if (last === undefined || last === item) return;
    this.put(last, place);
    this.moved(last);
  }

  /** Must be called when what `compare` reads of an item has changed. */
  moved(item: T): void {
    this.raise(item);
    this.sink(item);
  }

  private raise(item: T): void {
    for (let place = this.options.placeOf(item); place > 0; ) {
      const above = (place - 1) >> 1;
      const parent = this.items[above];
      if (parent === undefined || this.options.compare(parent, item) <= 0) return;
      this.put(parent, place);
      this.put(item, above);
      place = above;
    }
  }

  private sink(item: T): void {
    for (let place = this.options.placeOf(item); ; ) {
      const below = this.smallerChild(place);
      const child = this.items[below];
      if (child === undefined || this.options.compare(item, child) <= 0) return;
      this.put(child, place);
      this.put(item, below);
      place = below;
    }
  }

  private smallerChild(place: number): number {
    const left = 2 * place + 1;
    const [one, other] = [this.items[left], this.items[left + 1]];
    return one !== undefined && other !== undefined && this.options.compare(other, one) < 0 ? left + 1 : left;
  }

  private put(item: T, place: number): void {
    this.items[place] = item;
    this.options.setPlace(item, place);
  }
}
