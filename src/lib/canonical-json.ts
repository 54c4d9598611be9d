import type { Json } from './json.js';

/**
 * Writes a value as JSON with the keys of every object sorted, so that equal values give equal text whatever order
 * their keys came in. It holds its own stack, because a value as deep as a client likes must not overflow ours.
 */
export function canonicalJson(value: Json): string {
  const out: string[] = [];
  writeCanonicalJson(value, (piece) => out.push(piece));
  return out.join('');
}

/** Like `canonicalJson`, piece by piece, for a hash that need not hold a conversation of megabytes as one string. */
export function writeCanonicalJson(value: Json, write: (piece: string) => void): void {
  // A string on this stack is text to write as it is; anything else is a value, boxed to tell the two apart.
  const todo: (string | { readonly value: Json })[] = [{ value }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (typeof next === 'string') write(next);
    else if (typeof next.value !== 'object' || next.value === null) write(scalar(next.value));
    else if (isArray(next.value)) pushArray(todo, next.value);
    else pushObject(todo, next.value);
  }
}

function scalar(value: null | boolean | number | string): string {
  // `1e999` parses to Infinity, which JSON.stringify writes as null: two different requests would become one.
  if (value === Number.POSITIVE_INFINITY) return '1e999';
  if (value === Number.NEGATIVE_INFINITY) return '-1e999';
  return JSON.stringify(value);
}

function pushArray(todo: (string | { readonly value: Json })[], items: readonly Json[]): void {
  todo.push(']');
  for (let index = items.length - 1; index >= 0; index--) {
    todo.push({ value: items[index] ?? null });
    if (index > 0) todo.push(',');
  }
  todo.push('[');
}

function pushObject(
  todo: (string | { readonly value: Json })[],
  object: { readonly [key: string]: Json },
): void {
  const keys = Object.keys(object).sort();
  todo.push('}');
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] ?? '';
    todo.push({ value: object[key] ?? null }, `${index > 0 ? ',' : ''}${JSON.stringify(key)}:`);
  }
  todo.push('{');
}

// Array.isArray alone does not narrow a readonly array.
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
