import type { Ledger } from './ledger.js';

/** What of an answer's flaws are its way's and its moment's, not the question's. */
const ACCIDENTS: ReadonlySet<string> = new Set(['cut', 'malformed', 'not-an-answer']);
const TIMEOUT = 408;
const TOO_MANY_REQUESTS = 429;

/**
 * Whether somebody else who asks the same may well get the answer that this request did not get: its client left, or
 * the upstream failed. Where the question itself is the cause, the next one would wait and get no more.
 */
export function mayFareBetter({ status, stored }: Pick<Ledger, 'status' | 'stored'>): boolean {
  if (ACCIDENTS.has(stored)) return true;
  return status === 0 || status === TIMEOUT || status === TOO_MANY_REQUESTS || status >= 500;
}
