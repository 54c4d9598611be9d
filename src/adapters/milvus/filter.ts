import { SextantError } from '../../lib/sextant-error.js';

/**
 * Filter expressions. Milvus before 2.5 knows no placeholders for values (it answers with a parse error), so values
 * stand in the expression itself, and therefore only two kinds of them are let in at all: digests and whole numbers.
 * Whatever comes from outside is hashed before it gets here, so no text of a client can ever become part of a filter.
 */
export type Filter = string & { readonly brand: 'filter' };

/** @throws SextantError `internal_error` when a value is no digest */
export function oneOf(field: FieldName, digests: readonly string[]): Filter {
  return `${field} in [${digests.map(quoted).join(', ')}]` as Filter;
}

export function equals(field: FieldName, value: string | number | boolean): Filter {
  return `${field} == ${literal(value)}` as Filter;
}

export function above(field: FieldName, value: string | number): Filter {
  return `${field} > ${literal(value)}` as Filter;
}

export function below(field: FieldName, value: string | number): Filter {
  return `${field} < ${literal(value)}` as Filter;
}

export function all(...filters: readonly Filter[]): Filter {
  return filters.map((filter) => `(${filter})`).join(' and ') as Filter;
}

export function either(...filters: readonly Filter[]): Filter {
  return filters.map((filter) => `(${filter})`).join(' or ') as Filter;
}

export type FieldName = 'pk' | 'scope' | 'id_key' | 'epoch' | 'expires' | 'semantic' | 'kind' | 'at';

function literal(value: string | number | boolean): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return String(value);
  if (Number.isSafeInteger(value)) return String(value);
  throw new SextantError('internal_error', 'A filter was given a number that is not whole.');
}

/** Digests, and the few words that we write ourselves: nothing else has only these characters. */
function quoted(value: string): string {
  if (/^[0-9a-z]{1,64}$/.test(value)) return `"${value}"`;
  throw new SextantError('internal_error', 'A filter was given a value that is no digest.');
}
