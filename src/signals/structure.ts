import type { Signal } from './contract.js';
import type { StructureFeature } from './labels.js';
import { type MeasureOptions, measureSignal } from './measure.js';
import { cjkShare, codeShare, countWords, listItems, tableRows } from './text-shape.js';

export interface StructureOptions extends MeasureOptions {
  readonly feature: StructureFeature;
}

/**
 * Whether the last user turn is built in some way: how much code stands in it, how many questions, how many words. Score:
 * what was measured. Only so much of a long turn is read, so counts are those of its beginning.
 */
export function structureSignal(options: StructureOptions): Signal {
  const measure = MEASURES[options.feature];
  return measureSignal(options, ({ ask }) => measure(ask.slice(0, READ_CHARS_MAX)));
}

/** Reading so much takes a few milliseconds. UTF-16 units. */
export const READ_CHARS_MAX = 262_144;

// Each pattern looks a bounded way ahead, so that all of them take linear time on whatever a client sends.
const JSON_MEMBER = /[{,]\s{0,20}"[^"\n]{1,100}"\s{0,5}:/g;
const MATH =
  /\\(?:frac|int|sum|prod|sqrt|lim|cdot|times|leq|geq|infty|alpha|beta|theta|pi|partial)\b|[∑∫√∏∂∞≤≥≠≈±×÷]|[\da-z)]\s?[+*^=]\s?[\d(a-z-]|\d\s[-/]\s\d/gi;
const URL = /https?:\/\/[^\s/]|\bwww\.[a-z0-9]/gi;
/** The last mark of a run; within a URL its query follows. */
const QUESTION = /[?？؟](?=$|[\s"'”’)\]}»*_.!！。」』\u3040-\u30ff\u4e00-\u9fff])/g;

const MEASURES: Readonly<Record<StructureFeature, (text: string) => number>> = {
  code: codeShare,
  json: (text) => count(text, JSON_MEMBER),
  list: listItems,
  table: tableRows,
  cjk: cjkShare,
  math: (text) => count(text, MATH),
  urls: (text) => count(text, URL),
  questions: (text) => count(text, QUESTION),
  words: countWords,
};

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
