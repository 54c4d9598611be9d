import { antonymsDiffer } from '../antonyms.js';
import { directionDiffers } from '../direction.js';
import { isForeign } from '../language.js';
import { namesDiffer } from '../names.js';
import { negationDiffers } from '../negation.js';
import { numbersDiffer } from '../numbers.js';
import { questionWordsDiffer } from '../question-word.js';
import { symbolsDiffer } from '../symbols.js';
import type { Reading } from '../tokens.js';
import { wordingDiffers } from '../wording.js';
import { type Features, flag } from './scale.js';

/** What each check of the verification says by itself: 1 where it would refuse. */
export function verdictFeatures(asked: Reading, stored: Reading): Features {
  const number = numbersDiffer(asked, stored);
  return {
    number_differs: flag(number?.kind === 'number'),
    unit_differs: flag(number?.kind === 'unit'),
    symbol_differs: flag(symbolsDiffer(asked, stored) !== undefined),
    negation_differs: flag(negationDiffers(asked, stored) !== undefined),
    antonym_differs: flag(antonymsDiffer(asked, stored) !== undefined),
    question_word_differs: flag(questionWordsDiffer(asked, stored)),
    name_differs: flag(namesDiffer(asked, stored)),
    direction_differs: flag(directionDiffers(asked, stored)),
    wording_differs: flag(wordingDiffers(asked, stored)),
    foreign_differs: flag(isForeign(asked) !== isForeign(stored)),
  };
}
