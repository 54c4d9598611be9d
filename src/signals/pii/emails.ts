import type { Span } from '../contract.js';
import { isLabelCode } from './codes.js';
import { hasKnownForm } from './hosts.js';

/** E-mail addresses: a local part of at most 64 characters and a host with a top-level domain. */
export function findEmails(text: string): readonly Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, free);
    const end = hostEnd(text, at + 1);
    if (start === at || !hasKnownForm(text.slice(at + 1, end))) continue;
    spans.push({ type: 'EMAIL_ADDRESS', start, end, score: 0.99 });
    free = end;
  }
  return spans;
}

const LOCAL_CHARS_MAX = 64;
const HOST_CHARS_MAX = 253;
/** Besides letters and digits, the symbols that mail systems really give out. */
const LOCAL_SYMBOLS = "._%+'";

function localStart(text: string, at: number, free: number): number {
  const from = Math.max(free, at - LOCAL_CHARS_MAX);
  let start = at;
  while (start > from && isLocal(text, start - 1)) start -= 1;
  while (start < at && "._-'%+".includes(text.charAt(start))) start += 1;
  return text.charAt(at - 1) === '.' ? at : start;
}

function isLocal(text: string, at: number): boolean {
  return isLabelCode(text.charCodeAt(at)) || LOCAL_SYMBOLS.includes(text.charAt(at));
}

/** The end of the host, without the full stop of the sentence. */
function hostEnd(text: string, from: number): number {
  let end = from;
  while (end < from + HOST_CHARS_MAX && (isLabelCode(text.charCodeAt(end)) || text.charAt(end) === '.'))
    end += 1;
  while (end > from && '.-'.includes(text.charAt(end - 1))) end -= 1;
  return end;
}
