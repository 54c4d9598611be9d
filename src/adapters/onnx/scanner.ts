import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Passage } from '../../signals/contract.js';
import { type Heads, scanForAttack } from './heads.js';
import type { PassQueue } from './pass-queue.js';
import type { ScanText } from './protocol.js';
import type { Stretch } from './windows.js';

/** A stretch of one of the passages. */
export interface Place extends Stretch {
  /** Index of the passage. */
  readonly passage: number;
}

export interface ScannedPlace extends Place {
  /** Probability of an attack by words alone, 0 to 1. */
  readonly attack: number;
}

export interface ScannerOptions {
  readonly queue: Pick<PassQueue, 'scan'>;
  /** Without them nothing is known, and every scan says 0. */
  readonly heads: Heads | undefined;
  readonly passages: readonly Passage[];
}

/** Looks for attacks in what nobody reads, by words alone. */
export interface Scanner {
  /** Gives every place, whole or in parts. Never rejects: what the threads do not do the calling one does. */
  scan(places: readonly Place[]): Promise<readonly ScannedPlace[]>;
}

/** Text of one task: a thread needs about as long for it as for a short pass. UTF-16 units. */
const TASK_CHARS = 256 * 1024;
/** A message of more texts than these would take longer to copy from thread to thread than to scan. */
const TASK_TEXTS_MAX = 512;
/** What the calling thread scans before it lets others have a turn. UTF-16 units. */
const TURN_CHARS = 32 * 1024;
/** Read again around a place, because an attack may stand over its border. UTF-16 units. */
const CONTEXT_CHARS = 200;
/** A task that no thread got to within this is done by the calling thread. Milliseconds. */
const TASK_MS_MAX = 2000;

export function createScanner({ queue, heads, passages }: ScannerOptions): Scanner {
  let threadsAnswer = true;
  const inThread = async (texts: readonly ScanText[]): Promise<readonly number[] | undefined> => {
    if (!threadsAnswer) return undefined;
    try {
      return await queue.scan(texts, TASK_MS_MAX);
    } catch {
      // The next tasks would wait as long for nothing.
      threadsAnswer = false;
      return undefined;
    }
  };
  return {
    async scan(places) {
      if (heads === undefined) return places.map((place) => ({ ...place, attack: 0 }));
      const scanned: ScannedPlace[] = [];
      for (const task of tasksOf(places)) {
        const texts = task.map((place) => scanTextOf(place, passages));
        const attacks = (await inThread(texts)) ?? (await scanHere(texts, heads));
        task.forEach((place, index) => {
          scanned.push({ ...place, attack: attacks[index] ?? 0 });
        });
      }
      return scanned;
    },
  };
}

/** Places together, or parts of long ones, so that no task holds a thread for long. */
function tasksOf(places: readonly Place[]): readonly (readonly Place[])[] {
  const tasks: Place[][] = [];
  let room = 0;
  for (const { passage, start, end } of places) {
    for (let from = start; from < end; from += TASK_CHARS) {
      const part = { passage, start: from, end: Math.min(end, from + TASK_CHARS) };
      const chars = part.end - part.start;
      if (chars > room || tasks.at(-1)?.length === TASK_TEXTS_MAX) {
        tasks.push([]);
        room = TASK_CHARS;
      }
      tasks.at(-1)?.push(part);
      room -= chars;
    }
  }
  return tasks;
}

function scanTextOf({ passage, start, end }: Place, passages: readonly Passage[]): ScanText {
  const { text = '', role = 'prompt' } = passages[passage] ?? {};
  return {
    text: text.slice(Math.max(0, start - CONTEXT_CHARS), end + CONTEXT_CHARS),
    head: role === 'prompt' ? 'guard' : 'document',
  };
}

async function scanHere(texts: readonly ScanText[], heads: Heads): Promise<readonly number[]> {
  const attacks: number[] = [];
  for (const { text, head } of texts) {
    let worst = 0;
    for (let from = 0; from < text.length; from += TURN_CHARS) {
      const part = text.slice(from, from + TURN_CHARS + CONTEXT_CHARS);
      worst = Math.max(worst, scanForAttack(part, head, heads));
      await nextTurn();
    }
    attacks.push(worst);
  }
  return attacks;
}
