import { sigmoid } from './evidence.js';

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
  /** In the order of use. */
  const families = new Map<Family, true>();
  const byEntry = new Map<string, Family>();

  const use = (family: Family): void => {
    families.delete(family);
    families.set(family, true);
  };

  const drop = (family: Family): void => {
    for (const id of family.entries) byEntry.delete(id);
    families.delete(family);
  };

  const shrink = (): void => {
    for (const [family] of families) {
      if (byEntry.size <= limits.entriesMax) return;
      drop(family);
    }
  };

  const familyOf = (entryId: string): Family => {
    let family = byEntry.get(entryId);
    if (family === undefined) {
      family = { entries: new Set([entryId]), rows: [], offset: 0 };
      byEntry.set(entryId, family);
    }
    use(family);
    shrink();
    return family;
  };

  const learn = (family: Family, rows: readonly number[]): void => {
    family.rows = rows.slice(-2 * limits.observationsMax);
    family.offset = offsetOf(family.rows);
  };

  return {
    offset: (entryId) => byEntry.get(entryId)?.offset ?? 0,
    observe(entryId, expected, right) {
      const family = familyOf(entryId);
      learn(family, [...family.rows, expected, right ? 1 : 0]);
    },
    join(entryId, otherId) {
      const family = familyOf(entryId);
      const other = familyOf(otherId);
      if (family === other || family.entries.size + other.entries.size > FAMILY_ENTRIES_MAX) return;
      for (const id of other.entries) {
        family.entries.add(id);
        byEntry.set(id, family);
      }
      families.delete(other);
      learn(family, [...other.rows, ...family.rows]);
    },
    sameFamily(entryId, otherId) {
      const family = byEntry.get(entryId);
      return family !== undefined && family === byEntry.get(otherId);
    },
    forget(entryId) {
      const family = byEntry.get(entryId);
      family?.entries.delete(entryId);
      byEntry.delete(entryId);
      if (family?.entries.size === 0) families.delete(family);
    },
    snapshot: () => ({
      families: [...families.keys()].map(({ rows, entries }) => ({ rows: [...rows], entries: [...entries] })),
    }),
    restore(state) {
      for (const family of [...families.keys()]) drop(family);
      for (const { rows, entries } of state.families) {
        const family: Family = { entries: new Set(entries), rows: [], offset: 0 };
        for (const id of entries) byEntry.set(id, family);
        families.set(family, true);
        learn(family, rows);
      }
      shrink();
    },
  };
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
