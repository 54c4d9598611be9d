import { describe, expect, test } from '@jest/globals';
import { mayStore } from '../../../src/cache/may-store.js';
import type { Json } from '../../../src/lib/json.js';
import type { Completion } from '../../../src/openai/completion.js';

function answer(
  choices: Json,
  finishReasons: Completion['finishReasons'] = ['stop'],
  api: Completion['api'] = 'chat',
) {
  return { api, object: { choices }, usage: undefined, finishReasons };
}

function judge(completion: Completion, given: Partial<Parameters<typeof mayStore>[0]> = {}) {
  return mayStore({
    status: 200,
    contentEncoding: undefined,
    cacheControl: undefined,
    endOfStream: true,
    outcome: { kind: 'whole', completion },
    ...given,
  });
}

const good = answer([{ message: { content: 'Sun and wind.' } }]);

describe('mayStore', () => {
  test('keeps a whole and good answer', () => {
    expect(judge(good)).toEqual({ store: true, completion: good });
    expect(judge(good, { contentEncoding: ' Identity ', cacheControl: 'no-cache' }).store).toBe(true);
    expect(judge(answer([{ text: 'x' }], ['stop'], 'completions')).store).toBe(true);
    expect(judge(answer([{ message: { content: 'x', tool_calls: [], refusal: null } }])).store).toBe(true);
  });

  test.each<[string, Partial<Parameters<typeof mayStore>[0]>]>([
    ['status', { status: 199 }],
    ['status', { status: 300 }],
    ['status', { status: 500 }],
    ['cut', { endOfStream: false }],
    ['content-encoding', { contentEncoding: 'gzip' }],
    ['upstream-no-store', { cacheControl: 'no-store' }],
    ['upstream-no-store', { cacheControl: 'max-age=5, private' }],
    ['too-large', { outcome: { kind: 'partial', reason: 'too-large' } }],
    ['malformed', { outcome: { kind: 'partial', reason: 'malformed' } }],
  ])('refuses by %s: %j', (reason, given) => {
    expect(judge(good, given)).toEqual({ store: false, reason });
  });

  const said = { message: { content: 'x' } };
  test.each<[string, Completion]>([
    ['no-choices', answer([], [])],
    ['no-choices', answer('x')],
    ['no-choices', answer([null])],
    ['finish-reason', answer([said], ['length'])],
    ['finish-reason', answer([said], [null])],
    ['finish-reason', answer([said], ['content_filter'])],
    ['finish-reason', answer([said, said], ['stop', 'tool_calls'])],
    ['finish-reason', answer([said, said], ['stop'])],
    ['tool-calls', answer([{ message: { content: 'x', tool_calls: [{}] } }])],
    ['tool-calls', answer([{ message: { content: 'x', function_call: {} } }])],
    ['refusal', answer([{ message: { content: 'x', refusal: 'No.' } }])],
    ['empty', answer([{ message: { content: '' } }])],
    ['empty', answer([{ message: { content: ' \n' } }])],
    ['empty', answer([{ message: { content: null } }])],
    ['empty', answer([{}])],
    ['empty', answer([said, { message: {} }], ['stop', 'stop'])],
    ['empty', answer([{ text: '' }], ['stop'], 'completions')],
  ])('refuses by %s: %j', (reason, completion) => {
    expect(judge(completion)).toEqual({ store: false, reason });
  });
});
