import { type Reading, stemOf, type Token } from './tokens.js';
import { stemSet, wordSet } from './word-list.js';

/**
 * True when one text denies what the other says. Each `not`, `without`, `never` … counts, and so does a prefix
 * (`non-renewable`, `unsafe`, `irregular`) whose bare word stands in the other text; that is what keeps `under`,
 * `interest` and `important` from looking negated. `are not renewable` and `non-renewable` therefore agree.
 */
export function negationDiffers(one: Reading, other: Reading): boolean {
  const ours = countNegations(one, other);
  const theirs = countNegations(other, one);
  // A weak word (`unable`, `fails`) may stand for a `not` of the other text, but need not.
  return (
    Math.max(ours.strong, theirs.strong) > Math.min(ours.strong + ours.weak, theirs.strong + theirs.weak)
  );
}

interface Negations {
  readonly strong: number;
  readonly weak: number;
}

function countNegations(reading: Reading, other: Reading): Negations {
  let strong = 0;
  let weak = 0;
  const { tokens } = reading;
  for (const [index, token] of tokens.entries()) {
    if (STRONG.has(token.lower) && !isNumberSign(token, tokens[index + 1])) {
      if (isPolite(tokens, index)) weak += 1;
      else strong += 1;
    } else if (token.lower === 'free' && /^[-‐‑]$/.test(token.before)) strong += 1;
    else if (token.lower === 'non') strong += 1;
    else if (isDenied(token, other)) strong += 1;
    else if (WEAK.has(token.stem)) weak += 1;
  }
  return { strong, weak };
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

/** A word that is the other text's word with a denying prefix or ending. */
function isDenied(token: Token, other: Reading): boolean {
  const word = token.lower;
  if (word.length < 5 || NOT_DENIED.has(token.stem)) return false;
  for (const prefix of PREFIXES) {
    if (!word.startsWith(prefix)) continue;
    const bare = word.slice(prefix.length);
    const shortest = prefix === 'a' ? 6 : 4;
    // `nonrenewable` denies whatever the other text says; the other prefixes also begin words that deny nothing.
    if (bare.length >= shortest && (prefix === 'non' || other.stems.has(stemOf(bare)))) return true;
  }
  const bare = word.endsWith('less') ? word.slice(0, -4) : '';
  return bare.length >= 3 && (other.stems.has(stemOf(bare)) || other.stems.has(stemOf(`${bare}ful`)));
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
