import { knownNameOf } from '../names.js';
import type { Reading } from '../tokens.js';
import { wordSet } from '../word-list.js';
import { countOnlyIn, type Features, flag, share } from './scale.js';

/** Beyond this a count says no more. */
const MOST = 3;

/** Words that hold a question together and that a reader of its subject alone passes over. */
export function wordClassFeatures(asked: Reading, stored: Reading): Features {
  return {
    ...onlyIn('scope', SCOPE, asked, stored),
    ...onlyIn('time', TIME, asked, stored),
    ...onlyIn('preposition', PREPOSITIONS, asked, stored),
    ...onlyIn('condition', CONDITIONS, asked, stored),
    ...onlyIn('comparison', COMPARISONS, asked, stored),
    ...onlyIn('person', PERSONS, asked, stored),
    ...languageFeatures(asked, stored),
    ...openingFeatures(asked, stored),
  };
}

function onlyIn(name: string, words: ReadonlySet<string>, asked: Reading, stored: Reading): Features {
  const [ours, theirs] = [pick(asked, words), pick(stored, words)];
  return {
    [`${name}_only_a`]: share(countOnlyIn(ours, theirs), MOST),
    [`${name}_only_b`]: share(countOnlyIn(theirs, ours), MOST),
  };
}

function pick(reading: Reading, words: ReadonlySet<string>): string[] {
  return reading.tokens.map((token) => token.lower).filter((word) => words.has(word));
}

/** `… in Spanish`, `into French`: which language the answer is to be in, or is about. */
function languageFeatures(asked: Reading, stored: Reading): Features {
  const [ours, theirs] = [languagesOf(asked), languagesOf(stored)];
  const [onlyOurs, onlyTheirs] = [countOnlyIn(ours, theirs), countOnlyIn(theirs, ours)];
  return {
    language_differs: flag(onlyOurs > 0 && onlyTheirs > 0),
    language_one_sided: flag(onlyOurs > 0 !== onlyTheirs > 0),
  };
}

function languagesOf(reading: Reading): string[] {
  const { tokens } = reading;
  return tokens
    .filter((token, index) => LANGUAGES.has(token.lower) && INTO.has(tokens[index - 1]?.lower ?? ''))
    .map((token) => knownNameOf(token) ?? token.lower);
}

function openingFeatures(asked: Reading, stored: Reading): Features {
  const [ours, theirs] = [openingOf(asked), openingOf(stored)];
  return {
    opening_same: flag(ours === theirs),
    opening_unlike: flag(ours !== theirs && !(ours === '' || theirs === '')),
  };
}

/** The first word that says how a text asks; empty for a plain order or a heap of keywords. */
function openingOf(reading: Reading): string {
  return reading.tokens.find((token) => OPENINGS.has(token.lower))?.lower ?? '';
}

const OPENINGS = wordSet(`
  how what which who whose whom where when why can could should would will may do does did is are was were has have`);

const SCOPE = wordSet(`
  all every each any some none only just both either neither first last second third next previous main primary
  average mean median total sum overall least most minimum maximum min max largest smallest longest shortest highest
  lowest best worst top bottom single whole entire half full partial few several many more less other another rest
  once twice never always usually often top-level per exactly approximately about roughly`);

const TIME = wordSet(`
  today tonight tomorrow yesterday now currently current this next last past future recent recently ago later earlier
  before after since until till during while already still yet soon morning noon afternoon evening night midnight
  weekday weekend week month year decade century daily weekly monthly yearly annual quarterly`);

const PREPOSITIONS = wordSet(`
  in on at to from into onto out off over under above below between among through across along around behind beside
  near by with without within inside outside against for of via toward towards up down than as`);

const CONDITIONS = wordSet(`
  if when unless while because although though except besides instead whether provided assuming given without with
  but only otherwise`);

const COMPARISONS = wordSet(`
  than better worse more less greater fewer higher lower bigger smaller larger faster slower cheaper older younger
  earlier later versus vs compared like unlike same different similar equal`);

const PERSONS = wordSet(
  'i me my mine we us our you your he him his she her it its they them their someone somebody',
);

const INTO = wordSet('in into to from using');

const LANGUAGES = wordSet(`
  english french german spanish italian portuguese dutch polish swedish norwegian danish finnish greek turkish russian
  ukrainian czech hungarian romanian bulgarian croatian serbian arabic hebrew persian hindi urdu bengali tamil thai
  vietnamese indonesian malay filipino chinese mandarin cantonese japanese korean latin welsh irish swahili catalan`);
