import type { Steps } from '../../lib/turns.js';
import type { Passage, Span } from '../contract.js';
import { SLICE_CHARS } from './find.js';

/**
 * Streets with a house number, as most of Europe and America write them: `12 Baker Street`, `Hauptstraße 5a`,
 * `3 bis, rue de la Paix`, `Via Roma 10`. For texts that the token head does not read, which is why the caller has to
 * ask for it: it knows fewer addresses than the head does, and leaves out what may be a count or a year instead. Reads
 * any text in time linear to its length.
 */
export function findStreets(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const { 0: number, index } of text.matchAll(NUMBER)) {
    const free = spans.at(-1)?.end ?? 0;
    const span =
      index < free ? undefined : (streetBehind(text, index, number) ?? streetBefore(text, index, number));
    if (span !== undefined && span.start >= free)
      spans.push({ type: 'STREET_ADDRESS', score: LIKELY, ...span });
  }
  return spans;
}

/** The same for passages of any length, in steps of milliseconds: whether any of them holds a street. */
export class StreetSearch implements Steps {
  #passage = 0;
  #start = 0;
  #found = false;

  constructor(private readonly passages: readonly Passage[]) {}

  get found(): boolean {
    return this.#found;
  }

  step(): boolean {
    let left = SLICE_CHARS;
    while (left > 0 && !this.#found) {
      const passage = this.passages[this.#passage];
      if (passage === undefined) return false;
      const end = this.#start + left;
      this.#found = findStreets(passage.text.slice(Math.max(0, this.#start - WINDOW_CHARS), end)).length > 0;
      left -= Math.min(left, passage.text.length - this.#start + 1);
      if (end < passage.text.length) this.#start = end;
      else [this.#passage, this.#start] = [this.#passage + 1, 0];
    }
    return !this.#found;
  }
}

type Place = Pick<Span, 'start' | 'end'>;

const LIKELY = 0.7;
/** What is read on either side of a number. A street with its name is shorter. UTF-16 units. */
const WINDOW_CHARS = 96;

/** `12`, `12a`, `12-14`, `12/3`; no part of a longer number, a decimal, an amount or a share. */
const NUMBER =
  /(?<![\p{L}\p{N}.,:/$€£#§-])\p{N}{1,5}(?:[a-zA-Z](?!\p{L}))?(?:[-–/]\p{N}{1,4}[a-z]?)?(?![\p{L}\p{N}%°€$£]|[.,:]\p{N})/gu;

const words = (list: string): string => list.split(' ').join('|');
/** Either with a capital or without. */
const anyCase = (list: string): string =>
  list
    .split(' ')
    .map((word) => `[${word.charAt(0)}${word.charAt(0).toUpperCase()}]${word.slice(1)}`)
    .join('|');

/** A word of a street's name: `Baker`, `5th`, `N.`, `Saint-Denis`. */
const NAME = String.raw`(?:\p{Lu}[\p{L}'’.-]{0,24}|\d{1,3}(?:st|nd|rd|th))`;
const PARTICLE = `(?:${words('of the and de del della dei da di do dos du des la las le les los y van von der den')}|[dl]['’])`;
const NAMES = `(?:${NAME} (?:${PARTICLE} ){0,2}){1,4}`;
/** Nothing else ends in such a word behind a number and a name. */
const PLAIN_STREETS = anyCase('street road avenue boulevard lane');
const SHORT_STREETS = words('St Rd Ave Av Blvd Ln Hwy Pkwy Sq Ct Ter Cres Cir');
/** Of these, only ones with a capital: there are three easy ways and ten nice places. */
const OTHER_STREETS = words(
  'Drive Dr Court Place Pl Square Terrace Way Crescent Close Circle Parkway Highway Row Mews Gardens Grove Loop Trail Alley Plaza Embankment Quay Wharf Parade Turnpike Esplanade Causeway Boulevard',
);
const ENGLISH = new RegExp(
  `^,? (?:${NAMES})(?:${PLAIN_STREETS}|${SHORT_STREETS}|${OTHER_STREETS})(?![\\p{L}])`,
  'u',
);
const FRENCH = new RegExp(
  `^(?: ?(?:bis|ter|quater))?,? (?:${anyCase('rue avenue boulevard chemin allée impasse quai route place square faubourg passage sentier cours')}|[Bb]d|[Aa]v\\.) (?:de |du |des |d['’]|la |le |les |l['’]|aux? ){0,2}\\p{Lu}[\\p{L}'’.-]+(?: \\p{Lu}[\\p{L}'’.-]+){0,3}`,
  'u',
);

const STEMS = words(
  'straße strasse str\\. weg gasse allee platz damm ufer steig stieg chaussee straat laan plein gracht kade gatan vägen gata gade vej veien katu',
);
/** `Hauptstraße`, `Berliner Straße`, `Prinsengracht`. */
const GERMANIC = new RegExp(
  `(?<![\\p{L}])(?:\\p{Lu}[\\p{L}-]{1,30}(?:${STEMS})|\\p{Lu}[\\p{L}.-]{1,30} (?:Straße|Strasse|Str\\.|Allee|Platz|Weg|Ufer|Damm|Chaussee))[ ,]{1,2}(?:Nr\\. ?)?$`,
  'u',
);
/** `Via Roma`, `Calle de Alcalá`, `Rua Augusta`, `ul. Kwiatowa`. */
const ROMANCE = new RegExp(
  `(?<![\\p{L}])(?:${words('Via Viale Corso Piazza Vicolo Calle Avenida Avda\\. Plaza Paseo Carrer Rua Travessa Praça ul\\. al\\. ulica')}) (?:${PARTICLE} ){0,2}\\p{Lu}[\\p{L}'’.-]+(?: (?:${PARTICLE} )?\\p{Lu}[\\p{L}'’.-]+){0,3}[ ,]{1,2}(?:n[.ºo°]{0,2} ?)?$`,
  'u',
);
const POST_BOX = /(?<![\p{L}])(?:P\. ?O\. ?Box|PO Box|Apt\.|Apartment|Postfach|Boîte postale|Postbus) $/u;

/** A number that counts or dates: `in 1929 Wall Street …`, `5 Minuten`. */
const YEAR = /^(?:1[5-9]|20)\d\d$/;
const DATING =
  /(?:^|[^\p{L}])(?:in|since|by|of|until|till|from|during|the|after|before|around|year|early|late|and|to|en|im|seit|bis) $/iu;
const COUNTED =
  /^ ?(?:Minuten|Min\.|Stunden|Tage|Jahre|Meter|Prozent|Euro|Uhr|Personen|Millionen|mal|km|m|cm|x|minuter|minuten|uur|minutos|años|anni)(?![\p{L}])/u;

/** The number comes first. */
function streetBehind(text: string, index: number, number: string): Place | undefined {
  const end = index + number.length;
  const behind = lineFrom(text, end);
  if (behind === '') return undefined;
  const street = FRENCH.exec(behind) ?? (isDate(text, index, number) ? null : ENGLISH.exec(behind));
  return street === null ? undefined : { start: index, end: end + street[0].length };
}

/** The number comes last. */
function streetBefore(text: string, index: number, number: string): Place | undefined {
  const before = lineUpTo(text, index);
  if (before === '' || COUNTED.test(text.slice(index + number.length, index + number.length + 16)))
    return undefined;
  const street = GERMANIC.exec(before) ?? ROMANCE.exec(before) ?? POST_BOX.exec(before);
  return street === null ? undefined : { start: index - street[0].length, end: index + number.length };
}

function isDate(text: string, index: number, number: string): boolean {
  return YEAR.test(number) && DATING.test(text.slice(Math.max(0, index - 12), index));
}

/** What follows on the same line; empty where no blank or comma parts it from the number. */
function lineFrom(text: string, end: number): string {
  const next = text.charAt(end);
  if (next !== ' ' && next !== ',') return '';
  const window = text.slice(end, end + WINDOW_CHARS);
  const stop = window.indexOf('\n');
  return stop < 0 ? window : window.slice(0, stop);
}

function lineUpTo(text: string, index: number): string {
  if (text.charAt(index - 1) !== ' ') return '';
  const window = text.slice(Math.max(0, index - WINDOW_CHARS), index);
  return window.slice(window.lastIndexOf('\n') + 1);
}
