import { describe, expect, test } from '@jest/globals';
import { tryPlan } from '../../../src/exchange/try-plan.js';
import type { ProcessCall } from '../../../src/extproc/stream.js';
import { poolOf, serveTry } from '../../../src/extproc/try-stream.js';
import { splice } from '../../../src/openai/splice.js';
import { LARGE, SMALL } from '../../support/exchange-service.js';
import { Call } from '../../support/process-call.js';
import { scriptedExchange } from '../../support/scripted-exchange.js';

const CLIENT = Buffer.from('{"model":"auto","messages":[]}');
const rename = (text: string) => [{ span: { start: 9, end: 15 }, text }];
const { tries } = tryPlan(
  [
    { model: SMALL, splices: rename('"small"') },
    { model: LARGE, splices: rename('"large"') },
  ],
  CLIENT,
);

function started(pool = 'pool-large') {
  const call = new Call();
  const codes: string[] = [];
  const errors: unknown[] = [];
  const lines: unknown[] = [];
  const note = (fields: unknown) => void lines.push(fields);
  call.on('error', (error: { code: unknown }) => errors.push(error.code));
  serveTry(call as unknown as ProcessCall, pool, {
    open: scriptedExchange({}, []),
    bodyBytesMax: 100,
    logger: { info: note, warn: note, error: note },
    telemetry: { exchange: () => {}, streamFailed: (code) => void codes.push(code) },
  });
  return { call, codes, errors, lines };
}

function head(attempt: string, carried: string | undefined = tries) {
  const headers = [{ key: 'x-envoy-attempt-count', raw_value: Buffer.from(attempt) }];
  const fields = { tries: { stringValue: carried } };
  return {
    request_headers: { headers: { headers } },
    metadata_context: { filter_metadata: { 'sextant.tries': { fields } } },
  };
}

const BODY = { request_body: { body: splice(CLIENT, rename('"small"')), end_of_stream: true } };

describe('a stream on the way to a pool', () => {
  test('gets the body of that pool’s model', () => {
    const { call, errors } = started();
    call.say(head('2'));
    call.say(BODY);
    call.say({ response_headers: {} });
    expect(call.replies).toMatchObject([
      { request_headers: {} },
      {
        request_body: {
          response: {
            body_mutation: { body: Buffer.from('{"model":"large","messages":[]}') },
            header_mutation: {
              set_headers: [{ header: { key: 'content-length', raw_value: Buffer.from('31') } }],
            },
          },
        },
      },
      { response_headers: {} },
    ]);
    expect(errors).toEqual([]);
    call.emit('end');
    expect(call.ended).toBe(true);
  });

  test.each([
    ['no plan', { request_headers: {} }],
    ['no count', head('x')],
    ['another try', head('3')],
    ['a broken plan', head('2', '{')],
  ])('ends with an error for %s, and says nothing after it', (_, first) => {
    const { call, codes, errors, lines } = started();
    call.say(first);
    call.say(BODY);
    call.say(BODY);
    call.emit('end');
    expect(call.replies).toHaveLength(1);
    expect(codes).toEqual(['wrong_try']);
    expect(errors).toEqual([9]);
    expect(JSON.stringify(lines)).not.toContain('messages');
    expect(call.ended).toBe(false);
  });

  test('ends with an error for another pool, a body that is missing, and bytes that are no message', () => {
    for (const say of [
      ({ call }: ReturnType<typeof started>) => call.say({ request_body: {} }),
      ({ call }: ReturnType<typeof started>) => call.emit('data', Buffer.from([0xff])),
    ]) {
      const stream = started();
      stream.call.say(head('2'));
      say(stream);
      expect(stream.errors).toEqual([9]);
    }
    const other = started('pool-small');
    other.call.say(head('2'));
    other.call.say(BODY);
    expect(other.codes).toEqual(['wrong_try']);
  });

  test('says nothing once Envoy is gone', () => {
    const { call, errors } = started();
    call.emit('cancelled');
    call.say(head('2'));
    expect([call.replies, errors]).toEqual([[], []]);
  });

  test('is told from one of a client by its metadata', () => {
    const call = new Call();
    expect(poolOf(call as unknown as ProcessCall)).toBeUndefined();
    call.metadata.set('x-sextant-pool', 'big');
    expect(poolOf(call as unknown as ProcessCall)).toBe('big');
  });
});
