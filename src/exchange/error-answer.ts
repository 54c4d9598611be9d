import type { SextantError } from '../lib/sextant-error.js';
import { errorBody, httpStatusOf } from '../openai/errors.js';

/** An error in the shape that clients of the API read. */
export interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What the edge sends for a `reject`; it asks here because which API speaks is the story's to know. */
export function errorAnswer(error: SextantError): ErrorAnswer {
  return { status: httpStatusOf(error.code), contentType: 'application/json', body: errorBody(error) };
}
