/** An error as vLLM words it on the wire. */
export interface UpstreamError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly param: string | null;
}

/** The JSON body of an error: vLLM puts everything under `error` and writes the HTTP status as a number in `code`. */
export function errorBody(error: UpstreamError): string {
  const { message, type, param, status } = error;
  return JSON.stringify({ error: { message, type, param, code: status } });
}

export function modelNotFound(model: string): UpstreamError {
  return {
    status: 404,
    type: 'NotFoundError',
    message: `The model \`${model}\` does not exist.`,
    param: 'model',
  };
}

/** A request that the server's own validation refuses; vLLM answers it 400, not FastAPI's usual 422. */
export function badRequest(message: string, param: string | null = null): UpstreamError {
  return { status: 400, type: 'BadRequestError', message, param };
}

export function notFound(): UpstreamError {
  return { status: 404, type: 'NotFoundError', message: 'Not Found', param: null };
}

export function methodNotAllowed(): UpstreamError {
  return { status: 405, type: 'MethodNotAllowedError', message: 'Method Not Allowed', param: null };
}

export function bodyTooLarge(): UpstreamError {
  return { status: 413, type: 'RequestTooLargeError', message: 'Request body is too large.', param: null };
}

export function unauthorized(): UpstreamError {
  return { status: 401, type: 'AuthenticationError', message: 'Unauthorized', param: null };
}
