import { types } from 'node:util';
import { SextantError } from '../lib/sextant-error.js';

/** Whatever was thrown, as an error that a client may read. */
export function asSextantError(thrown: unknown): SextantError {
  if (thrown instanceof SextantError) return thrown;
  return new SextantError('internal_error', 'Sextant failed on this request; its log says where.', {
    cause: thrown,
  });
}

/** The place of an error without its message: messages of foreign errors may quote the text they failed on. */
export function whereFailed(thrown: unknown): { readonly error: string; readonly at: readonly string[] } {
  if (!types.isNativeError(thrown)) return { error: typeof thrown, at: [] };
  const frames = (thrown.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { error: thrown.name, at: frames.slice(0, 5).map((line) => line.trim()) };
}
