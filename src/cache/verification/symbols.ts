import type { Difference } from './difference.js';
import { knownNameOf } from './names.js';
import { quantitiesOf } from './quantities.js';
import type { Reading, Token } from './tokens.js';
import { tally } from './word-list.js';

/**
 * What differs between the texts in what only their raw characters show: operators and brackets (`C++` against `C`,
 * `()` against `[]`), single letters (`vitamin C`), flags (`-r`), names from code (`os_path`, `useState`), and quoted
 * words. Where each text has one that the other has not, they ask of different things; one that a single text has may
 * be decoration, or said in words by the other.
 */
export function symbolsDiffer(one: Reading, other: Reading): Difference | undefined {
  const sides = [
    onlyOn(signsOf(one), signsOf(other)),
    onlyOn(shortFlags(one), shortFlags(other)),
    onlyOn(longFlags(one), longFlags(other)),
    literalsOnlyOn(one, other),
  ];
  if (sides.some(({ ours, theirs }) => ours.length > 0 && theirs.length > 0)) return CERTAIN;
  if (sides.every(({ ours, theirs }) => ours.length === 0 && theirs.length === 0)) return undefined;
  // The very same words in the very same order, and one operator more: `x` and `!x`, `5` and `5!`.
  return isSameWords(one, other) ? CERTAIN : { kind: 'symbol', certainty: 'suspected' };
}

const CERTAIN: Difference = { kind: 'symbol', certainty: 'certain' };

