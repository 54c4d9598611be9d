/** A shorter word is another word when a letter changes. Characters. */
const SHORTEST = 5;
const LONGEST = 32;

/** True when the words are one slip of the keyboard apart: a letter more, less, other, or two that changed places. */
export function isNearlySpelled(one: string, other: string): boolean {
  const [long, short] = one.length >= other.length ? [one, other] : [other, one];
  if (short.length < SHORTEST || long.length > LONGEST || long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && long[start] === short[start]) start += 1;
  let tail = 0;
  while (tail < short.length - start && long.at(-1 - tail) === short.at(-1 - tail)) tail += 1;
  const mine = long.slice(start, long.length - tail);
  const yours = short.slice(start, short.length - tail);
  if (mine.length <= 1) return true;
  return mine.length === 2 && yours.length === 2 && mine[0] === yours[1] && mine[1] === yours[0];
}
