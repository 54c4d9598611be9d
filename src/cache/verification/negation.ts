import { type Reading, stemOf, type Token } from './tokens.js';
import { stemSet, wordSet } from './word-list.js';

/**
 * True when one text denies what the other says. Each `not`, `without`, `never` … counts, and so does a prefix
 * (`non-renewable`, `unsafe`, `irregular`) whose bare word stands in the other text; that is what keeps `under`,
 * `interest` and `important` from looking negated. `are not renewable` and `non-renewable` agree; `are not the main
 * renewable` does not, since there the `not` denies something else.
 */
export function negationDiffers(one: Reading, other: Reading): boolean {
  const ours = countNegations(one, other);
  const theirs = countNegations(other, one);
  // A weak word (`unable`, `fails`) may stand for a `not` of the other text, but need not.
  if (Math.max(ours.strong, theirs.strong) > Math.min(ours.strong + ours.weak, theirs.strong + theirs.weak)) {
    return true;
  }
  return deniesMore(ours, theirs, other) || deniesMore(theirs, ours, one);
}

/** True when one text denies a word by its prefix which the other neither denies so nor by a `not` right before it. */
function deniesMore(ours: Negations, theirs: Negations, other: Reading): boolean {
  return ours.prefixed.some((stem) => !theirs.prefixed.includes(stem) && !deniesOutright(other, stem));
}

function deniesOutright({ tokens }: Reading, stem: string): boolean {
  return tokens.some(
    (token, index) =>
      STRONG.has(token.lower) && (tokens[index + 1]?.stem === stem || tokens[index + 2]?.stem === stem),
  );
}

/** How often, and how, a text denies something. */
export interface Negations {
  readonly strong: number;
  readonly weak: number;
  /** Stems of the words that a prefix or ending denies. */
  readonly prefixed: readonly string[];
}

/** A prefix denies only where the other text says the bare word, so it takes both. */
export function countNegations(reading: Reading, other: Reading): Negations {
  let strong = 0;
  let weak = 0;
  const prefixed: string[] = [];
  const { tokens } = reading;
  for (const [index, token] of tokens.entries()) {
    if (STRONG.has(token.lower) && !isNumberSign(token, tokens[index + 1])) {
      if (isPolite(tokens, index)) weak += 1;
      else strong += 1;
      continue;
    }
    if (token.lower === 'free' && /^[-‐‑]$/.test(token.before)) {
      strong += 1;
      continue;
    }
    const denied = token.lower === 'non' ? tokens[index + 1]?.stem : deniedStem(token, other);
    if (denied !== undefined) {
      strong += 1;
      prefixed.push(denied);
    } else if (WEAK.has(token.stem)) weak += 1;
  }
  return { strong, weak, prefixed };
}

/** `No. 5` is a number, not a denial. */
function isNumberSign(token: Token, next: Token | undefined): boolean {
  return token.lower === 'no' && token.after.startsWith('.') && next?.isNumber === true;
}

/** `I'm not sure how …`, `I don't know how …`, `why not …`: the question itself is not denied. */
function isPolite(tokens: readonly Token[], index: number): boolean {
  const next = tokens[index + 1]?.lower ?? '';
  return POLITE_AFTER_NOT.has(next) || (next === 'only' && tokens[index]?.lower === 'not');
}

/** The bare stem of a word that is the other text's word with a denying prefix or ending; undefined for any other. */
function deniedStem(token: Token, other: Reading): string | undefined {
  const word = token.lower;
  if (word.length < 5 || NOT_DENIED.has(token.stem)) return undefined;
  for (const prefix of PREFIXES) {
    if (!word.startsWith(prefix)) continue;
    const bare = word.slice(prefix.length);
    const shortest = prefix === 'a' ? 6 : 4;
    // `nonrenewable` denies whatever the other text says; the other prefixes also begin words that deny nothing.
    const stem = stemOf(bare);
    if (bare.length >= shortest && (prefix === 'non' || other.stems.has(stem))) return stem;
  }
  const bare = word.endsWith('less') ? word.slice(0, -4) : '';
  if (bare.length < 3) return undefined;
  return [stemOf(bare), stemOf(`${bare}ful`)].find((stem) => other.stems.has(stem));
}

const PREFIXES = ['non', 'un', 'in', 'im', 'ir', 'il', 'dis', 'anti', 'mis', 'de', 'counter', 'a'] as const;

const STRONG = wordSet(`
  no not never none nothing nobody nowhere neither nor without except excluding exclude excludes cannot minus lacks
  lacking lack avoid avoiding avoids`);

const WEAK = stemSet(`
  unable fail fails failed failing failure impossible broken refuse refuses stop stops prevent prevents hardly rarely
  seldom barely problem trouble issue error missing unless besides instead rather`);

const POLITE_AFTER_NOT = wordSet('sure know understand mind certain familiar remember get');

/** Words that only look as if a prefix denied another word. */
const NOT_DENIED = stemSet(`
  inform information invest install instance inside increase income include input intend intent inline inbox indoor
  inlet indeed insight intense inset invoice involve import impress imprint impact impart improve impose discover
  discuss discount disease distance display dispatch dismiss distress disaster district distract uniform universe
  university unique union unity unless until under image illustrate irritate antique arrange around account against
  across default define deliver depart department deposit describe design detail develop device demand decrease
  derive deal defend degree demonstrate deserve despite destination determine detect decide declare decode deploy
  nonsense nonetheless counterpart misses mission mister unit units deport delight delay inch inches inning`);
