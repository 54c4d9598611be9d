import type { PartialDate } from './calendar.js';
import type { Certainty, Difference } from './difference.js';
import { polesOf, polesOppose } from './poles.js';
import { type Quantity, quantitiesOf } from './quantities.js';
import type { Reading } from './tokens.js';
import { type Unit, unitsNamed } from './units.js';

/** What became of the numbers of two texts when each was looked for in the other. */
export interface NumberMatch {
  /** Numbers that only one of the texts has; those that are no more than optional have been left out. */
  readonly onlyOurs: readonly Quantity[];
  readonly onlyTheirs: readonly Quantity[];
  /** How many both have. */
  readonly shared: number;
  /** False where the shared ones come in another order. */
  readonly inOrder: boolean;
  /** True where a date is told more fully in one text than in the other. */
  readonly isPartial: boolean;
  /** Indexes of the tokens that say a number of a text: both texts have it, or it has been compared. */
  readonly ourTokens: ReadonlySet<number>;
  readonly theirTokens: ReadonlySet<number>;
}

/**
 * What differs between the numbers of two texts, however they are written: in digits or words, in grams or kilograms,
 * as a date with a name or with slashes. Where both texts state a value and the values differ, another thing is asked
 * for certain; a number that only one text has may be one that the other takes for granted.
 */
export function numbersDiffer(one: Reading, other: Reading): Difference | undefined {
  const match = matchNumbers(one, other);
  const units = unitsDiffer(one, other);
  const values = valuesDiffer(match) ?? orderDiffers(match, one, other);
  if (values?.certainty === 'certain') return values;
  if (units?.certainty === 'certain') return units;
  return values ?? units;
}

/** Looks for each number of one text in the other. Takes time linear in how many there are; the last pair is kept. */
export function matchNumbers(one: Reading, other: Reading): NumberMatch {
  const last = LAST.get(one);
  if (last?.other === other) return last.match;
  const match = findMatch(one, other);
  LAST.set(one, { other, match });
  return match;
}

const LAST = new WeakMap<Reading, { readonly other: Reading; readonly match: NumberMatch }>();

function findMatch(one: Reading, other: Reading): NumberMatch {
  const [ours, theirs] = [quantitiesOf(one), quantitiesOf(other)];
  if (ours.length === 0 && theirs.length === 0) return NOTHING;
  const pairs = new Map<number, number>();
  const taken = new Set<number>();
  const settle = (isOffered: (quantity: Quantity) => boolean, isSought: (quantity: Quantity) => boolean) => {
    const offers = offersOf(theirs, (quantity, index) => !taken.has(index) && isOffered(quantity));
    for (const [index, quantity] of ours.entries()) {
      if (pairs.has(index) || !isSought(quantity)) continue;
      const found = firstOffer(quantity, offers, theirs, taken);
      if (found === undefined) continue;
      pairs.set(index, found);
      taken.add(found);
    }
  };
  const isStated = (quantity: Quantity) => !quantity.isOptional;
  const isOptional = (quantity: Quantity) => quantity.isOptional;
  settle(isStated, isStated);
  settle(isOptional, isStated);
  settle(isStated, isOptional);
  settle(isOptional, isOptional);
  const left = {
    ours: ours.filter((quantity, index) => isStated(quantity) && !pairs.has(index)),
    theirs: theirs.filter((quantity, index) => isStated(quantity) && !taken.has(index)),
  };
  const dates = withoutPartialDates(left.ours, left.theirs);
  const places = [...pairs].toSorted(([first], [second]) => first - second).map(([, place]) => place);
  return {
    onlyOurs: dates.ours,
    onlyTheirs: dates.theirs,
    shared: [...pairs.keys()].filter((index) => ours[index]?.isOptional === false).length,
    inOrder: places.every((place, index) => index === 0 || (places[index - 1] ?? 0) < place),
    isPartial: dates.isPartial,
    ourTokens: tokensOf(ours.filter((quantity, index) => isStated(quantity) || pairs.has(index))),
    theirTokens: tokensOf(theirs.filter((quantity, index) => isStated(quantity) || taken.has(index))),
  };
}

