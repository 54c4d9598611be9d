import { getOwn, setOwn } from '../lib/own-property.js';

/** JSON that we parsed ourselves and may change: the parts of an answer that is being put together. */
export type Growing = null | boolean | number | string | Growing[] | GrowingObject;
export type GrowingObject = { [key: string]: Growing };

/** Deeper values could not be written again without recursion that overflows. */
const DEPTH_MAX = 64;
/** More tool calls than any answer has; bounds the search for the one that a delta belongs to. */
const INDEXED_MAX = 1_024;

/** Strings of these names say what something is; all others in a delta are pieces of a longer text. */
export const IDENTIFYING: ReadonlySet<string | number | undefined> = new Set(['role', 'id', 'type', 'name']);

/** Puts deltas together and knows what the result weighs. */
export class Grower {
  /** Bytes of all that was kept, estimated; infinite once a value is deeper than can be kept. */
  bytes = 0;

  /** Adds a delta: texts are appended, arrays are appended or merged by `index`, objects are merged. */
  append(target: GrowingObject, delta: GrowingObject): void {
    this.grow(target, delta, (key) => !IDENTIFYING.has(key));
  }

  /** Adds fields whose strings are whole values, not pieces. */
  replace(target: GrowingObject, fields: GrowingObject): void {
    this.grow(target, fields, () => false);
  }

  /** Keeps the first value that is not null. */
  keepFirst(target: GrowingObject, key: string, value: Growing): void {
    if ((getOwn(target, key) ?? null) === null) setOwn(target, key, this.adopted(value));
  }

  private grow(target: GrowingObject, delta: GrowingObject, isPiece: (key: string) => boolean): void {
    for (const key of Object.keys(delta)) {
      const before = getOwn(target, key) ?? null;
      const after = getOwn(delta, key) ?? null;
      setOwn(target, key, this.merged(before, after, isPiece, isPiece(key)));
    }
  }

  private merged(
    before: Growing,
    after: Growing,
    isPiece: (key: string) => boolean,
    piece: boolean,
  ): Growing {
    if (after === null || (after === '' && typeof before === 'string')) return before;
    if (Array.isArray(after)) return this.mergedArray(Array.isArray(before) ? before : [], after, isPiece);
    if (isObject(after) && isObject(before)) {
      this.grow(before, after, isPiece);
      return before;
    }
    if (typeof after === 'string' && typeof before === 'string' && piece) {
      this.bytes += Buffer.byteLength(after);
      return before + after;
    }
    return this.adopted(after);
  }

  private mergedArray(before: Growing[], after: Growing[], isPiece: (key: string) => boolean): Growing[] {
    for (const item of after) {
      const index = indexOf(item);
      const place = index === undefined ? undefined : before.find((other) => indexOf(other) === index);
      if (isObject(place) && isObject(item)) this.grow(place, item, isPiece);
      else before.push(this.adopted(item));
      if (index !== undefined && before.length > INDEXED_MAX) {
        this.bytes = Number.POSITIVE_INFINITY;
        break;
      }
    }
    return before;
  }

  private adopted<T extends Growing>(value: T): T {
    this.bytes += weigh(value, DEPTH_MAX);
    return value;
  }
}

/** Bytes of the value as JSON, roughly. Infinite when it nests deeper than `depth`. */
export function weigh(value: Growing, depth: number = DEPTH_MAX): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (typeof value !== 'object' || value === null) return 4;
  if (depth === 0) return Number.POSITIVE_INFINITY;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += weigh(item, depth - 1) + 1;
  } else {
    for (const key of Object.keys(value)) {
      bytes += Buffer.byteLength(key) + 4 + weigh(getOwn(value, key) ?? null, depth - 1);
    }
  }
  return bytes;
}

export function isObject(value: Growing | undefined): value is GrowingObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function indexOf(item: Growing | undefined): number | undefined {
  if (!isObject(item)) return undefined;
  const index = getOwn(item, 'index');
  return typeof index === 'number' ? index : undefined;
}
