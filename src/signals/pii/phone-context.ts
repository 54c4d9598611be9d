import { wordAfter, wordsBefore } from './context.js';

/** What the words around a number say of it. `weak`: a word such as "number" that stands with phones and with others. */
export type PhoneContext = 'phone' | 'weak' | 'other' | 'none';

/** The nearest telling word before the number decides; a word right behind it (`… office`) decides first. */
export function phoneContext(text: string, start: number, end: number): PhoneContext {
  if (WORDS_AFTER.has(wordAfter(text, end))) return 'phone';
  let isWeak = false;
  for (const [distance, word] of wordsBefore(text, start).entries()) {
    if (PHONE_WORDS.has(word) || (distance === 0 && LABELS.has(word))) return 'phone';
    if (OTHER_WORDS.has(word)) return 'other';
    isWeak ||= WEAK_WORDS.has(word);
  }
  return isWeak ? 'weak' : 'none';
}

const WORDS_AFTER = words('office fax mobile mob cell home work desk direct phone tel landline');

/** These name a phone only right before it: `Desk: 555-0134`, but not `the office is at 12 345`. */
const LABELS = words('office desk home work direct');

/** English, and the words of other languages that stand on letterheads. */
const PHONE_WORDS = words(`
  phone phones telephone tel telefon telefono teléfono telefone téléphone telefoon tlf puhelin puh telefonnummer
  rufnummer mobile mobil móvil mobilnummer mob handy cell cellphone cellular fax telefax call calls called calling dial
  dialed dialled ring rang text texted texting sms whatsapp viber message messages msg reach reached contact
  contacts hotline helpline landline voicemail answering answers pager ph kontakt anrufen appelez llama llame llámame
`);

const WEAK_WORDS = words('number numbers no nr nummer número numero me registered line emergency');

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
