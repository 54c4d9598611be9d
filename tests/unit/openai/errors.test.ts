import { describe, expect, test } from '@jest/globals';
import { type ErrorCode, SextantError } from '../../../src/lib/sextant-error.js';
import { errorBody, httpStatusOf, toSextantError } from '../../../src/openai/errors.js';
import { modelBody, modelsBody } from '../../../src/openai/models-list.js';

const parse = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString('utf8'));

test.each<[ErrorCode, number]>([
  ['invalid_json', 400],
  ['invalid_encoding', 400],
  ['duplicate_key', 400],
  ['json_too_deep', 400],
  ['missing_field', 400],
  ['invalid_field', 400],
  ['unauthorized', 401],
  ['blocked_by_policy', 403],
  ['model_not_found', 404],
  ['unknown_path', 404],
  ['not_allowed', 403],
  ['not_found', 404],
  ['method_not_allowed', 405],
  ['body_too_large', 413],
  ['unsupported_encoding', 415],
  ['unknown_route', 500],
  ['internal_error', 500],
  ['overloaded', 503],
  ['deadline_exceeded', 504],
])('%s is HTTP %i', (code, status) => {
  expect(httpStatusOf(code)).toBe(status);
});

describe('errorBody', () => {
  test('has the shape of OpenAI', () => {
    const error = new SextantError('invalid_field', '`stream` must be true.', { param: 'stream' });
    expect(parse(errorBody(error))).toEqual({
      error: {
        message: '`stream` must be true.',
        type: 'invalid_request_error',
        param: 'stream',
        code: 'invalid_field',
      },
    });
    expect(parse(errorBody(new SextantError('overloaded', 'Busy.')))).toEqual({
      error: { message: 'Busy.', type: 'server_error', param: null, code: 'overloaded' },
    });
  });

  test('never shows the words of an internal error', () => {
    const body = parse(errorBody(new SextantError('internal_error', 'ENOENT /etc/secret')));
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(body).toMatchObject({ error: { type: 'server_error', code: 'internal_error', param: null } });
  });
});

describe('toSextantError', () => {
  test('keeps what was made on purpose', () => {
    const error = new SextantError('overloaded', 'Busy.');
    expect(toSextantError(error)).toBe(error);
  });

  test.each([new TypeError('prompt text'), 'prompt text', undefined, null])('hides %p', (thrown) => {
    const error = toSextantError(thrown);
    expect(error.code).toBe('internal_error');
    expect(error.message).not.toContain('prompt text');
    expect(error.cause).toBe(thrown);
  });
});

test('lists models, and one of them', () => {
  const auto = { id: 'auto', object: 'model', created: 7, owned_by: 'sextant' };
  expect(parse(modelsBody([{ id: 'auto', ownedBy: 'sextant' }], 7))).toEqual({
    object: 'list',
    data: [auto],
  });
  expect(parse(modelBody({ id: 'auto', ownedBy: 'sextant' }, 7))).toEqual(auto);
});
