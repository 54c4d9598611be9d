import { Secret } from './secret.js';

/** Whether two plain values are alike all the way down: objects, lists, maps, sets, secrets and what they hold. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (one instanceof Secret && other instanceof Secret) return one.matches(other.reveal());
  if (Array.isArray(one) && Array.isArray(other)) return sameEntries(one, other);
  if (one instanceof Map && other instanceof Map) return sameEntries([...one], [...other]);
  if (one instanceof Set && other instanceof Set) return sameEntries([...one], [...other]);
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  // A key without a value says the same as no key.
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => sameValue(one[key], other[key]));
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** In the same order. */
function sameEntries(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((entry, index) => sameValue(entry, other[index]));
}
