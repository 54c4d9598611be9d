import { isJsonObject, type Json } from './json.js';

/**
 * Sets an own property whatever its name. A plain assignment of `__proto__` would change the object's prototype
 * instead, and JSON from outside may hold that key.
 */
export function setOwn<T>(target: { [key: string]: T }, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/** Reads an own property; what the prototype holds under that name is not seen. */
export function getOwn<T>(target: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(target, key) ? target[key] : undefined;
}

/** Reads a member of what may be an object, as JSON from outside has it; undefined of anything else. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? getOwn(value, name) : undefined;
}
