/**
 * Everything that Sextant itself can refuse or fail with. The code is stable: it is what clients, logs, metrics and
 * docs name. `openai/errors.ts` holds the one table from code to HTTP status.
 */
export type ErrorCode =
  | 'invalid_json'
  | 'invalid_encoding'
  | 'duplicate_key'
  | 'json_too_deep'
  | 'missing_field'
  | 'invalid_field'
  | 'model_not_found'
  | 'unknown_path'
  | 'method_not_allowed'
  | 'not_found'
  | 'not_allowed'
  | 'unauthorized'
  | 'unsupported_encoding'
  | 'body_too_large'
  | 'blocked_by_policy'
  | 'prompt_too_long_to_check'
  | 'unknown_route'
  | 'not_in_cache'
  | 'overloaded'
  | 'deadline_exceeded'
  | 'internal_error';

export interface SextantErrorDetail {
  /** The request field that is wrong, as OpenAI's `param` writes it: `messages`, `messages[0].content`. */
  readonly param?: string;
  readonly cause?: unknown;
}

/**
 * The one error class. `message` is written for the client who reads it: it names what is wrong and what to do, and
 * never holds prompt text, keys or tokens.
 */
export class SextantError extends Error {
  readonly code: ErrorCode;
  readonly param: string | undefined;

  constructor(code: ErrorCode, message: string, detail: SextantErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'SextantError';
    this.code = code;
    this.param = detail.param;
  }
}
