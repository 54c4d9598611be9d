import { type Fields, typed } from './envoy-types.js';

/** An error in the shape that OpenAI's clients read. */
export function errorBody({ message, type, code }: ErrorText): string {
  return JSON.stringify({ error: { message, type, param: null, code } });
}

export interface ErrorText {
  readonly message: string;
  /** As OpenAI names them: `invalid_request_error`, `server_error`. */
  readonly type: 'invalid_request_error' | 'server_error';
  readonly code: string;
}

/**
 * Gives the errors that Envoy itself makes a body that OpenAI's clients can read. Envoy sends Sextant's own replies
 * and the guarded route's fixed one by the same way; these have their body already and are told apart by the details
 * that Envoy notes beside each reply.
 */
export function localReplies(bodyBytesMax: number): Fields {
  return {
    mappers: replies(bodyBytesMax).map(({ status, error }) => ({
      filter: { and_filter: { filters: [madeByEnvoy, statusIs(status)] } },
      body_format_override: {
        // A percent sign starts a command in Envoy's formats, and the texts have none.
        text_format_source: { inline_string: errorBody(error) },
        content_type: 'application/json',
      },
    })),
  };
}

interface Reply {
  /** The status, or the lowest of the rest. */
  readonly status: number | { readonly from: number };
  readonly error: ErrorText;
}

/** The first that fits is taken. */
function replies(bodyBytesMax: number): readonly Reply[] {
  const request = 'invalid_request_error';
  const server = 'server_error';
  return [
    {
      status: 413,
      error: {
        type: request,
        code: 'body_too_large',
        message: `The request body is larger than the ${bodyBytesMax} bytes that this gateway takes. Send less text.`,
      },
    },
    {
      status: 404,
      error: { type: request, code: 'unknown_path', message: 'Nothing is served under this path.' },
    },
    {
      status: 408,
      error: {
        type: request,
        code: 'request_timeout',
        message: 'The request took too long to arrive. Send it again.',
      },
    },
    {
      status: 503,
      error: {
        type: server,
        code: 'unavailable',
        message: 'The model, or the router in front of it, cannot be reached. Try again later.',
      },
    },
    {
      status: 504,
      error: {
        type: server,
        code: 'timeout',
        message: 'The router or the model did not answer in time. Try again later.',
      },
    },
    {
      status: { from: 500 },
      error: {
        type: server,
        code: 'gateway_error',
        message: 'The gateway failed to answer. Try again later.',
      },
    },
    {
      status: { from: 400 },
      error: {
        type: request,
        code: 'bad_request',
        message: 'The gateway cannot read this request. Check its path and headers.',
      },
    },
  ];
}

/** Sextant's replies have no details, or ones of its own that begin with its name. */
const madeByEnvoy: Fields = {
  extension_filter: {
    name: 'envoy.access_loggers.extension_filters.cel',
    typed_config: typed('access_loggers.filters.cel.v3.ExpressionFilter', {
      expression:
        "!(response.code_details in ['', 'direct_response', 'via_upstream'] || response.code_details.startsWith('sextant'))",
    }),
  },
};

function statusIs(status: Reply['status']): Fields {
  const [op, value] = typeof status === 'number' ? ['EQ', status] : ['GE', status.from];
  const comparison = { op, value: { default_value: value, runtime_key: 'sextant.local_reply.unused' } };
  return { status_code_filter: { comparison } };
}
