import type { Find, Passage, PersonalData, Span, WholeReading } from '../contract.js';
import { findInSlice, SLICE_CHARS } from './find.js';

/** Told of each find: the index of its passage, and where it is there. */
export type OnFind = (passage: number, span: Span) => void;

/** Searches a conversation for personal data in one go, which for a long one takes seconds. */
export function searchAll(passages: readonly Passage[], whole: WholeReading | undefined): PersonalData {
  const search = new PersonalDataSearch(passages, whole);
  while (search.step());
  return search.result();
}

/**
 * The search of a conversation for personal data in steps, each of them milliseconds of work, whatever the length of
 * the passages and however many they are. It keeps counts alone, since one request has room for millions of finds.
 */
export class PersonalDataSearch {
  readonly #passages: readonly Passage[];
  readonly #onFind: OnFind | undefined;
  readonly #steps: readonly Step[];
  /** By the number of the step; undefined before it is done. */
  readonly #done: (StepResult | undefined)[];
  /** Numbers of the steps that are to be done, the next one last. */
  #ahead: number[];
  /** By passage: what the token head found. */
  #spans: ReadonlyMap<number, readonly Span[]>;

  /** @param whole with what the token head found; without it patterns alone are searched for */
  constructor(passages: readonly Passage[], whole?: WholeReading, onFind?: OnFind) {
    this.#passages = passages;
    this.#onFind = onFind;
    this.#steps = planOf(passages);
    this.#done = this.#steps.map(() => undefined);
    this.#ahead = this.#steps.map((_, index) => index).reverse();
    this.#spans = spansOf(whole);
  }

  /** How many steps are left to do. */
  get ahead(): number {
    return this.#ahead.length;
  }

  /** Does the next step; false when there was none. */
  step(): boolean {
    const index = this.#ahead.pop();
    if (index === undefined) return false;
    this.#done[index] = this.#search(index);
    return true;
  }

  /** Takes up a reading that came after the start: the steps that the token head found something in are done again. */
  joinWith(whole: WholeReading): void {
    this.#spans = spansOf(whole);
    const touched = new Set<number>();
    for (const [passage, spans] of this.#spans) {
      for (const { start, end } of spans) {
        touched.add(this.#stepAt(passage, start));
        touched.add(this.#stepAt(passage, end - 1));
      }
    }
    this.#ahead = [...touched].filter((index) => index >= 0).sort((a, b) => b - a);
  }

  /** What was found by the steps that were done. */
  result(): PersonalData {
    const counts: Counts = new Map();
    let unsearchedChars = 0;
    for (const [index, { chars }] of this.#steps.entries()) {
      const done = this.#done[index];
      if (done === undefined) unsearchedChars += chars;
      else
        for (const [type, scores] of done.counts)
          for (const [score, n] of scores) add(counts, type, score, n);
    }
    const finds: Find[] = [];
    for (const [type, scores] of counts)
      for (const [score, count] of scores) finds.push({ type, score, count });
    return { finds, unsearchedChars };
  }

  #search(index: number): StepResult {
    const counts: Counts = new Map();
    // Only a slice right behind that of the step before can meet a find that reaches into it.
    let free = this.#done[index - 1]?.end ?? 0;
    const step = this.#steps[index];
    for (const { passage, start } of step === undefined ? [] : slicesOf(step, this.#passages)) {
      if (start === 0) free = 0;
      const spans = this.#spans.get(passage) ?? [];
      for (const span of findInSlice(this.#passages[passage]?.text ?? '', { start, spans, free })) {
        add(counts, span.type, span.score, 1);
        free = span.end;
        this.#onFind?.(passage, span);
      }
    }
    return { counts, end: free };
  }

  /** The number of the step that searches a place; -1 where there is no such place. */
  #stepAt(passage: number, at: number): number {
    const { text } = this.#passages[passage] ?? { text: '' };
    if (at < 0 || at >= text.length) return -1;
    let [low, high] = [0, this.#steps.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const step = this.#steps[middle];
      const isBehind =
        step !== undefined && (step.passage > passage || (step.passage === passage && step.start > at));
      if (isBehind) high = middle - 1;
      else low = middle;
    }
    return low;
  }
}

type Counts = Map<string, Map<number, number>>;

/** A slice of a long passage, or as many short passages as make up for one. */
interface Step {
  /** Where its first slice is. */
  readonly passage: number;
  readonly start: number;
  /** How many slices it has. */
  slices: number;
  /** Characters of all slices. */
  chars: number;
}

interface StepResult {
  readonly counts: Counts;
  /** Where its last find ends, in the passage of its last slice. */
  readonly end: number;
}

/** What it costs to begin with a passage, in characters of searching. */
const PASSAGE_COST_CHARS = 64;

function planOf(passages: readonly Passage[]): readonly Step[] {
  const steps: Step[] = [];
  let room = 0;
  for (const [passage, { text }] of passages.entries()) {
    for (let start = 0; start < text.length; start += SLICE_CHARS) {
      const chars = Math.min(SLICE_CHARS, text.length - start);
      const last = steps.at(-1);
      const cost = Math.min(SLICE_CHARS, chars + PASSAGE_COST_CHARS);
      if (last === undefined || cost > room) {
        steps.push({ passage, start, slices: 1, chars });
        room = SLICE_CHARS - cost;
        continue;
      }
      last.slices += 1;
      last.chars += chars;
      room -= cost;
    }
  }
  return steps;
}

function* slicesOf(
  step: Step,
  passages: readonly Passage[],
): Generator<{ readonly passage: number; readonly start: number }, void, undefined> {
  let { passage, start, slices } = step;
  while (slices > 0) {
    const { text } = passages[passage] ?? { text: '' };
    if (start < text.length) {
      yield { passage, start };
      slices -= 1;
    }
    start += SLICE_CHARS;
    if (start >= text.length) [passage, start] = [passage + 1, 0];
  }
}

function spansOf(whole: WholeReading | undefined): ReadonlyMap<number, readonly Span[]> {
  const spans = new Map<number, Span[]>();
  for (const { passage, heads } of whole?.windows ?? []) {
    const known = spans.get(passage);
    if (known === undefined) spans.set(passage, [...heads.spans]);
    else known.push(...heads.spans);
  }
  return spans;
}

function add(counts: Counts, type: string, score: number, count: number): void {
  const scores = counts.get(type) ?? new Map<number, number>();
  counts.set(type, scores.set(score, (scores.get(score) ?? 0) + count));
}
