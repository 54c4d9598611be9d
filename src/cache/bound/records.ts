import { sigmoid } from '../../lib/sigmoid.js';

/**
 * What was learnt of single entries. Entries whose answers agreed form a family with one record: what is known of one
 * wording's answer holds for the answer of the other.
 */
export interface Records {
  /** Log odds by which this entry's answer is more often right than the shared model thinks. 0 for an unknown one. */
  offset(entryId: string): number;
  /** @param expected log odds that the shared model gave without the offset */
  observe(entryId: string, expected: number, right: boolean): void;
  /** The two answers say the same. */
  join(entryId: string, otherId: string): void;
  sameFamily(entryId: string, otherId: string): boolean;
  /** Forgets the entry; its family lives on in the others. */
  forget(entryId: string): void;
  snapshot(): RecordsState;
  restore(state: RecordsState): void;
}

export interface RecordsState {
  /** Least recently used first: the family's observations (expected log odds and 1 or 0, in turn), its entries. */
  readonly families: readonly { readonly rows: readonly number[]; readonly entries: readonly string[] }[];
}

export interface RecordLimits {
  /** Entries remembered; the family that was least recently used goes first. */
  readonly entriesMax: number;
  /** Observations of a family; the oldest goes first, so that an answer which went stale is found out. */
  readonly observationsMax: number;
}

interface Family {
  readonly entries: Set<string>;
  /** Expected log odds and 1 or 0, in turn; oldest first. */
  rows: number[];
  offset: number;
}

/** Variance of the offsets over entries, in squared log odds: some questions have many near twins, most have none. */
const OFFSET_VARIANCE = 4;
const NEWTON_STEPS = 8;
/** One family must not grow to be the whole store. */
const FAMILY_ENTRIES_MAX = 256;

export function createRecords(limits: RecordLimits): Records {
  return new FamilyRecords(limits);
}

class FamilyRecords implements Records {
  /** In the order of use. */
  private readonly families = new Set<Family>();
  private readonly byEntry = new Map<string, Family>();

  constructor(private readonly limits: RecordLimits) {}

  offset(entryId: string): number {
    return this.byEntry.get(entryId)?.offset ?? 0;
  }

  observe(entryId: string, expected: number, right: boolean): void {
    const family = this.familyOf(entryId);
    this.learn(family, [...family.rows, expected, right ? 1 : 0]);
  }

  join(entryId: string, otherId: string): void {
    const family = this.familyOf(entryId);
    const other = this.familyOf(otherId);
    if (family === other || family.entries.size + other.entries.size > FAMILY_ENTRIES_MAX) return;
    for (const id of other.entries) {
      family.entries.add(id);
      this.byEntry.set(id, family);
    }
    this.families.delete(other);
    this.learn(family, [...other.rows, ...family.rows]);
  }

  sameFamily(entryId: string, otherId: string): boolean {
    const family = this.byEntry.get(entryId);
    return family !== undefined && family === this.byEntry.get(otherId);
  }

  forget(entryId: string): void {
    const family = this.byEntry.get(entryId);
    family?.entries.delete(entryId);
    this.byEntry.delete(entryId);
    if (family?.entries.size === 0) this.families.delete(family);
  }

  snapshot(): RecordsState {
    return {
      families: [...this.families].map(({ rows, entries }) => ({ rows: [...rows], entries: [...entries] })),
    };
  }

  restore(state: RecordsState): void {
    this.families.clear();
    this.byEntry.clear();
    for (const { rows, entries } of state.families) {
      const family: Family = { entries: new Set(entries), rows: [], offset: 0 };
      for (const id of entries) this.byEntry.set(id, family);
      this.families.add(family);
      this.learn(family, rows);
    }
    this.shrink();
  }

  /** The family of the entry, or a new one; it counts as used. */
  private familyOf(entryId: string): Family {
    let family = this.byEntry.get(entryId);
    if (family === undefined) {
      family = { entries: new Set([entryId]), rows: [], offset: 0 };
      this.byEntry.set(entryId, family);
    }
    this.families.delete(family);
    this.families.add(family);
    this.shrink();
    return family;
  }

  private learn(family: Family, rows: readonly number[]): void {
    family.rows = rows.slice(-2 * this.limits.observationsMax);
    family.offset = offsetOf(family.rows);
  }

  private shrink(): void {
    for (const family of this.families) {
      if (this.byEntry.size <= this.limits.entriesMax) return;
      for (const id of family.entries) this.byEntry.delete(id);
      this.families.delete(family);
    }
  }
}

/** Maximum a posteriori of one number under a normal prior around 0, by Newton's method. */
function offsetOf(rows: readonly number[]): number {
  let offset = 0;
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    let gradient = -offset / OFFSET_VARIANCE;
    let curvature = 1 / OFFSET_VARIANCE;
    for (let at = 0; at + 1 < rows.length; at += 2) {
      const p = sigmoid((rows[at] ?? 0) + offset);
      gradient += (rows[at + 1] ?? 0) - p;
      curvature += p * (1 - p);
    }
    const move = gradient / curvature;
    // Far from the optimum the curve is flat and a full step would overshoot.
    offset += Math.max(-2, Math.min(2, move));
  }
  return offset;
}