interface Sides {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

function onlyOn(one: readonly string[], other: readonly string[]): Sides {
  if (one.length === 0 && other.length === 0) return { ours: [], theirs: [] };
  return { ours: moreIn(one, other), theirs: moreIn(other, one) };
}

function moreIn(one: readonly string[], other: readonly string[]): string[] {
  const counts = tally(other);
  return [...tally(one)].filter(([item, count]) => count > (counts.get(item) ?? 0)).map(([item]) => item);
}

function isSameWords(one: Reading, other: Reading): boolean {
  return (
    one.tokens.length === other.tokens.length &&
    one.tokens.every((token, index) => token.stem === other.tokens[index]?.stem)
  );
}

/** Operators, and the letters that name something. */
export function signsOf(reading: Reading): string[] {
  return [...operatorsOf(reading.text), ...lettersOf(reading)];
}

const OPERATOR = /[+*/=<>!&|^~@#\\[\]{}()-]+/g;

/** Without any of these a text has no operator; brackets and hyphens of prose are looked at one by one. */
const MAY_HOLD_OPERATOR = /[+*/=<>!&|^~@#\\[\]{}()-]/;

/** Marks of emphasis, and emoticons. */
const DECORATION =
  /(?<![^\s(])(\*{1,3})(?=[^\s*])[^*\n]{1,200}(?<=\S)\1(?![^\s).,;:?!])|(?<!\S)(?:<3|[:;=]-?[()DPp/|]|\^\^|\^_\^)(?!\S)/g;

/** Runs of symbols that are no punctuation of plain prose. */
export function operatorsOf(text: string): string[] {
  const operators: string[] = [];
  if (!MAY_HOLD_OPERATOR.test(text)) return operators;
  const plain = text.replace(DECORATION, (whole) => whole.replace(/[^\p{L}\p{N}]/gu, ' '));
  for (const match of plain.matchAll(OPERATOR)) {
    const operator = operatorAt(plain, match.index, match[0]);
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
  // A dash of two hyphens, rows of `!!!`, and headings are prose; flags like `--force` are read by themselves.
  if (bare === '^' && /\d/.test(previous) && /\d/.test(next)) return '';
  if (/^-+$/.test(bare)) return bare === '--' && /\w/.test(previous) && !/\w/.test(next) ? bare : '';
  // `2+2=?` asks for what `2+2` asks for, and a letter may be glued to its sign: `C++`, `C#`.
  if (bare === '=' && /^\s*\??\s*$/.test(text.slice(start + run.length))) return '';
  if (isLetterName(text, start, run)) return '';
  return /^(?:!+|#+)$/.test(bare) && /\s/.test(next) && !/\w/.test(previous) ? '' : bare.replace(/^!+$/, '');
}

/** `C++`, `C#`, `F#`, `g++`: a letter and its signs are one name, which `lettersOf` reads. */
function isLetterName(text: string, start: number, run: string): boolean {
  return (
    /^(?:\+\+|#)$/.test(run) &&
    /(?<![\p{L}\p{N}])[B-HJ-Zb-hj-z]$/u.test(text.slice(Math.max(0, start - 2), start))
  );
}

/** Letters that stand alone and name something (`vitamin C`, `solve for x`), with the signs that belong to them. */
function lettersOf(reading: Reading): string[] {
  const letters: string[] = [];
  const numbers = numberTokensOf(reading);
  for (const [index, token] of reading.tokens.entries()) {
    const spelled = LETTER_NAMES.get(token.lower);
    if (spelled !== undefined) letters.push(spelled);
    const isSeries =
      token.raw.length === 1 && token.after === '' && reading.tokens[index + 1]?.isNumber === true;
    if (!(isLoneLetter(token) || isSeries) || numbers.has(index) || isTimesSign(reading.tokens, index))
      continue;
    const next = reading.tokens.slice(index + 1, index + 3).map((word) => word.lower);
    const said = next[0] === 'sharp' ? '#' : next[0] === 'plus' && next[1] === 'plus' ? '++' : '';
    const signs = /^(?:\+\+|#)/.exec(token.after)?.[0] ?? said;
    letters.push(token.lower + signs);
  }
  return letters;
}

const LETTER_NAMES: ReadonlyMap<string, string> = new Map([
  ['cpp', 'c++'],
  ['csharp', 'c#'],
  ['fsharp', 'f#'],
]);

/** `5x5`, `5 x 5`. */
function isTimesSign(tokens: readonly Token[], at: number): boolean {
  return tokens[at]?.lower === 'x' && tokens[at - 1]?.isNumber === true && tokens[at + 1]?.isNumber === true;
}

function numberTokensOf(reading: Reading): ReadonlySet<number> {
  const taken = new Set<number>();
  for (const { start, end } of quantitiesOf(reading)) for (let at = start; at < end; at += 1) taken.add(at);
  return taken;
}

/**
 * Single letters but `a` and `I`, which are words; a letter after a degree sign is a unit, as is that of `km/h`, `U.S.` and `e.g.`
 * are words of letters, and the letter of a flag is read with it.
 */
function isLoneLetter(token: Token): boolean {
  if (token.lower.length !== 1 || token.isNumber || /^[ai]$/.test(token.lower)) return false;
  if (isFlag(token) || /['’]/.test(token.raw)) return false;
  const isSpeed = token.before === '/' && /^[hs]$/.test(token.lower);
  return token.before !== '.' && token.after !== '.' && !isSpeed && !/°\s?$/.test(token.before);
}

/** `-la` is `-a -l`. The long form of a flag has other letters, so short and long ones are never compared. */
function shortFlags({ tokens }: Reading): string[] {
  return tokens.filter((token) => isFlag(token) && !isLongFlag(token)).flatMap((token) => [...token.raw]);
}

function longFlags({ tokens }: Reading): string[] {
  return tokens.filter((token) => isFlag(token) && isLongFlag(token)).map((token) => token.lower);
}

function isLongFlag(token: Token): boolean {
  return token.before.endsWith('--') || token.raw.length > SHORT_FLAGS_MAX;
}

/** Longer words after one hyphen are one flag, not a row of them. Letters. */
const SHORT_FLAGS_MAX = 4;

function isFlag(token: Token): boolean {
  return !token.isNumber && /[\s`"'(]--?$/.test(token.before);
}

function literalsOnlyOn(one: Reading, other: Reading): Sides {
  return { ours: missingLiterals(one.text, other.text), theirs: missingLiterals(other.text, one.text) };
}

function missingLiterals(from: string, to: string): string[] {
  const target = to.toLowerCase();
  return [...literalsOf(from)].filter((literal) => !target.includes(literal));
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
