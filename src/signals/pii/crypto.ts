import { createHash } from 'node:crypto';
import type { Span } from '../contract.js';

/** Addresses of Bitcoin whose checksum holds, in both spellings, and of Ethereum, by their shape. */
export function findCryptoAddresses(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(/(?<![0-9A-Za-z])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![0-9A-Za-z])/g)) {
    if (spans.length < HASHES_MAX && isBase58Checked(match[0]))
      spans.push(address(match.index, match[0], 0.99));
  }
  for (const match of text.matchAll(
    /(?<![0-9A-Za-z])(?:bc1|BC1)[02-9ac-hj-np-zAC-HJ-NP-Z]{11,87}(?![0-9A-Za-z])/g,
  )) {
    if (isBech32(match[0])) spans.push(address(match.index, match[0], 0.99));
  }
  for (const match of text.matchAll(/(?<![0-9A-Za-z])0x[0-9a-fA-F]{40}(?![0-9A-Za-z])/g)) {
    spans.push(address(match.index, match[0], 0.9));
  }
  return spans;
}

/** A text that is nothing but addresses is settled long before that many. */
const HASHES_MAX = 1000;
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BYTES = 25;
const BYTES_CHECKED = 21;

/** Base 58 of 25 bytes, of which the last four are the head of the double sha256 of the others. */
function isBase58Checked(text: string): boolean {
  let value = 0n;
  for (const char of text) value = value * 58n + BigInt(BASE58.indexOf(char));
  const hex = value.toString(16).padStart(BYTES * 2, '0');
  if (hex.length !== BYTES * 2) return false;
  const once = createHash('sha256')
    .update(hex.slice(0, BYTES_CHECKED * 2), 'hex')
    .digest();
  return createHash('sha256')
    .update(once)
    .digest('hex')
    .startsWith(hex.slice(BYTES_CHECKED * 2));
}

const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** What the checksum comes to: 1 in bech32, the other in bech32m. */
const CHECKSUMS = [1, 0x2bc830a3];
/** The prefix `bc` as the checksum reads it: high bits, a zero, low bits. */
const PREFIX = [3, 3, 0, 2, 3];

function isBech32(text: string): boolean {
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) return false;
  const values = [...text.toLowerCase().slice('bc1'.length)].map((char) => BECH32.indexOf(char));
  let sum = 1;
  for (const value of [...PREFIX, ...values]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of GENERATOR.entries()) {
      if (((top >>> bit) & 1) === 1) sum ^= generator;
    }
  }
  return CHECKSUMS.includes(sum);
}

function address(start: number, text: string, score: number): Span {
  return { type: 'CRYPTO', start, end: start + text.length, score };
}
