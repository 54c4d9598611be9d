import { SextantError } from '../lib/sextant-error.js';
import { errorBody, httpStatusOf, toSextantError } from '../openai/errors.js';

/** One answer of the admin listener. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Directives of a content security policy, for a page that a browser runs; who may frame it is not its affair. */
  readonly policy?: string;
  /** Follows the text piece by piece, where the whole would be too large to hold. It is ended whatever happens. */
  readonly more?: AsyncGenerator<string, void>;
}

export function plain(status: number, text: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', text };
}

function json(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Page {
  return { status, contentType: 'application/json', text, headers };
}

/** A value as one line of JSON. */
export function shown(value: object, status = 200): Page {
  return json(status, `${JSON.stringify(value)}\n`);
}

/** An error in the shape of the API. */
export function refusal(thrown: unknown, headers: Readonly<Record<string, string>> = {}): Page {
  const error = toSextantError(thrown);
  const text = `${Buffer.from(errorBody(error)).toString('utf8')}\n`;
  const soon = error.code === 'overloaded' ? { 'retry-after': '1' } : {};
  const scheme = error.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {};
  // What was not read of the body would be taken for the next request.
  return json(httpStatusOf(error.code), text, { connection: 'close', ...soon, ...scheme, ...headers });
}

/** What a body holds is wrong. The message must not repeat it: it may be somebody's prompt. */
export function wrong(message: string, param?: string): SextantError {
  return new SextantError('invalid_field', message, param === undefined ? {} : { param });
}
