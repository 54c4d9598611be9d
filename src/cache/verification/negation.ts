import type { Difference } from './difference.js';
import { areOpposite } from './poles.js';
import { type Reading, stemOf, type Token } from './tokens.js';
import { stemSet, wordSet } from './word-list.js';

/**
 * What one text denies and the other does not. Each `not`, `without`, `never` … counts, and so does a prefix
 * (`non-renewable`, `unsafe`, `irregular`) whose bare word stands in the other text; that is what keeps `under`,
 * `interest` and `important` from looking negated. `are not renewable` and `non-renewable` agree; `are not the main
 * renewable` does not, since there the `not` denies something else. In other words a text may say without a denial
 * what the other says with one (`not allowed`, `forbidden`), so the difference is certain only where they are close.
 */
export function negationDiffers(one: Reading, other: Reading): Difference | undefined {
  const ours = countNegations(one, other);
  const theirs = countNegations(other, one);
  // A weak word (`unable`, `fails`) may stand for a `not` of the other text, but need not.
  const isMore =
    Math.max(ours.strong, theirs.strong) > Math.min(ours.strong + ours.weak, theirs.strong + theirs.weak);
  if (!isMore && !deniesMore(ours, theirs, other) && !deniesMore(theirs, ours, one)) return undefined;
  const isUndone = deniesOpposite(one, other) || deniesOpposite(other, one);
  return { kind: 'negation', certainty: isUndone ? 'suspected' : 'if-close' };
}

/** `is not permitted` where the other text says `forbidden`, and not `permitted`. */
function deniesOpposite({ tokens }: Reading, other: Reading): boolean {
  return tokens.some((token, index) => {
    if (!STRONG.has(token.lower)) return false;
    const denied = tokens.slice(index + 1, index + 3);
    return denied.some((word) => !other.stems.has(word.stem) && areOpposite(word, other));
  });
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
  const cancelled = new Set<number>();
  const { tokens } = reading;
  for (const [index, token] of tokens.entries()) {
    if (STRONG.has(token.lower)) {
      if (isNoDenial(tokens, index)) continue;
      if (isDeniedAgain(tokens, index, other))
        cancelled
          .add(index)
          .add(index + 1)
          .add(index + 2);
      else if (isPolite(tokens, index)) weak += 1;
      else if (!cancelled.has(index)) strong += 1;
      continue;
    }
    if (cancelled.has(index)) continue;
    if (isFreeOf(tokens, index)) {
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

/** `No. 5` is a number, `5 minus 3` a sum, `no more than 5` a bound, `whether or not` leaves both open. */
function isNoDenial(tokens: readonly Token[], at: number): boolean {
  const [previous, token, next, third] = [tokens[at - 1], tokens[at], tokens[at + 1], tokens[at + 2]];
  if (token === undefined) return false;
  if (token.lower === 'minus') return next?.isNumber === true || previous?.isNumber === true;
  if (token.lower === 'not') return previous?.lower === 'or' || next?.lower === 'only';
  if (token.lower === 'nothing' || token.lower === 'none')
    return next?.lower === 'but' || next?.lower === 'other';
  if (token.lower !== 'no') return false;
  if (token.after.startsWith('.') && next?.isNumber === true) return true;
  return third?.lower === 'than' || /^(?:matter|doubt|problem)$/.test(next?.lower ?? '');
}

/** `not impossible`, `not without`, `not uncommon`: twice denied says the bare word. */
function isDeniedAgain(tokens: readonly Token[], at: number, other: Reading): boolean {
  const next = tokens.slice(at + 1, at + 3);
  const [first, second] = next;
  if (first !== undefined && /^(?:without|never|nothing|none)$/.test(first.lower)) return true;
  const word = first !== undefined && WEAK_ADVERBS.has(first.lower) ? second : first;
  return word !== undefined && deniedStem(word, other) !== undefined;
}

/** `sugar-free`, `free of sugar`, `free from sugar`. */
function isFreeOf(tokens: readonly Token[], at: number): boolean {
  const [token, next, third] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (token?.lower !== 'free') return false;
  const isFree = next?.lower === 'from' || (next?.lower === 'of' && third?.lower !== 'charge');
  return isFree || /^[-‐‑]$/.test(token.before);
}

/** `I'm not sure how …`, `I don't know how …`, `Isn't it …`: the question itself is not denied. */
function isPolite(tokens: readonly Token[], index: number): boolean {
  const [first, token, next] = [tokens[index - 1], tokens[index], tokens[index + 1]];
  if (POLITE_AFTER_NOT.has(next?.lower ?? '')) return true;
  // `Don't …` gives an order; any other verb with a `not` in first place asks for a yes.
  return (
    index === 1 && first?.raw === token?.raw && /n['’]t$/i.test(token?.raw ?? '') && first?.lower !== 'do'
  );
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

const WEAK_ADVERBS = wordSet('so very that really entirely completely at necessarily');

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
