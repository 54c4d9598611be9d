/** Part of a text. UTF-16 units, `end` not included. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Length of a window of a longer text. UTF-16 units, as are the others. */
const WINDOW_CHARS = 1000;
/** What two neighbouring windows share, so that what stands over the border of one is whole in the other. */
const OVERLAP_CHARS = 200;
/** A text up to this is read in one window. */
const WHOLE_CHARS_MAX = 1400;
/** How far the border of a window is moved to fall on a blank. */
const BLANK_CHARS_MAX = 100;
/** A window that is still too dense at this length is given up. */
const HALVED_CHARS_MIN = 64;
/** Estimated tokens of a window; the encoder takes 510, and an estimate too low costs a pass. */
const WINDOW_TOKENS = 500;

/**
 * Windows that cover a text, in its order; none for a blank one. When it needs more than `countMax`, at least 1, the
 * last one is its end, and the text before that one is covered as far as the others reach.
 */
export function windowsOf(text: string, countMax: number): readonly Stretch[] {
  if (text.length <= WHOLE_CHARS_MAX && reach(text, 0, WHOLE_CHARS_MAX) === text.length) {
    return isBlank(text, { start: 0, end: text.length }) ? [] : [{ start: 0, end: text.length }];
  }
  const windows: Stretch[] = [];
  for (let start = 0; ; ) {
    if (windows.length === countMax - 1) {
      windows.push({ start: Math.max(start, unparted(text, text.length - WINDOW_CHARS)), end: text.length });
      break;
    }
    const end = blankBefore(text, start, reach(text, start, WINDOW_CHARS));
    windows.push({ start, end });
    if (end === text.length) break;
    const overlap = Math.min(OVERLAP_CHARS, (end - start) >> 2);
    start = blankBefore(text, start, end - overlap);
  }
  return windows.filter((window) => !isBlank(text, window));
}

/** The order in which windows are read: attacks sit at the ends of a text most. */
export function endsFirst<T>(windows: readonly T[]): readonly T[] {
  return windows.length < 3
    ? windows
    : [...windows.slice(0, 1), ...windows.slice(-1), ...windows.slice(1, -1)];
}

/** Two windows in place of one that has more tokens than the encoder reads; none when that would not help. */
export function halvesOf(text: string, { start, end }: Stretch): readonly Stretch[] {
  const length = end - start;
  if (length < HALVED_CHARS_MIN) return [];
  const middle = start + (length >> 1);
  const overlap = Math.min(OVERLAP_CHARS >> 1, length >> 3);
  return [
    { start, end: unparted(text, middle + overlap) },
    { start: unparted(text, middle - overlap), end },
  ];
}

/** What is left of a stretch when others are taken out of it, in order. */
export function without(stretch: Stretch, taken: readonly Stretch[]): readonly Stretch[] {
  if (taken.length === 0) return [stretch];
  const left: Stretch[] = [];
  let at = stretch.start;
  for (const { start, end } of [...taken].sort((a, b) => a.start - b.start)) {
    if (start >= stretch.end) break;
    if (start > at) left.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  if (at < stretch.end) left.push({ start: at, end: stretch.end });
  return left;
}

/** The stretch without blanks at its ends; undefined when nothing else is in it. */
export function trimmed(text: string, { start, end }: Stretch): Stretch | undefined {
  const part = text.slice(start, end);
  const body = part.trimStart();
  if (body === '') return undefined;
  return { start: end - body.length, end: start + part.trimEnd().length };
}

function isBlank(text: string, { start, end }: Stretch): boolean {
  return text.slice(start, end).trim() === '';
}

/** The furthest end of a window that begins at `start`. */
function reach(text: string, start: number, charsMax: number): number {
  const limit = Math.min(text.length, start + charsMax);
  let room = WINDOW_TOKENS * TENTHS;
  let before = 0;
  for (let at = start; at < limit; at += 1) {
    const unit = text.charCodeAt(at);
    room -= tenthsOfToken(unit, before);
    if (room < 0) return unparted(text, at);
    before = unit;
  }
  return unparted(text, limit);
}

const TENTHS = 10;

/** About what a character costs the tokenizer, whose vocabulary is English: other scripts fall apart into characters. */
function tenthsOfToken(unit: number, before: number): number {
  if (unit <= 0x20) return 0;
  if (unit < 0x80) return isAlphanumeric(unit) && isAlphanumeric(before) ? 2 : 10;
  if (unit < 0x300) return 6;
  return unit >= 0xac00 && unit < 0xd7a4 ? 28 : 10;
}

function isAlphanumeric(unit: number): boolean {
  const lower = unit | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
}

/** The place behind the last blank shortly before `end`, or `end`; the second half of the way from `start` is kept. */
function blankBefore(text: string, start: number, end: number): number {
  if (end === text.length) return end;
  const lowest = Math.max(end - BLANK_CHARS_MAX, start + ((end - start) >> 1) + 1);
  for (let at = end; at > lowest; at -= 1) {
    if (text.charCodeAt(at - 1) <= 0x20) return at;
  }
  return unparted(text, end);
}

/** The offset, or one less where that would part a surrogate pair. */
function unparted(text: string, offset: number): number {
  const parts =
    offset > 0 &&
    (text.charCodeAt(offset) & 0xfc00) === 0xdc00 &&
    (text.charCodeAt(offset - 1) & 0xfc00) === 0xd800;
  return parts ? offset - 1 : offset;
}
