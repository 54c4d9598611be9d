import { knownNameOf } from './names.js';
import type { Reading, Token } from './tokens.js';
import { exceeds, tally } from './word-list.js';

/**
 * True when the texts differ in what only their raw characters show: operators and brackets (`C++` against `C`, `()`
 * against `[]`), single letters (`vitamin C`), names from code (`os_path`, `useState`), and quoted words.
 */
export function symbolsDiffer(one: Reading, other: Reading): boolean {
  return (
    differ(operatorsOf(one.text), operatorsOf(other.text)) ||
    differ(one.tokens.filter(isLoneLetter).map(lowerOf), other.tokens.filter(isLoneLetter).map(lowerOf)) ||
    lacksLiteral(one.text, other.text) ||
    lacksLiteral(other.text, one.text)
  );
}

function differ(one: readonly string[], other: readonly string[]): boolean {
  if (one.length === 0 && other.length === 0) return false;
  const [ours, theirs] = [tally(one), tally(other)];
  return exceeds(ours, theirs) || exceeds(theirs, ours);
}

const OPERATOR = /[+*/=<>!&|^~@#\\[\]{}()-]+/g;

/** Runs of symbols that are no punctuation of plain prose. */
export function operatorsOf(text: string): string[] {
  const operators: string[] = [];
  for (const match of text.matchAll(OPERATOR)) {
    const operator = operatorAt(text, match.index, match[0]);
    if (operator !== '') operators.push(operator);
  }
  return operators;
}

/** The run of symbols at a place, or an empty string where it is punctuation of plain prose. */
function operatorAt(text: string, start: number, run: string): string {
  const previous = text[start - 1] ?? ' ';
  const next = text[start + run.length] ?? ' ';
  if (run.includes('()')) return run;
  const bare = run.replace(/^[()]+|[()]+$/g, '');
  switch (bare) {
    case '/':
    case '-':
    case '&':
      return '';
    case '!':
      return /\d/.test(previous) || (/\s/.test(previous) && /[\w(]/.test(next)) ? bare : '';
    case '~':
      return /\d/.test(next) ? '' : bare;
    case '#':
      // `C#` is a name; `#1` and the mark of a heading are not part of one.
      return /\w/.test(previous) ? bare : '';
    case '*':
      return previous === '\n' || start === 0 ? '' : bare;
    default:
      break;
  }
  // A dash of two hyphens, rows of `!!!`, and headings are prose; `--force` is not.
  if (/^-+$/.test(bare)) return /\s/.test(previous) && /\w/.test(next) ? bare : '';
  return /^(?:!+|#+)$/.test(bare) && /\s/.test(next) && !/\w/.test(previous) ? '' : bare.replace(/^!+$/, '');
}

/** Single letters that name something: `a` and `I` are words; a letter after a degree sign is a unit, and `U.S.` or `e.g.` a word of letters. */
export function isLoneLetter(token: Token): boolean {
  if (token.lower.length !== 1 || token.isNumber || /^[ai]$/.test(token.lower)) return false;
  return token.before !== '.' && token.after !== '.' && !/°\s?$/.test(token.before);
}

function lowerOf(token: Token): string {
  return token.lower;
}

function lacksLiteral(from: string, to: string): boolean {
  const target = to.toLowerCase();
  for (const literal of literalsOf(from)) if (!target.includes(literal)) return true;
  return false;
}

const QUOTED =
  /"([^"\n]{1,200})"|“([^”\n]{1,200})”|`([^`\n]{1,200})`|«([^»\n]{1,200})»|(?<=^|[\s(])'([^'\n]{1,200})'(?=[\s.,;:?!)]|$)/g;

/** At most so many are looked up in the other text, since each look-up reads it whole. */
const LITERALS_MAX = 64;

/** Without any of these a text holds neither a quotation nor a name from code, which most questions do not. */
const MAY_HOLD_LITERAL = /["“`«'_\\/:]|\.\S|\p{Ll}\p{Lu}/u;

/** Quoted words and names from code, in lower case. */
export function literalsOf(text: string): ReadonlySet<string> {
  const literals = new Set<string>();
  if (!MAY_HOLD_LITERAL.test(text)) return literals;
  for (const match of text.matchAll(QUOTED)) {
    const quoted = match.slice(1).find((group) => group !== undefined) ?? '';
    literals.add(
      quoted
        .trim()
        .replace(/[.,;:?!]$/, '')
        .toLowerCase(),
    );
  }
  for (const chunk of text.split(/\s+/)) {
    const name = chunk.replace(/^[^\p{L}\p{N}_./\\$]+/u, '').replace(/(?:['’]s)?[^\p{L}\p{N}_$]*$/u, '');
    if (isCodeName(name)) literals.add(name.toLowerCase());
  }
  return new Set([...literals].slice(0, LITERALS_MAX));
}

/** Names that prose does not hold: `snake_case`, `camelCase`, `a.b`, `a::b`, paths and addresses. */
function isCodeName(chunk: string): boolean {
  if (!/[A-Za-z]/.test(chunk)) return false;
  if (/[_\\]|::|^\.?\/\w|\w\/\w+\/|\/\//.test(chunk)) return true;
  const lower = chunk.toLowerCase();
  if (/\p{Ll}\p{Lu}/u.test(chunk)) return knownNameOf({ lower, stem: lower }) === undefined;
  return /[\p{L}\p{N}]{2}\.[\p{L}\p{N}]{2}/u.test(chunk) || /^\.[a-z]{2,}/i.test(chunk);
}
