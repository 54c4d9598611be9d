import type { Span } from '../contract.js';
import { isLabelCode, isWordCode } from './codes.js';
import { wordsBefore } from './context.js';
import { hasKnownForm, isAnnouncedHost, isBareHost } from './hosts.js';

/**
 * Addresses of the web: with a scheme, with `www.`, or a bare host whose ending is surely that of a host. Each goes up to
 * the next blank or quote, without the punctuation of the sentence around it. They may overlap one another.
 */
export function findUrls(text: string): readonly Span[] {
  return [...findSchemed(text), ...findWww(text), ...findBare(text)];
}

const URL_CHARS_MAX = 2048;
const HOST_CHARS_MAX = 253;
const SCHEME_CHARS_MAX = 12;
const SCHEME =
  /(?<![0-9A-Za-z])(?:https?|ftps?|sftp|wss?|ssh|git|s3|smb|ldaps?|rediss?|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|amqps?)$/i;
const NO_PART = /[\s<>"'`{}|\\^\p{Cc}\p{Pi}\p{Pf}]/u;
const SURE = 0.99;
const ANNOUNCING = new Set(
  'website websites site sites domain domains url urls homepage webpage web visit visited host hostname'.split(
    ' ',
  ),
);
/** A host that nothing announces gives way to whatever else a stretch may be. */
const LIKELY = 0.8;

function findSchemed(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at)) {
    const before = text.slice(Math.max(0, at - SCHEME_CHARS_MAX), at);
    const scheme = SCHEME.exec(before)?.[0];
    const body = at + '://'.length;
    const end = scheme === undefined ? body : addressEnd(text, body);
    if (scheme !== undefined && end > body) spans.push(url(at - scheme.length, end, SURE));
    at = end;
  }
  return spans;
}

function findWww(text: string): readonly Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (const { index } of text.matchAll(/(?<![\w.@-])www\.(?=[\w-])/gi)) {
    if (index < free) continue;
    const host = text.slice(index, withoutClosing(text, index, hostEnd(text, index)));
    if (host.split('.').length < 3 || !hasKnownForm(host)) continue;
    free = addressEnd(text, index);
    spans.push(url(index, free, SURE));
  }
  return spans;
}

/** It goes from dot to dot, since most words of a text have none. */
function findBare(text: string): readonly Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', Math.max(dot + 1, free))) {
    const isInside = isLabelCode(text.charCodeAt(dot - 1)) && isLabelCode(text.charCodeAt(dot + 1));
    if (!isInside) continue;
    let start = dot;
    while (start > Math.max(free, dot - HOST_CHARS_MAX) && isLabelCode(text.charCodeAt(start - 1)))
      start -= 1;
    free = hostEnd(text, dot);
    const end = bareEnd(text, start, free);
    if (end === undefined) continue;
    spans.push(url(start, end, LIKELY));
    free = end;
  }
  return spans;
}

function hostEnd(text: string, from: number): number {
  let end = from;
  while (end < from + HOST_CHARS_MAX && (text.charAt(end) === '.' || isLabelCode(text.charCodeAt(end))))
    end += 1;
  return end;
}

/** The end of the address that begins with a bare host; undefined when the dots stand in code, a path or a sentence. */
function bareEnd(text: string, start: number, end: number): number | undefined {
  const last = withoutClosing(text, start, end);
  const before = text.charAt(start - 1) || 'none';
  const after = text.charAt(last) || 'none';
  if ('@/\\_.'.includes(before) || '@(_=\\'.includes(after)) return undefined;
  if (!isHost(text, start, last)) return undefined;
  const hasMore = after === '/' || (after === ':' && isWordCode(text.charCodeAt(last + 1)));
  return hasMore ? addressEnd(text, start) : last;
}

function isHost(text: string, start: number, end: number): boolean {
  const host = text.slice(start, end);
  if (isBareHost(host)) return true;
  return (
    isAnnouncedHost(host) &&
    wordsBefore(text, start)
      .slice(0, 3)
      .some((word) => ANNOUNCING.has(word))
  );
}

function addressEnd(text: string, start: number): number {
  const last = Math.min(text.length, start + URL_CHARS_MAX);
  let end = start;
  let opened = 0;
  for (; end < last && !NO_PART.test(text.charAt(end)); end += 1) {
    if (text.charAt(end) === '[') opened += 1;
    // The text of a link in Markdown ends so: `[https://…](https://…)`.
    if (text.charAt(end) === ']' && opened === 0) break;
  }
  return withoutClosing(text, start, end);
}

/** Without what closes a sentence, or a bracket that was opened before the address. */
function withoutClosing(text: string, start: number, end: number): number {
  const address = text.slice(start, end);
  const closing = address.includes('(') ? '.,;:!?*' : '.,;:!?*)';
  let last = end;
  while (last > start && closing.includes(text.charAt(last - 1))) last -= 1;
  return last;
}

function url(start: number, end: number, score: number): Span {
  return { type: 'URL', start, end, score };
}
