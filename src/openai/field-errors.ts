import { SextantError } from '../lib/sextant-error.js';

/** A field that the request needs and does not have. */
export function missingField(param: string, todo: string): SextantError {
  return new SextantError('missing_field', `\`${param}\` is missing; ${todo}.`, { param });
}

/** A field that is there with a value of the wrong type or kind. */
export function invalidField(param: string, mustBe: string): SextantError {
  return new SextantError('invalid_field', `\`${param}\` must be ${mustBe}.`, { param });
}
