import type { CacheEntry } from '../cache/contract.js';

/** How the wait for somebody else's answer ends. */
export type Landing =
  /** The answer is here. `similarity` of the question that waits for it, or of the one it was found for: -1 to 1. */
  | { readonly kind: 'answer'; readonly entry: CacheEntry; readonly similarity: number }
  /** The leader failed and another may do better: stand in line again. One will lead, the rest wait for that one. */
  | { readonly kind: 'again'; readonly handOvers: number }
  /** There is nothing to wait for, or no time or room left: ask alone. */
  | { readonly kind: 'alone' };

/** How the leader's own way ended. */
export type FlightEnd =
  | { readonly kind: 'answer'; readonly entry: CacheEntry; readonly similarity: number }
  /** The model, the way to it or the client failed, which says nothing of how the next one will fare. */
  | { readonly kind: 'failed' }
  /** An answer came, or none was asked for, and it is nobody else's: who waited would get the like of it. */
  | { readonly kind: 'unshared' };

/** Tells those who wait. Must be called once, whatever happens; more calls do nothing. */
export type Settle = (end: FlightEnd) => void;

export interface FlightLimits {
  /** Questions on their way at a time. */
  readonly flightsMax: number;
  /** How often a leader that fails may hand over to one of those who wait; after that, all go. */
  readonly handOversMax: number;
}

type Land = (landing: Landing) => void;

/** Those who wait for one flight, in the order in which they came. */
export interface Line {
  readonly waiting: Set<Land>;
  /** Set once the leader has settled: who comes to wait later has it at once. */
  landed: Landing | undefined;
}

const ALONE: Landing = { kind: 'alone' };

/** Where requests wait for one another's answers, at most `followersMax` of them at a time over all lines. */
export class WaitingRoom {
  private waiting = 0;

  constructor(private readonly followersMax: number) {}

  /** Waits until the line lands, for at most `ms`; a signal that aborts ends the wait. Never rejects. */
  wait(line: Line, ms: number, signal?: AbortSignal): Promise<Landing> {
    if (line.landed !== undefined) return Promise.resolve(line.landed);
    if (ms <= 0 || signal?.aborted === true || this.waiting >= this.followersMax)
      return Promise.resolve(ALONE);
    this.waiting += 1;
    return new Promise((resolve) => {
      const giveUp = () => land(ALONE);
      const timer = setTimeout(giveUp, ms);
      signal?.addEventListener('abort', giveUp, { once: true });
      const land: Land = (landing) => {
        line.waiting.delete(land);
        this.waiting -= 1;
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        resolve(landing);
      };
      line.waiting.add(land);
    });
  }
}

export function newLine(): Line {
  return { waiting: new Set(), landed: undefined };
}

/**
 * Lets a line land. A leader that failed sends all who wait back to the door at once: they come in the order of their
 * turns, with no other request in between, so the first of them leads and the others find its flight to wait for. Who
 * has left in the meantime is not among them, so a hand-over never goes to nobody.
 *
 * @param handOvers how often this flight's question was handed over before
 */
export function landLine(line: Line, end: FlightEnd, handOvers: number, handOversMax: number): void {
  line.landed = landingOf(end, handOvers, handOversMax);
  for (const land of [...line.waiting]) land(line.landed);
}

function landingOf(end: FlightEnd, handOvers: number, handOversMax: number): Landing {
  if (end.kind === 'answer') return end;
  return end.kind === 'failed' && handOvers < handOversMax
    ? { kind: 'again', handOvers: handOvers + 1 }
    : ALONE;
}
