import { isJsonObject, type Json, type JsonObject, parseJson } from '../../lib/json.js';
import type { BoundState, ErrorBound } from '../bound.js';
import type { RecordsState } from './records.js';

type Family = RecordsState['families'][number];

/** A bound that is remembered, and how its route compares answers. */
export interface KeptBound {
  readonly bound: ErrorBound;
  readonly judge: string;
}

/** Bounds of several routes, as a file keeps them: first a line for each route, then one for each family. */
export type SavedLine = JsonObject;

/** What a route learnt, without the families. */
export function routeLine(route: string, judge: string, { shared, risk }: BoundState): SavedLine {
  return { route, judge, weights: shared.weights, covariance: shared.covariance, counts: risk.counts };
}

/** Log odds are kept to four digits: the next decimal is far within what one observation moves them. */
export function familyLine(route: string, { rows, entries }: Family): SavedLine {
  return { family: route, rows: rows.map((value) => Math.round(value * 1e4) / 1e4), entries };
}

/** Gathers lines into what each route learnt. */
export class SavedBounds {
  readonly #routes = new Map<string, { readonly state: BoundState; readonly families: Family[] }>();

  /** @param bounds as they are now, by route: what another judge said, or was of other evidence, is not taken up */
  constructor(private readonly bounds: ReadonlyMap<string, KeptBound>) {}

  /** False for a line that is neither of a route nor of a family. */
  take(line: SavedLine): boolean {
    const { route, judge, weights, covariance, counts, family, rows, entries } = line;
    if (typeof family === 'string') return this.#takeFamily(family, rows, entries);
    if (typeof route !== 'string' || !areNumbers(weights) || !areNumbers(covariance) || !areCounts(counts)) {
      return false;
    }
    const kept = this.bounds.get(route);
    if (kept?.judge !== judge || weights.length !== sizeOf(kept)) return true;
    const families: Family[] = [];
    const state: BoundState = { shared: { weights, covariance }, risk: { counts }, records: { families } };
    this.#routes.set(route, { state, families });
    return true;
  }

  /** Of the routes that are there still, and whose answers are compared by the same judge. */
  states(): ReadonlyMap<string, BoundState> {
    return new Map([...this.#routes].map(([route, { state }]) => [route, state]));
  }

  #takeFamily(route: string, rows: Json | undefined, entries: Json | undefined): boolean {
    if (!areNumbers(rows) || rows.length % 2 !== 0 || !areTexts(entries)) return false;
    this.#routes.get(route)?.families.push({ rows, entries });
    return true;
  }
}

/** How many pieces of evidence there are. */
function sizeOf(kept: KeptBound | undefined): number | undefined {
  return kept?.bound.snapshot().shared.weights.length;
}

/** A line of such a file, parsed; undefined when it is none. */
export function savedLine(text: string): SavedLine | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
}

function areNumbers(value: Json | undefined): value is readonly number[] {
  // JSON holds no other numbers but finite ones; one that overflowed is written as null.
  return Array.isArray(value) && value.every((each) => typeof each === 'number' && Number.isFinite(each));
}

function areCounts(value: Json | undefined): value is readonly number[] {
  return areNumbers(value) && value.every((count) => count >= 0);
}

function areTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
