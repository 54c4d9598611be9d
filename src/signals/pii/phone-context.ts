import { wordsAfter, wordsBefore } from './context.js';

/** What the words around a number say of it. `weak`: a word such as "number" that stands with phones and with others. */
export type PhoneContext = 'phone' | 'weak' | 'other' | 'none';

/**
 * The nearest telling word before the number decides; words right behind it (`… office`, `… is my cell`) decide first.
 */
export function phoneContext(text: string, start: number, end: number): PhoneContext {
  const [next = '', owner = '', ...more] = wordsAfter(text, end);
  if (WORDS_AFTER.has(next)) return 'phone';
  if (IS_MINE.has(next) && OWNERS.has(owner) && more.some((word) => NAMES_AFTER.has(word))) return 'phone';
  const before = wordsBefore(text, start);
  const [nearest = '', person = '', verb] = before;
  if (verb === 'get' && PERSONS.has(person) && PLACES.has(nearest)) return 'phone';
  let isWeak = false;
  for (const [distance, word] of before.entries()) {
    if (PHONE_WORDS.has(word) || (distance === 0 && LABELS.has(word))) return 'phone';
    // `Send the code to …`: what goes there is no name of the number.
    if (OTHER_WORDS.has(word)) return PLACES.has(nearest) ? 'none' : 'other';
    if (NUMBERS.has(word) && OWNERS.has(before[distance + 1] ?? '')) return 'phone';
    isWeak ||= WEAK_WORDS.has(word) || (distance === 0 && WEAK_LABELS.has(word));
  }
  return isWeak ? 'weak' : 'none';
}

const WORDS_AFTER = words('office fax mobile mob cell home work desk direct phone tel landline');
const IS_MINE = words('is was');
const NAMES_AFTER = words('phone telephone cell cellphone mobile landline fax number');
/** As in `you can get me at …`. */
const PLACES = words('at on to under via');
const PERSONS = words('me us him her them');
const NUMBERS = words('number nummer numéro número');
const OWNERS = words('my his her their our your whose new old meine ihre mon mi');

/** These name a phone only right before it: `Desk: 555-0134`, but not `the office is at 12 345`. */
const LABELS = words('office desk home work direct');

/** English, and the words of other languages that stand on letterheads. */
const PHONE_WORDS = words(`
  phone phones telephone tel telefon telefono teléfono telefone téléphone telefoon tlf puhelin puh telefonnummer
  rufnummer mobile mobil móvil mobilnummer mob handy cell cellphone cellular fax telefax call calls called calling dial
  dialed dialled ring rang text texted texting sms whatsapp viber message messages msg reach reached contact
  contacts hotline helpline landline voicemail answering answers pager ph kontakt anrufen appelez llama llame llámame
`);

const WEAK_WORDS = words('number numbers nummer número numero me registered emergency');
const WEAK_LABELS = words('no nr');

/** Numbers with these names look like local phone numbers. */
const OTHER_WORDS = words(`
  card cards order orders invoice account accounts acct id ids ref reference ticket booking reservation policy passport
  licence license serial isbn issn tracking zip postal postcode population ssn social vat tax part model version case
  claim code pin iban routing salary price cost total amount sum usd eur gbp dollars euros pounds row rows line page
  year years date born from step bytes ms seconds tokens port pid commit revision build patent article section
`);

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
