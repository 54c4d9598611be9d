/** What the order is told of an item. */
interface Born {
  readonly bornAt: number;
}

/** Below this many gaps it is not worth the while to close them. */
const GAPS_MIN = 64;

/**
 * Items in the order in which they came, for walks that go on where they stopped whatever came and went meanwhile: a
 * place is a birth, and not a position. What goes leaves a gap; gaps are closed once they are more than the items.
 */
export class BirthOrder<T extends Born> {
  private births: number[] = [];
  private items: (T | undefined)[] = [];
  private gaps = 0;

  /** The item must have been born after all others. */
  add(item: T): void {
    this.births.push(item.bornAt);
    this.items.push(item);
  }

  remove(item: T): void {
    const place = this.placeOf(item.bornAt);
    if (this.items[place] !== item) return;
    this.items[place] = undefined;
    this.gaps += 1;
    if (this.gaps > GAPS_MIN && 2 * this.gaps > this.items.length) this.close();
  }

  /** The items born before that, newest first. */
  *before(bornAt: number): Generator<T> {
    for (let place = this.placeOf(bornAt) - 1; place >= 0; place -= 1) {
      const item = this.items[place];
      if (item !== undefined) yield item;
    }
  }

  /** At most `limit` items born after that, oldest first. */
  after(bornAt: number, limit: number): readonly T[] {
    const found: T[] = [];
    for (
      let place = this.placeOf(bornAt + 1);
      place < this.items.length && found.length < limit;
      place += 1
    ) {
      const item = this.items[place];
      if (item !== undefined) found.push(item);
    }
    return found;
  }

  /** Where the first item that was not born before that stands or would stand. */
  private placeOf(bornAt: number): number {
    let [low, high] = [0, this.births.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.births[middle] ?? 0) < bornAt) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private close(): void {
    const left = this.items.filter((item) => item !== undefined);
    this.items = left;
    this.births = left.map((item) => item.bornAt);
    this.gaps = 0;
  }
}
