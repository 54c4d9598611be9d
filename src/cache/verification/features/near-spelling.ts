import { isOneEdit } from '../../../lib/one-edit.js';

/** A shorter word is another word when a letter changes. Characters. */
const SHORTEST = 5;
const LONGEST = 32;

/** True when the words are one slip of the keyboard apart: a letter more, less, other, or two that changed places. */
export function isNearlySpelled(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < SHORTEST || Math.max(one.length, other.length) > LONGEST)
    return false;
  return isOneEdit(one, other);
}
