import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../lib/clock.js';
import { SextantError } from '../../lib/sextant-error.js';
import type {
  Embedding,
  Passage,
  ReadingBudget,
  WholeReader,
  WholeReading,
  WindowReading,
} from '../../signals/contract.js';
import type { Heads } from './heads.js';
import type { PassQueue } from './pass-queue.js';
import { createScanner, type Place, type ScannedPlace } from './scanner.js';
import { shiftSpans, withoutDoubles } from './window-spans.js';
import { endsFirst, halvesOf, trimmed, windowsOf, without } from './windows.js';

export interface WholeReaderOptions {
  readonly queue: Pick<PassQueue, 'encode' | 'recall' | 'scan'>;
  /** Without heads nothing can be read. */
  readonly heads: Heads | undefined;
  /** Windows of one reading that may be on their way at once, so that short prompts of others get in between. */
  readonly inFlightMax: number;
}

/** Windows that one reading looks at, those in the memo included; about 0.8 MB of text. */
const WINDOWS_PLANNED_MAX = 1024;
/** Waits before another try when too many texts wait for a pass. Milliseconds. */
const RETRY_MS = [10, 20, 40, 80, 160, 320];

export function createWholeReader(options: WholeReaderOptions): WholeReader {
  return { readWhole: (passages, budget) => new Reading(options, passages, budget).run() };
}

/** One reading of some passages. */
class Reading {
  readonly #options: WholeReaderOptions;
  readonly #passages: readonly Passage[];
  readonly #expiresAtMs: number;
  readonly #read: WindowReading[] = [];
  #passesLeft: number;

  constructor(options: WholeReaderOptions, passages: readonly Passage[], budget: ReadingBudget) {
    this.#options = options;
    this.#passages = passages;
    this.#expiresAtMs = systemClock.monotonicMs() + budget.deadlineMs;
    this.#passesLeft = Math.max(0, budget.windowsMax);
  }

  async run(): Promise<WholeReading> {
    const ahead =
      this.#options.heads === undefined ? ([] as Place[]) : [...this.#plan().slice(0, this.#passesLeft)];
    const scanner = createScanner({ ...this.#options, passages: this.#passages });
    // What the budget cannot reach is known before anything is read, and scanned in the meantime.
    const beyond = this.#uncovered([...this.#read, ...ahead]);
    const scanning = scanner.scan(beyond);
    await Promise.all(Array.from({ length: this.#options.inFlightMax }, () => this.#readOn(ahead)));
    const unread = this.#uncovered(this.#read);
    const scanned = byPassage(await scanning);
    const rest = unread.flatMap((place) => outsideOf(place, scanned));
    const scannedLate = byPassage(await scanner.scan(rest));
    return {
      windows: withoutDoubles(this.#read, this.#passages),
      unread: unread.map(({ passage, start, end }) => {
        const place = { passage, start, end };
        return { ...place, scanned: Math.max(worstIn(place, scanned), worstIn(place, scannedLate)) };
      }),
    };
  }

  /** Takes what the memo knows, and gives what to read, the most telling first: newest passage, ends before middle. */
  #plan(): readonly Place[] {
    const places: Place[] = [];
    let room = WINDOWS_PLANNED_MAX;
    for (let passage = this.#passages.length - 1; passage >= 0 && room > 0; passage -= 1) {
      const windows = windowsOf(this.#textOf(passage), room);
      room -= windows.length;
      for (const { start, end } of endsFirst(windows))
        places.push(...this.#unknownOf({ passage, start, end }));
    }
    return places;
  }

  /** Takes a place that the memo knows; else gives what of it is to be read. */
  #unknownOf(place: Place): readonly Place[] {
    const known = this.#options.queue.recall(this.#textAt(place));
    return known === undefined ? [place] : this.#take(place, known);
  }

  /** Keeps what was read of a place. When it had more tokens than the encoder reads, gives what to read instead. */
  #take(place: Place, { heads, truncated }: Embedding): readonly Place[] {
    if (truncated) {
      return halvesOf(this.#textOf(place.passage), place).flatMap(({ start, end }) =>
        this.#unknownOf({ passage: place.passage, start, end }),
      );
    }
    if (heads !== undefined) this.#read.push({ ...place, heads: shiftSpans(heads, place.start) });
    return [];
  }

  /** Reads one place after the other until nothing is left of them or of the budget. */
  async #readOn(ahead: Place[]): Promise<void> {
    while (this.#passesLeft > 0 && this.#leftMs() > 0) {
      const place = ahead.shift();
      if (place === undefined) return;
      this.#passesLeft -= 1;
      const embedding = await this.#encode(this.#textAt(place));
      if (embedding !== undefined) ahead.unshift(...this.#take(place, embedding));
    }
  }

  /** Undefined when the text could not be encoded in time. */
  async #encode(text: string): Promise<Embedding | undefined> {
    for (const retryMs of [...RETRY_MS, undefined]) {
      try {
        return await this.#options.queue.encode(text, this.#leftMs());
      } catch (error) {
        const full = error instanceof SextantError && error.code === 'overloaded';
        if (!full || retryMs === undefined || retryMs > this.#leftMs()) return undefined;
        await wait(retryMs);
      }
    }
    return undefined;
  }

  #leftMs(): number {
    return this.#expiresAtMs - systemClock.monotonicMs();
  }

  /** What none of the places covers, in order, without blanks around it. */
  #uncovered(places: readonly Place[]): readonly Place[] {
    const covered = byPassage(places);
    const found: Place[] = [];
    this.#passages.forEach(({ text }, passage) => {
      for (const stretch of without({ start: 0, end: text.length }, covered.get(passage) ?? [])) {
        const body = trimmed(text, stretch);
        if (body !== undefined) found.push({ passage, start: body.start, end: body.end });
      }
    });
    return found;
  }

  #textOf(passage: number): string {
    return this.#passages[passage]?.text ?? '';
  }

  #textAt({ passage, start, end }: Place): string {
    return this.#textOf(passage).slice(start, end);
  }
}

/** A client can send as many passages as fit into a request, so nobody may look through all places for each of them. */
function byPassage<T extends Place>(places: readonly T[]): ByPassage<T> {
  const groups = new Map<number, T[]>();
  for (const place of places) {
    const group = groups.get(place.passage);
    if (group === undefined) groups.set(place.passage, [place]);
    else group.push(place);
  }
  return groups;
}

type ByPassage<T> = ReadonlyMap<number, readonly T[]>;

function outsideOf(place: Place, taken: ByPassage<Place>): readonly Place[] {
  const left = without(place, taken.get(place.passage) ?? []);
  return left.map(({ start, end }) => ({ passage: place.passage, start, end }));
}

function worstIn({ passage, start, end }: Place, scanned: ByPassage<ScannedPlace>): number {
  let worst = 0;
  for (const each of scanned.get(passage) ?? []) {
    if (each.start >= start && each.end <= end) worst = Math.max(worst, each.attack);
  }
  return worst;
}