/** Most questions hold no number. */
const NOTHING: NumberMatch = {
  onlyOurs: [],
  onlyTheirs: [],
  shared: 0,
  inOrder: true,
  isPartial: false,
  ourTokens: new Set(),
  theirTokens: new Set(),
};

/** By key, the indexes of the numbers that have it, first ones last so that they can be popped. */
function offersOf(
  quantities: readonly Quantity[],
  isOffered: (quantity: Quantity, index: number) => boolean,
): Map<string, number[]> {
  const offers = new Map<string, number[]>();
  for (const [index, quantity] of [...quantities.entries()].toReversed()) {
    if (!isOffered(quantity, index)) continue;
    for (const key of quantity.keys) {
      const offered = offers.get(key);
      if (offered === undefined) offers.set(key, [index]);
      else offered.push(index);
    }
  }
  return offers;
}

function firstOffer(
  quantity: Quantity,
  offers: ReadonlyMap<string, number[]>,
  theirs: readonly Quantity[],
  taken: ReadonlySet<number>,
): number | undefined {
  for (const key of quantity.keys) {
    const offered = offers.get(key) ?? [];
    while (taken.has(offered.at(-1) ?? -1)) offered.pop();
    const index = offered.at(-1);
    const other = index === undefined ? undefined : theirs[index];
    // `1/2` and `2/1` may each be read as a day of January, but nobody writes both for one thing.
    const isTurned = key.startsWith('date') && isSlashed(quantity) && other !== undefined && isSlashed(other);
    if (other !== undefined && !(isTurned && quantity.digits !== other.digits)) return index;
  }
  return undefined;
}

function isSlashed(quantity: Quantity): boolean {
  return quantity.digits.includes('/');
}

/** Comparing each with each costs the square. Numbers. */
const COMPARED_MAX = 8;

/** Takes out dates that agree as far as both of them say: `20 July 1969` and `July 1969`, or a plain `1969`. */
function withoutPartialDates(
  ours: readonly Quantity[],
  theirs: readonly Quantity[],
): { ours: readonly Quantity[]; theirs: readonly Quantity[]; isPartial: boolean } {
  const left = new Set(theirs.slice(0, COMPARED_MAX));
  const settled = new Set<Quantity>();
  for (const quantity of ours.slice(0, COMPARED_MAX)) {
    const found = [...left].find((other) => agreeInPart(quantity, other));
    if (found === undefined) continue;
    left.delete(found);
    settled.add(quantity).add(found);
  }
  const isLeft = (quantity: Quantity) => !settled.has(quantity);
  return { ours: ours.filter(isLeft), theirs: theirs.filter(isLeft), isPartial: settled.size > 0 };
}

function agreeInPart(one: Quantity, other: Quantity): boolean {
  if (one.dimension !== 'date' && other.dimension !== 'date') return false;
  return partsOf(one).some((mine) => partsOf(other).some((yours) => isPartOf(mine, yours)));
}

function partsOf(quantity: Quantity): readonly PartialDate[] {
  if (quantity.dates.length > 0) return quantity.dates;
  const isYear = quantity.dimension === '' && /^[12]\d{3}$/.test(quantity.digits);
  return isYear ? [{ year: quantity.amount, month: undefined, day: undefined }] : [];
}

function isPartOf(one: PartialDate, other: PartialDate): boolean {
  let shared = 0;
  for (const part of ['year', 'month', 'day'] as const) {
    if (one[part] === undefined || other[part] === undefined) continue;
    if (one[part] !== other[part]) return false;
    shared += 1;
  }
  return shared > 0;
}

/** `10 by 2` is not `2 by 10`; `7 is less than 8` and `8 is greater than 7` say the same. */
function orderDiffers({ inOrder }: NumberMatch, one: Reading, other: Reading): Difference | undefined {
  if (inOrder) return undefined;
  const isConverse = polesOppose(polesOf(one), polesOf(other));
  return { kind: 'number', certainty: isConverse ? 'suspected' : 'if-close' };
}

