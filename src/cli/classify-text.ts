import type { Classification, GuardAnswer, HeadAnswer } from '../app/classify.js';
import type { Turn } from '../openai/request.js';
import { printable } from './printable.js';

const NAME_WIDTH = 13;
const LABEL_WIDTH = 18;
const BAR_WIDTH = 20;
/** Labels of a head that are shown; the rest is in the JSON. */
const TOP = 3;
const VALUE_CHARS_MAX = 60;
const DATA_LINES_MAX = 100;

/**
 * A classification for a person at a terminal, without colour. Personal data is shown as it stands in the text: who
 * reads this has typed it.
 */
export function classificationText(found: Classification, turns: readonly Turn[]): string {
  return [
    ...headLines(found.heads),
    '',
    ...verdictLines(found.guard),
    ...dataLines(found, turns),
    '',
    ...readLines(found),
  ].join('\n');
}

function headLines(heads: Classification['heads']): readonly string[] {
  if (heads === null) return [line('heads', 'this model has none: it gives vectors alone')];
  return Object.entries(heads).flatMap(([name, answer]) => answerLines(name, answer));
}

function answerLines(name: string, { answers, probabilities }: HeadAnswer): readonly string[] {
  const labels = Object.entries(probabilities);
  // Labels that stand for themselves have an order of their own: small, medium, large.
  const shown = answers === 'each' ? labels : labels.toSorted(([, a], [, b]) => b - a).slice(0, TOP);
  return shown.map(([label, share], at) => {
    const bar = '█'.repeat(Math.round(share * BAR_WIDTH));
    return line(at === 0 ? name : '', `${label.padEnd(LABEL_WIDTH)} ${share.toFixed(4)} ${bar}`);
  });
}

function verdictLines(guard: GuardAnswer | null): readonly string[] {
  if (guard === null) return [line('verdict', 'unknown: this model has no guard')];
  const { verdict, worst } = guard;
  if (worst === null) return [line('verdict', `${verdict}: nothing was read`)];
  const { probability, threshold, head, kind, start, end } = worst;
  const than = verdict === 'attack' ? 'reaches' : 'is below';
  const what = kind ?? 'an attack by its words alone';
  return [
    line(
      'verdict',
      `${verdict.padEnd(LABEL_WIDTH)} ${probability.toFixed(4)} ${than} the threshold ${threshold}`,
    ),
    line('', `most like ${what}: characters ${start} to ${end}, judged as a ${SPEAKER[head]}`),
  ];
}

const SPEAKER = { guard: 'prompt', document: 'document' } as const;

function dataLines({ personal_data: data }: Classification, turns: readonly Turn[]): readonly string[] {
  if (data.length === 0) return [line('personal data', 'none found')];
  const shown = data.slice(0, DATA_LINES_MAX).map(({ turn, type, start, end, score }, at) => {
    const value = printable(turns[turn]?.text.slice(start, end) ?? '', VALUE_CHARS_MAX);
    const place = `${start}–${end}`.padEnd(11);
    return line(
      at === 0 ? 'personal data' : '',
      `${type.padEnd(LABEL_WIDTH)} ${score.toFixed(4)} ${place} ${value}`,
    );
  });
  const more = data.length - shown.length;
  return more === 0 ? shown : [...shown, line('', `and ${more} more: --json has them all`)];
}

function readLines({ text, windows, memo_hits, ms, encoder }: Classification): readonly string[] {
  const whole = text.truncated
    ? 'too long for one pass: the heads saw head and tail'
    : 'all of it in one pass';
  const share = `${(text.unknown_share * 100).toFixed(1)} % unknown to the vocabulary`;
  const unknown = text.understood ? share : `${share}: too much to rely on the heads`;
  return [
    line('text', `${text.chars} characters, ${text.tokens} tokens, ${whole}; ${unknown}`),
    line('windows', `${windows.read} read, ${unreadNote(windows)}; ${memo_hits} answered from the memo`),
    line('time', `${ms.pass.toFixed(1)} ms tokenising and pass, ${ms.reading.toFixed(1)} ms whole reading`),
    line('model', `${encoder.hash.slice(0, 12)} on ${encoder.provider}`),
  ];
}

function unreadNote({ unread, unread_chars }: Classification['windows']): string {
  if (unread_chars === 0) return 'nothing unread';
  return `${unread_chars} characters unread, in ${unread.length} ${unread.length === 1 ? 'stretch' : 'stretches'}`;
}

function line(name: string, text: string): string {
  return `${name.padEnd(NAME_WIDTH)} ${text}`.trimEnd();
}
