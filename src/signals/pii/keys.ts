import type { Span } from '../contract.js';

/** Keys, tokens and passwords of a few hundred characters: by the prefixes that services give them, or assigned to a name. */
export function findKeys(text: string): readonly Span[] {
  return [...findPrefixed(text, PREFIXED), ...findAssigned(text)];
}

/** Those that may go on for thousands of characters: JSON Web Tokens, PEM private keys, and what follows `Bearer`. */
export function findLongKeys(text: string): readonly Span[] {
  return [...findPrefixed(text, WEB_TOKENS), ...findPrivateKeys(text), ...findBearers(text)];
}

/** No long key has more characters than this. */
export const LONG_KEY_CHARS_MAX = 16_384;

/** Each alternative is a fixed prefix and one run of one class, so that a text is read once. */
const PREFIXED = [
  /(?<![0-9A-Za-z_-])(?:sk|pk|rk)[-_](?:(?:proj|ant|or|live|test|svcacct|admin)[-_])?[0-9A-Za-z_-]{16,256}/g,
  /(?<![0-9A-Za-z_])(?:gh[pousr]_[0-9A-Za-z]{20,255}|github_pat_[0-9A-Za-z_]{20,255}|glpat-[0-9A-Za-z_-]{16,64})/g,
  /(?<![0-9A-Za-z_])(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}(?![0-9A-Za-z])/g,
  /(?<![0-9A-Za-z_])(?:xox[abeoprs]-|xapp-)[0-9A-Za-z-]{10,255}/g,
  /(?<![0-9A-Za-z_])AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/g,
  /(?<![0-9A-Za-z_])(?:hf_|npm_|pypi-|dop_v1_|shpat_|glsa_|gsk_|nvapi-|r8_|lin_api_)[0-9A-Za-z_-]{24,255}/g,
  /(?<![0-9A-Za-z_])SG\.[0-9A-Za-z_-]{16,64}\.[0-9A-Za-z_-]{16,64}/g,
];
const WEB_TOKENS = [
  /(?<![0-9A-Za-z_-])eyJ[0-9A-Za-z_-]{8,4096}\.eyJ[0-9A-Za-z_-]{4,4096}\.[0-9A-Za-z_-]{8,1024}/g,
];

const PRIVATE_KEY = /-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g;
const PRIVATE_KEY_END = /-----END (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g;
const BEARER = /(?<![0-9A-Za-z_])bearer[ ]{1,4}(?<value>[0-9A-Za-z._~+/-]{16,4096}={0,2})/gi;
const ASSIGNED =
  /(?<name>password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|auth[_-]?key)["'`]?[ ]{0,3}(?:[:=]|=>|:=)[ ]{0,3}(?<quote>["'`]?)(?<value>[^\s"'`,;<>()[\]{}]{6,512})/gi;

function findPrefixed(text: string, patterns: readonly RegExp[]): readonly Span[] {
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)]
      .filter(([key]) => /[0-9]/.test(key) && new Set(key).size > DISTINCT_MIN)
      .map((match) => secret(match.index, match[0].length, 0.99)),
  );
}

const DISTINCT_MIN = 7;

/** From the opening line to the closing one; to the end of what a key can be where the closing one was cut off. */
function findPrivateKeys(text: string): readonly Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (const { index, 0: opening } of text.matchAll(PRIVATE_KEY)) {
    if (index < free) continue;
    const body = text.slice(index, index + LONG_KEY_CHARS_MAX);
    PRIVATE_KEY_END.lastIndex = opening.length;
    const closing = PRIVATE_KEY_END.exec(body);
    const length = closing === null ? opening.length : closing.index + closing[0].length;
    spans.push(secret(index, length, 0.99));
    free = index + (closing === null ? body.length : length);
  }
  return spans;
}

function findBearers(text: string): readonly Span[] {
  return [...text.matchAll(BEARER)].flatMap((match) => {
    const value = match.groups?.['value'] ?? '';
    return bitsPerChar(value) >= TOKEN_BITS_MIN && /[0-9]/.test(value)
      ? [secret(match.index + match[0].length - value.length, value.length, 0.95)]
      : [];
  });
}

function findAssigned(text: string): readonly Span[] {
  return [...text.matchAll(ASSIGNED)].flatMap((match) => {
    const { name = '', value = '', quote = '' } = match.groups ?? {};
    const trimmed = quote === '' ? value.replace(/[.?:]{1,3}$/, '') : value;
    if (!looksSecret(name.toLowerCase(), trimmed)) return [];
    return [secret(match.index + match[0].length - value.length, trimmed.length, 0.9)];
  });
}

const PASSWORD_NAMES = ['password', 'passwd', 'passphrase', 'pwd'];
const PASSWORD_CHARS_MIN = 6;
const TOKEN_CHARS_MIN = 16;
/** Bits of information per character: words of a language in code (`request_token_value`) stay below it. */
const TOKEN_BITS_MIN = 3;

/** A password mixes kinds of characters; a token is long and looks random. Code that names a variable is neither. */
function looksSecret(name: string, value: string): boolean {
  if (/^(?:process\.env|os\.environ|\$|%|self\.|this\.|req\.|config\.)/.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^0-9A-Za-z]/].filter((kind) => kind.test(value)).length;
  if (PASSWORD_NAMES.includes(name)) {
    return value.length >= PASSWORD_CHARS_MIN && kinds >= 2 && /[0-9!@#$%^&*]/.test(value);
  }
  return (
    value.length >= TOKEN_CHARS_MIN &&
    kinds >= 2 &&
    /[0-9]/.test(value) &&
    bitsPerChar(value) >= TOKEN_BITS_MIN
  );
}

/** Shannon's entropy of the characters. */
function bitsPerChar(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

function secret(start: number, length: number, score: number): Span {
  return { type: 'API_KEY', start, end: start + length, score };
}
