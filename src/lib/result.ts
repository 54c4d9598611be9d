/** The outcome of something that may fail for a reason its caller must handle. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/**
 * The value of what was looked at before and found well.
 *
 * @param where begins the message
 * @throws Error when it was not looked at, or has changed since
 */
export function checked<T>(result: Result<T, string>, where: string): T {
  if (!result.ok) throw new Error(`${where} ${result.error}`);
  return result.value;
}
