import { matchNumbers } from '../numbers.js';
import type { Reading } from '../tokens.js';
import { findDifference } from '../verdict.js';
import { sharedWording } from '../wording.js';
import { type Features, flag } from './scale.js';

/** How sure the checks are taken together, and what has become of the numbers once they are normalised. */
export function certaintyFeatures(asked: Reading, stored: Reading): Features {
  const found = findDifference(asked, stored);
  const { onlyOurs, onlyTheirs, shared, inOrder, isPartial } = matchNumbers(asked, stored);
  const areSettled = onlyOurs.length === 0 && onlyTheirs.length === 0;
  return {
    difference_final: flag(found?.isFinal === true),
    difference_suspected: flag(found?.isFinal === false),
    numbers_equal: flag(areSettled && shared > 0),
    numbers_one_sided: flag(onlyOurs.length > 0 !== onlyTheirs.length > 0),
    numbers_both_sided: flag(onlyOurs.length > 0 && onlyTheirs.length > 0),
    numbers_turned: flag(!inOrder),
    dates_partial: flag(isPartial),
    wording_shared: sharedWording(asked, stored),
  };
}
