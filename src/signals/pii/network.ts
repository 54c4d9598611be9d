import isIP from 'validator/lib/isIP.js';
import type { Span } from '../contract.js';
import { isDigitCode, isHexCode, isWordCode } from './codes.js';
import { wordsBefore } from './context.js';

/** Addresses of the internet, version 4 and 6, but for those that mean nobody: this machine, none, a mask. */
export function findIpAddresses(text: string): readonly Span[] {
  return [...findVersion4(text), ...findVersion6(text)];
}

/** Hardware addresses: six pairs of hexadecimal digits with colons or dashes, or three groups of four with dots. */
export function findMacAddresses(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(MAC)) {
    const digits = match[0].replaceAll(/[^0-9A-Fa-f]/g, '');
    if (/^(?:0+|[fF]+)$/.test(digits) || !/[0-9]/.test(digits)) continue;
    spans.push({ type: 'MAC_ADDRESS', start: match.index, end: match.index + match[0].length, score: 0.99 });
  }
  return spans;
}

const VERSION4 = /(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w]|\.[0-9])/g;
const MAC =
  /(?<![\w:-])(?:[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2})(?![\w:-])/g;
/** Releases of programs are written like addresses. */
const VERSION_WORDS = ['version', 'versions', 'release', 'v', 'build', 'firmware'];
/** `1::2:3` has the fewest characters of those with three groups. */
const VERSION6_CHARS_MIN = 6;
const VERSION6_CHARS_MAX = 46;
const GROUP_CHARS_MAX = 4;

function findVersion4(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(VERSION4)) {
    const [address] = match;
    if (!isIP.default(address, 4) || /^(?:0\.|127\.|255\.255\.)/.test(address)) continue;
    if (VERSION_WORDS.includes(wordsBefore(text, match.index).at(0) ?? '')) continue;
    spans.push({ type: 'IP_ADDRESS', start: match.index, end: match.index + address.length, score: 0.99 });
  }
  return spans;
}

/** It goes from colon to colon, since most words of a text have none. */
function findVersion6(text: string): readonly Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', free)) {
    let start = colon;
    while (start > Math.max(free, colon - GROUP_CHARS_MAX) && isHexCode(text.charCodeAt(start - 1)))
      start -= 1;
    let end = colon + 1;
    while (end < start + VERSION6_CHARS_MAX && isPart(text.charCodeAt(end))) end += 1;
    free = end;
    if (end - start < VERSION6_CHARS_MIN) continue;
    const address = text.slice(start, end).replace(/(?<!:)[:.]$/, '');
    if (isWordCode(text.charCodeAt(start - 1)) || isWordCode(text.charCodeAt(end)) || !isSixth(address))
      continue;
    spans.push({ type: 'IP_ADDRESS', start, end: start + address.length, score: 0.99 });
  }
  return spans;
}

/** Colons, hexadecimal digits, and the dots of an address of version 4 at the end. */
function isPart(code: number): boolean {
  return isHexCode(code) || code === 0x3a || code === 0x2e;
}

/**
 * At least three groups and a digit: `::`, `::1` and names of C++ such as `dead::beef` are nobody's address. Neither are
 * eight small decimals, which are a ratio or a list.
 */
function isSixth(address: string): boolean {
  const groups = address.split(':').filter((group) => group !== '');
  const hasDigit = [...address].some((char) => isDigitCode(char.charCodeAt(0)));
  const isList = groups.length === 8 && groups.every((group) => /^[0-9]{1,3}$/.test(group));
  return groups.length >= 3 && hasDigit && !isList && isIP.default(address, 6);
}
