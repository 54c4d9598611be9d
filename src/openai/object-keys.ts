/** Up to this many short keys are compared one by one, which costs less than a set. */
const LINEAR_KEYS_MAX = 16;
const LINEAR_KEY_BYTES_MAX = 64;

/**
 * The keys of every object that is open at one point of a scan, to see a duplicate. Keys of small objects are kept as
 * byte ranges on one shared stack and never become strings; an object with many, long or escaped keys gets a set,
 * whose hashing is seeded, so that chosen keys cannot make it slow.
 */
export class ObjectKeys {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** Keys on the stack; the arrays keep their length, since V8 moves an array whose length is cut. */
  private count = 0;
  /** Per open object: where its keys begin on the stack. */
  private readonly bases: number[] = [];
  private readonly sets: (Set<string> | undefined)[] = [];

  constructor(private readonly bytes: Buffer) {}

  open(): void {
    this.bases.push(this.count);
    this.sets.push(undefined);
  }

  close(): void {
    this.count = this.bases.pop() ?? 0;
    this.sets.pop();
  }

  /**
   * Adds the key between two quotes to the innermost object; false when it is there already. Throws a SyntaxError
   * when the key holds an escape that JSON does not know.
   */
  add(start: number, end: number, escaped: boolean): boolean {
    const top = this.sets.length - 1;
    const base = this.bases[top] ?? 0;
    let set = this.sets[top];
    if (set === undefined) {
      const linear = !escaped && end - start <= LINEAR_KEY_BYTES_MAX;
      if (linear && this.count - base < LINEAR_KEYS_MAX) return this.addLinear(base, start, end);
      set = this.toSet(base);
      this.sets[top] = set;
    }
    const before = set.size;
    return set.add(this.textOf(start, end, escaped)).size > before;
  }

  /** The key as the parser will read it. */
  textOf(start: number, end: number, escaped: boolean): string {
    const text = this.bytes.toString('utf8', start, end);
    return escaped ? String(JSON.parse(`"${text}"`)) : text;
  }

  private addLinear(base: number, start: number, end: number): boolean {
    for (let index = base; index < this.count; index++) {
      const other = this.starts[index] ?? 0;
      if ((this.ends[index] ?? 0) - other === end - start && this.sameBytes(other, start, end - start))
        return false;
    }
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count++;
    return true;
  }

  private sameBytes(left: number, right: number, length: number): boolean {
    for (let offset = 0; offset < length; offset++) {
      if (this.bytes[left + offset] !== this.bytes[right + offset]) return false;
    }
    return true;
  }

  private toSet(base: number): Set<string> {
    const set = new Set<string>();
    for (let index = base; index < this.count; index++) {
      set.add(this.textOf(this.starts[index] ?? 0, this.ends[index] ?? 0, false));
    }
    this.count = base;
    return set;
  }
}
