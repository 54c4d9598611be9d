import { Heap } from './heap.js';
import { type EvictionOrder, evictionHeap, type Kept } from './kept.js';

/** What a store has a bound on. */
export type Resource = 'entries' | 'bytes';

interface Tenant {
  readonly name: string;
  /** All that it holds, what is pinned as well. */
  readonly held: Record<Resource, number>;
  /** What may be evicted: all that is not pinned. */
  readonly evictable: Heap<Kept>;
  evictables: number;
  readonly places: Record<Resource, number>;
}

/**
 * Who has to make way when a store is full. Each tenant's share is the bound divided by the tenants present. The one
 * that would hold most once the new entry is in loses one, by the order of eviction; another than the one that puts
 * only while it holds more than its share. So a tenant within its share loses nothing to anybody else, and every change
 * costs the logarithm of what is kept.
 */
export class Shares {
  private readonly tenants = new Map<string, Tenant>();
  /** The tenants that have something to evict, the one that holds most first. */
  private readonly most: Record<Resource, Heap<Tenant>>;

  constructor(
    private readonly bounds: Readonly<Record<Resource, number>>,
    private readonly order: EvictionOrder,
  ) {
    this.most = { entries: this.tenantHeap('entries'), bytes: this.tenantHeap('bytes') };
  }

  enter(kept: Kept): void {
    let tenant = this.tenants.get(kept.entry.tenant);
    if (tenant === undefined) {
      tenant = newTenant(kept.entry.tenant, evictionHeap(this.order));
      this.tenants.set(tenant.name, tenant);
    }
    tenant.held.entries += 1;
    tenant.held.bytes += kept.entry.bytes;
    if (!kept.entry.pinned) this.offer(tenant, kept);
    else this.moved(tenant);
  }

  leave(kept: Kept): void {
    const tenant = this.tenants.get(kept.entry.tenant);
    if (tenant === undefined) return;
    tenant.held.entries -= 1;
    tenant.held.bytes -= kept.entry.bytes;
    if (!kept.entry.pinned) this.withdraw(tenant, kept);
    else this.moved(tenant);
    if (tenant.held.entries === 0) this.tenants.delete(tenant.name);
  }

  /** Must be called when what the order of eviction reads of it has changed. */
  used(kept: Kept): void {
    const tenant = this.tenants.get(kept.entry.tenant);
    if (tenant === undefined || kept.entry.pinned) return;
    const wasFirst = tenant.evictable.first() === kept;
    tenant.evictable.moved(kept);
    // Tenants that hold the same are told apart by who of theirs goes first.
    if (wasFirst) this.moved(tenant);
  }

  /** Must be called after the pin of a kept entry has changed. */
  repinned(kept: Kept): void {
    const tenant = this.tenants.get(kept.entry.tenant);
    if (tenant === undefined) return;
    if (kept.entry.pinned) this.withdraw(tenant, kept);
    else this.offer(tenant, kept);
  }

  /** Who goes so that `wanted` fits; undefined when nobody has to make way for it. */
  victim(wanted: { readonly tenant: string; readonly bytes: number }, lacking: Resource): Kept | undefined {
    const own = this.tenants.get(wanted.tenant);
    const added = lacking === 'entries' ? 1 : wanted.bytes;
    const ownHeld = (own?.held[lacking] ?? 0) + added;
    const most = this.most[lacking].first();
    const ownFirst = own?.evictable.first();
    if (most === undefined || most === own) return ownFirst;
    if (ownFirst !== undefined && ownHeld >= most.held[lacking]) return ownFirst;
    const present = this.tenants.size + (own === undefined ? 1 : 0);
    const isAboveShare = most.held[lacking] * present > this.bounds[lacking];
    return isAboveShare ? most.evictable.first() : ownFirst;
  }

  private offer(tenant: Tenant, kept: Kept): void {
    tenant.evictable.add(kept);
    tenant.evictables += 1;
    if (tenant.evictables > 1) this.moved(tenant);
    else for (const heap of Object.values(this.most)) heap.add(tenant);
  }

  private withdraw(tenant: Tenant, kept: Kept): void {
    // While it still has a first one, or the heaps could not compare it.
    if (tenant.evictables === 1) for (const heap of Object.values(this.most)) heap.remove(tenant);
    tenant.evictable.remove(kept);
    tenant.evictables -= 1;
    this.moved(tenant);
  }

  private moved(tenant: Tenant): void {
    if (tenant.evictables > 0) for (const heap of Object.values(this.most)) heap.moved(tenant);
  }

  private tenantHeap(resource: Resource): Heap<Tenant> {
    return new Heap({
      compare: (one, other) => other.held[resource] - one.held[resource] || this.compareFirst(one, other),
      placeOf: (tenant) => tenant.places[resource],
      setPlace: (tenant, place) => {
        tenant.places[resource] = place;
      },
    });
  }

  private compareFirst(one: Tenant, other: Tenant): number {
    const [first, second] = [one.evictable.first(), other.evictable.first()];
    return first === undefined || second === undefined ? 0 : this.order(first, second);
  }
}

function newTenant(name: string, evictable: Heap<Kept>): Tenant {
  return {
    name,
    held: { entries: 0, bytes: 0 },
    evictable,
    evictables: 0,
    places: { entries: 0, bytes: 0 },
  };
}
