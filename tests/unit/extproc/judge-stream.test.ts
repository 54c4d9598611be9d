import { describe, expect, test } from '@jest/globals';
import type { AnswerJudge, ResponseHead } from '../../../src/exchange/verdict.js';
import { asksForJudgement, serveJudge } from '../../../src/extproc/judge-stream.js';
import type { ProcessCall } from '../../../src/extproc/stream.js';
import { Call } from '../../support/process-call.js';

const HEAD = {
  response_headers: { headers: { headers: [{ key: ':status', raw_value: Buffer.from('200') }] } },
  metadata_context: { filter_metadata: { 'sextant.cascade': { fields: { id: { stringValue: 'id-7' } } } } },
};
const BODY = { response_body: { body: Buffer.from('{}'), end_of_stream: true } };

function started(judge: Partial<AnswerJudge> | undefined) {
  const call = new Call();
  const ids: string[] = [];
  const codes: string[] = [];
  const lines: unknown[] = [];
  const note = (fields: unknown) => void lines.push(fields);
  serveJudge(call as unknown as ProcessCall, {
    openJudge: (id) => {
      ids.push(id);
      return judge && { head: () => true, body: () => undefined, ...judge };
    },
    logger: { info: note, warn: note, error: note },
    telemetry: { exchange: () => {}, streamFailed: (code) => void codes.push(code) },
  });
  return { call, ids, codes, lines };
}

const set = (key: string, value: string) => ({ header: { key, raw_value: Buffer.from(value) } });
const bodyReply = (...headers: object[]) => ({
  response_body: { response: { header_mutation: { set_headers: headers } } },
});

describe('a stream about an answer', () => {
  test('holds the body, and changes the status of a weak one', () => {
    const heads: ResponseHead[] = [];
    const { call, ids } = started({ head: (head) => heads.push(head) > 0, body: () => 473 });
    call.say(HEAD);
    call.say(BODY);
    expect(ids).toEqual(['id-7']);
    expect(heads[0]?.status).toBe(200);
    expect(call.replies).toMatchObject([
      { response_headers: {}, mode_override: { response_body_mode: 2 } },
      bodyReply(set('content-length', '2'), set(':status', '473')),
    ]);
    call.emit('end');
    expect(call.ended).toBe(true);
  });

  test('lets a good one pass with its length', () => {
    const { call } = started({});
    call.say(HEAD);
    call.say(BODY);
    expect(call.replies[1]).toMatchObject(bodyReply(set('content-length', '2')));
  });

  test('asks for no body that nobody wants, or of an exchange that nobody knows', () => {
    for (const judge of [{ head: () => false }, undefined]) {
      const { call } = started(judge);
      call.say(HEAD);
      expect(call.replies).toHaveLength(1);
      expect(call.replies[0]).not.toHaveProperty('mode_override.response_body_mode', 2);
    }
    const { call, ids } = started({});
    call.say({ response_headers: {} });
    call.say({ response_trailers: {} });
    expect([ids, call.replies.length]).toEqual([[], 2]);
  });

  test('does not judge a part of a body', () => {
    const { call } = started({ body: () => 473 });
    call.say(HEAD);
    call.say({ response_body: { body: Buffer.from('{'), end_of_stream: false } });
    call.say({ response_body: {} });
    expect(JSON.stringify(call.replies)).not.toContain('status');
  });

  test('ends cleanly when the judge fails, so that the answer passes', () => {
    const { call, codes, lines } = started({
      body: () => {
        throw new Error('secret text');
      },
    });
    call.say(HEAD);
    call.say(BODY);
    call.say(BODY);
    call.emit('end');
    expect([call.replies.length, call.ended, codes]).toEqual([1, true, ['internal_error']]);
    expect(JSON.stringify(lines)).not.toContain('secret text');
  });

  test('says nothing once Envoy is gone', () => {
    const { call } = started({});
    call.emit('cancelled');
    call.say(HEAD);
    expect(call.replies).toEqual([]);
  });

  test('is told from others by its metadata', () => {
    const call = new Call();
    expect(asksForJudgement(call as unknown as ProcessCall)).toBe(false);
    call.metadata.set('x-sextant-judge', 'small');
    expect(asksForJudgement(call as unknown as ProcessCall)).toBe(true);
  });
});
