import { type ErrorCode, SextantError } from '../lib/sextant-error.js';

interface ErrorKind {
  readonly status: number;
  /** `type` of the error object; clients of OpenAI know these. */
  readonly type: 'invalid_request_error' | 'authentication_error' | 'permission_error' | 'server_error';
}

const INTERNAL_MESSAGE =
  'Sextant failed on this request; try again, and tell the operator the id of this answer.';

/** The only place that knows what HTTP says for a failure. */
const KINDS: Readonly<Record<ErrorCode, ErrorKind>> = {
  invalid_json: { status: 400, type: 'invalid_request_error' },
  invalid_encoding: { status: 400, type: 'invalid_request_error' },
  duplicate_key: { status: 400, type: 'invalid_request_error' },
  json_too_deep: { status: 400, type: 'invalid_request_error' },
  missing_field: { status: 400, type: 'invalid_request_error' },
  invalid_field: { status: 400, type: 'invalid_request_error' },
  unauthorized: { status: 401, type: 'authentication_error' },
  blocked_by_policy: { status: 403, type: 'permission_error' },
  model_not_found: { status: 404, type: 'invalid_request_error' },
  not_allowed: { status: 403, type: 'permission_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  unknown_path: { status: 404, type: 'invalid_request_error' },
  unknown_route: { status: 500, type: 'server_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  prompt_too_long_to_check: { status: 413, type: 'invalid_request_error' },
  body_too_large: { status: 413, type: 'invalid_request_error' },
  unsupported_encoding: { status: 415, type: 'invalid_request_error' },
  overloaded: { status: 503, type: 'server_error' },
  // RFC 9111 asks for this status where a client takes a stored answer or none.
  not_in_cache: { status: 504, type: 'invalid_request_error' },
  deadline_exceeded: { status: 504, type: 'server_error' },
  internal_error: { status: 500, type: 'server_error' },
};

/** Every code that there is. */
export const ERROR_CODES: readonly ErrorCode[] = Object.keys(KINDS).filter(isErrorCode);

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(KINDS, code);
}

export function httpStatusOf(code: ErrorCode): number {
  return KINDS[code].status;
}

/** The error as OpenAI and vLLM write it. A fault of our own never shows its message, which may hold anything. */
export function errorBody({ code, message, param }: SextantError): Uint8Array {
  const said = code === 'internal_error' ? INTERNAL_MESSAGE : message;
  const error = { message: said, type: KINDS[code].type, param: param ?? null, code };
  return Buffer.from(JSON.stringify({ error }), 'utf8');
}

/** Only errors that we made on purpose keep their words; anything else becomes `internal_error`, with its cause. */
export function toSextantError(thrown: unknown): SextantError {
  if (thrown instanceof SextantError) return thrown;
  return new SextantError('internal_error', INTERNAL_MESSAGE, { cause: thrown });
}
