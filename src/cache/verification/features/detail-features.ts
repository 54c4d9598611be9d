import { countUnsharedNames, membersDiffer } from '../names.js';
import { countNegations } from '../negation.js';
import { matchNumbers } from '../numbers.js';
import { type Quantity, quantitiesOf } from '../quantities.js';
import { kindOf } from '../question-word.js';
import { literalsOf, signsOf } from '../symbols.js';
import type { Reading } from '../tokens.js';
import { unitsNamed } from '../units.js';
import { countOnlyIn, type Features, flag, share } from './scale.js';

/** Beyond these a count says no more. */
const NUMBERS_MOST = 4;
const NAMES_MOST = 4;
const NEGATIONS_MOST = 2;

/** What stands behind the checks: how much of each kind only one of the texts has. */
export function detailFeatures(asked: Reading, stored: Reading): Features {
  return {
    ...quantityFeatures(asked, stored),
    ...negationFeatures(asked, stored),
    ...literalFeatures(asked, stored),
    names_only_a: share(countUnsharedNames(asked, stored), NAMES_MOST),
    names_only_b: share(countUnsharedNames(stored, asked), NAMES_MOST),
    members_differ: flag(membersDiffer(asked, stored)),
    ...kindFeatures(asked, stored),
  };
}

function quantityFeatures(asked: Reading, stored: Reading): Features {
  const { onlyOurs, onlyTheirs, shared } = matchNumbers(asked, stored);
  const [ourUnits, theirUnits] = [unitsOf(asked), unitsOf(stored)];
  return {
    numbers_only_a: share(onlyOurs.length, NUMBERS_MOST),
    numbers_only_b: share(onlyTheirs.length, NUMBERS_MOST),
    numbers_shared: share(shared, NUMBERS_MOST),
    units_only_a: share(countOnlyIn(ourUnits, theirUnits), NUMBERS_MOST),
    units_only_b: share(countOnlyIn(theirUnits, ourUnits), NUMBERS_MOST),
  };
}

function unitsOf(reading: Reading): string[] {
  const measured = quantitiesOf(reading)
    .map((quantity: Quantity) => quantity.unit)
    .filter((unit) => unit !== '');
  return [...new Set([...measured, ...unitsNamed(reading, new Set()).map((unit) => unit.name)])];
}

function negationFeatures(asked: Reading, stored: Reading): Features {
  const ours = countNegations(asked, stored);
  const theirs = countNegations(stored, asked);
  return {
    negations_a: share(ours.strong, NEGATIONS_MOST),
    negations_b: share(theirs.strong, NEGATIONS_MOST),
    prefix_negations_a: share(ours.prefixed.length, NEGATIONS_MOST),
    prefix_negations_b: share(theirs.prefixed.length, NEGATIONS_MOST),
  };
}

function literalFeatures(asked: Reading, stored: Reading): Features {
  const [ours, theirs] = [[...literalsOf(asked.text)], [...literalsOf(stored.text)]];
  const [ourSigns, theirSigns] = [signsOf(asked), signsOf(stored)];
  return {
    literals_only_a: share(countOnlyIn(ours, theirs), NAMES_MOST),
    literals_only_b: share(countOnlyIn(theirs, ours), NAMES_MOST),
    symbols_only_a: share(countOnlyIn(ourSigns, theirSigns), NAMES_MOST),
    symbols_only_b: share(countOnlyIn(theirSigns, ourSigns), NAMES_MOST),
  };
}

function kindFeatures(asked: Reading, stored: Reading): Features {
  const [ours, theirs] = [kindOf(asked.tokens), kindOf(stored.tokens)];
  return {
    question_kind_same: flag(ours !== undefined && ours === theirs),
    question_kind_one_sided: flag((ours === undefined) !== (theirs === undefined)),
  };
}
