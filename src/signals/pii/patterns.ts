import type { Span } from '../contract.js';
import { findCards } from './cards.js';
import { findCryptoAddresses } from './crypto.js';
import { findEmails } from './emails.js';
import { findDriverLicences, findIbans, findSocialSecurityNumbers } from './ids.js';
import { findKeys, findLongKeys } from './keys.js';
import { findIpAddresses, findMacAddresses } from './network.js';
import { withoutOverlaps } from './overlaps.js';
import { findPhones } from './phones.js';
import { findUrls } from './urls.js';

/**
 * Personal data that its form gives away: sorted, not overlapping, under canonical names. Reads any text from end to end
 * in time linear to its length.
 *
 * @param longKeys where `findLongKeys` was asked already
 */
export function findPatterns(text: string, longKeys: readonly Span[] = findLongKeys(text)): readonly Span[] {
  return withoutOverlaps([...longKeys, ...FINDERS.flatMap((find) => find(text))], isBetter);
}

const FINDERS: readonly ((text: string) => readonly Span[])[] = [
  findKeys,
  findUrls,
  findEmails,
  findIbans,
  findCards,
  findIpAddresses,
  findMacAddresses,
  findCryptoAddresses,
  findSocialSecurityNumbers,
  findDriverLicences,
  findPhones,
];

/** A key inside a URL counts, not the URL around it: it is what must not leak. Else the surer, then the longer one. */
function isBetter(span: Span, than: Span): boolean {
  const isKey = span.type === 'API_KEY';
  if (isKey !== (than.type === 'API_KEY')) return isKey;
  if (span.score !== than.score) return span.score > than.score;
  return span.end - span.start > than.end - than.start;
}
