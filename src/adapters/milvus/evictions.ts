/** Evicted ids that are remembered at most. */
const KNOWN_MAX = 4096;

/**
 * The evictions that this process knows of, so that a read which Milvus answers from its past does not bring an entry
 * back, and so that none is told twice.
 */
export class Evictions {
  private readonly known = new Map<string, { readonly atMs: number; readonly back: boolean }>();

  /** @param atMs the time under which the eviction is written down, which tells it from an earlier one */
  has(id: string, atMs: number): boolean {
    return this.known.get(id)?.atMs === atMs;
  }

  add(id: string, atMs: number): void {
    this.known.delete(id);
    this.known.set(id, { atMs, back: false });
    const oldest = this.known.keys().next().value;
    if (this.known.size > KNOWN_MAX && oldest !== undefined) this.known.delete(oldest);
  }

  /** An id that was evicted and is put again, by an import say, is no longer gone; its old eviction is still known. */
  welcome(id: string): void {
    const eviction = this.known.get(id);
    if (eviction !== undefined) this.known.set(id, { ...eviction, back: true });
  }

  isGone(id: string): boolean {
    return this.known.get(id)?.back === false;
  }
}