function valuesDiffer({ onlyOurs, onlyTheirs, isPartial }: NumberMatch): Difference | undefined {
  if (onlyOurs.length === 0 && onlyTheirs.length === 0)
    return isPartial ? { kind: 'number', certainty: 'suspected' } : undefined;
  let worst: Difference = { kind: 'number', certainty: 'suspected' };
  for (const mine of onlyOurs.slice(0, COMPARED_MAX)) {
    for (const yours of onlyTheirs.slice(0, COMPARED_MAX)) {
      const difference = valueDiffers(mine, yours);
      if (rankOf(difference.certainty) > rankOf(worst.certainty)) worst = difference;
      else if (difference.kind === 'unit' && worst.certainty === difference.certainty) worst = difference;
    }
  }
  return worst;
}

/** Beyond this, two amounts in unlike units are no more the same amount rounded. */
const ROUNDED_SHARE_MAX = 0.03;

/** Two numbers that are left over on either side. */
function valueDiffers(mine: Quantity, yours: Quantity): Difference {
  const isSameKind = mine.dimension === yours.dimension;
  const areDigitsEqual = mine.digits === yours.digits;
  if (isSameKind && !areDigitsEqual && isRounded(mine, yours))
    return { kind: 'number', certainty: 'suspected' };
  if (isSameKind) return { kind: areDigitsEqual ? 'unit' : 'number', certainty: 'certain' };
  const haveUnits = mine.dimension !== '' && yours.dimension !== '';
  if (areDigitsEqual) return { kind: 'unit', certainty: haveUnits ? 'certain' : 'suspected' };
  return { kind: 'number', certainty: haveUnits ? 'suspected' : 'if-close' };
}

/** `5 miles` and `8 km` are the same way to most people who ask. */
function isRounded(mine: Quantity, yours: Quantity): boolean {
  if (mine.dimension === '' || mine.unit === yours.unit) return false;
  return Math.abs(mine.amount - yours.amount) <= ROUNDED_SHARE_MAX * Math.abs(yours.amount);
}

function rankOf(certainty: Certainty): number {
  return ['suspected', 'if-close', 'certain'].indexOf(certainty);
}

/** Units that the texts name without a number: `in km` against `in miles`. */
function unitsDiffer(one: Reading, other: Reading): Difference | undefined {
  const [ours, theirs] = [unitsOutside(one), unitsOutside(other)];
  const onlyOurs = ours.filter((unit) => !holds(theirs, unit) && !isCounted(other, unit));
  const onlyTheirs = theirs.filter((unit) => !holds(ours, unit) && !isCounted(one, unit));
  if (onlyOurs.length === 0 || onlyTheirs.length === 0) return undefined;
  const dimensions = new Set(onlyOurs.map((unit) => unit.dimension));
  const opposed = onlyTheirs.find((unit) => dimensions.has(unit.dimension));
  if (opposed === undefined) return { kind: 'unit', certainty: 'suspected' };
  // Words for stretches of time stand in any sentence: `opening hours`, `on weekdays`, `this year`.
  return { kind: 'unit', certainty: opposed.dimension === 'time' ? 'if-close' : 'certain' };
}

function unitsOutside(reading: Reading): readonly Unit[] {
  return unitsNamed(reading, tokensOf(quantitiesOf(reading).filter((quantity) => !quantity.isOptional)));
}

function holds(units: readonly Unit[], unit: Unit): boolean {
  return units.some((other) => other.name === unit.name);
}

function isCounted(reading: Reading, unit: Unit): boolean {
  return quantitiesOf(reading).some((quantity) => quantity.unit === unit.name);
}

function tokensOf(quantities: readonly Quantity[]): ReadonlySet<number> {
  const tokens = new Set<number>();
  for (const { start, end } of quantities) for (let at = start; at < end; at += 1) tokens.add(at);
  return tokens;
}
