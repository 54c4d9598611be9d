import type { CacheEntry, CacheStats } from '../../src/cache/contract.js';
import type { BackendSetup } from './backend-setup.js';

interface Kept {
  entry: CacheEntry;
  bornAt: number;
  usedAt: number;
  uses: number;
}

/** The contract written down as simply as can be, to compare with. */
export class ModelBackend {
  private kept: Kept[] = [];
  private evictions = 0;
  private turn = 0;

  constructor(private readonly setup: BackendSetup) {}

  findExact(partition: string, exactKey: string): CacheEntry | undefined {
    this.expire();
    const found = this.kept.find(({ entry }) => entry.partition === partition && entry.exactKey === exactKey);
    return found === undefined ? undefined : this.use(found).entry;
  }

  findNearest(partition: string, vector: Float32Array, limit: number): CacheEntry[] {
    this.expire();
    const near = this.kept
      .filter(({ entry }) => entry.partition === partition && entry.vector !== undefined)
      .sort((one, other) => dot(other.entry.vector, vector) - dot(one.entry.vector, vector))
      .slice(0, limit);
    if (near[0] !== undefined) this.use(near[0]);
    return near.map(({ entry }) => entry);
  }

  put(given: CacheEntry): void {
    this.expire();
    if (given.bytes > this.setup.bytesMax) return;
    const same = ({ entry }: Kept) =>
      entry.partition === given.partition && entry.exactKey === given.exactKey;
    const wanted = given.pinned || this.kept.some((one) => same(one) && one.entry.pinned);
    this.kept = this.kept.filter((one) => one.entry.id !== given.id && !same(one));
    const lacks = (of: Measure) => this.held(of) + of(given) > this.most(of);
    while (lacks(count) || lacks(bytes)) {
      const victim = this.victim(given, lacks(count) ? count : bytes);
      if (victim === undefined) return;
      this.kept = this.kept.filter((one) => one !== victim);
      this.evictions += 1;
    }
    this.turn += 1;
    const entry = { ...given, pinned: wanted && this.mayPin(given) };
    this.kept.push({ entry, bornAt: this.turn, usedAt: this.turn, uses: 0 });
  }

  evict(id: string): boolean {
    this.expire();
    const before = this.kept.length;
    this.kept = this.kept.filter(({ entry }) => entry.id !== id);
    return this.kept.length < before;
  }

  pin(id: string, pinned: boolean): boolean | 'refused' {
    this.expire();
    const found = this.kept.find(({ entry }) => entry.id === id);
    if (found === undefined) return false;
    if (pinned && !found.entry.pinned && !this.mayPin(found.entry)) return 'refused';
    found.entry = { ...found.entry, pinned };
    return true;
  }

  stats(): CacheStats {
    this.expire();
    return { entries: this.kept.length, bytes: this.held(bytes), evictions: this.evictions };
  }

  /**
   * The tenant that would hold most once the entry is in loses one, the one that puts in doubt; another tenant only
   * while it holds more than its share.
   */
  private victim(given: CacheEntry, of: Measure): Kept | undefined {
    const tenants = new Set([given.tenant, ...this.kept.map(({ entry }) => entry.tenant)]);
    const heads = [...tenants].flatMap((tenant) => {
      const own = ({ entry }: Kept) => entry.tenant === tenant;
      const head = this.kept.filter((one) => own(one) && !one.entry.pinned).sort(this.order)[0];
      const held = this.held(of, own) + (tenant === given.tenant ? of(given) : 0);
      return head === undefined ? [] : [{ tenant, head, held }];
    });
    const mine = heads.find(({ tenant }) => tenant === given.tenant);
    const most = heads
      .filter((each) => each !== mine)
      .sort((one, other) => other.held - one.held || this.order(one.head, other.head))[0];
    const takesOwn = mine !== undefined && (most === undefined || mine.held >= most.held);
    if (!takesOwn && most !== undefined && most.held * tenants.size > this.most(of)) return most.head;
    return mine?.head;
  }

  private readonly order = (one: Kept, other: Kept): number => {
    if (this.setup.evictionPolicy === 'fifo') return one.bornAt - other.bornAt;
    if (this.setup.evictionPolicy === 'lru') return one.usedAt - other.usedAt;
    return one.uses - other.uses || one.bornAt - other.bornAt;
  };

  private mayPin(entry: CacheEntry): boolean {
    return [count, bytes].every(
      (of) => this.held(of, (one) => one.entry.pinned) + of(entry) <= this.most(of) / 2,
    );
  }

  private use(kept: Kept): Kept {
    this.turn += 1;
    kept.uses += 1;
    kept.usedAt = this.turn;
    return kept;
  }

  private held(of: Measure, which: (kept: Kept) => boolean = () => true): number {
    return this.kept.filter(which).reduce((sum, { entry }) => sum + of(entry), 0);
  }

  private most(of: Measure): number {
    return of === count ? this.setup.maxEntries : this.setup.bytesMax;
  }

  private expire(): void {
    this.kept = this.kept.filter(({ entry }) => entry.expiresAtMs > this.setup.clock.nowMs());
  }
}

type Measure = (entry: CacheEntry) => number;
const count: Measure = () => 1;
const bytes: Measure = (entry) => entry.bytes;

function dot(one: Float32Array | undefined, other: Float32Array): number {
  return other.reduce((sum, value, index) => sum + value * (one?.[index] ?? 0), 0);
}
