import { describe, expect, test } from '@jest/globals';
import { storedCompletion } from '../../../src/cache/stored-completion.js';
import type { Json } from '../../../src/lib/json.js';

const WRITTEN = {
  api: 'chat',
  object: { id: 'a', choices: [] },
  usage: { promptTokens: 3, completionTokens: 5 },
  finishReasons: ['stop', null],
};

describe('storedCompletion', () => {
  test('gives back what was written', () => {
    expect(storedCompletion(WRITTEN)).toEqual(WRITTEN);
    expect(storedCompletion({ ...WRITTEN, api: 'completions' })?.api).toBe('completions');
  });

  test.each<[string, Json]>([
    ['absent', null],
    ['a number', 3],
    ['short of a field', { promptTokens: 3 }],
  ])('has no usage where it is %s', (_, usage) => {
    expect(storedCompletion({ ...WRITTEN, usage })).toEqual({ ...WRITTEN, usage: undefined });
  });

  test('takes a reason that is no text for none', () => {
    expect(storedCompletion({ ...WRITTEN, finishReasons: [1, 'stop'] })?.finishReasons).toEqual([
      null,
      'stop',
    ]);
  });

  test.each<[string, Json | undefined]>([
    ['nothing', undefined],
    ['a text', 'stop'],
    ['another API', { ...WRITTEN, api: 'responses' }],
    ['no answer', { ...WRITTEN, object: [] }],
    ['no reasons', { ...WRITTEN, finishReasons: 'stop' }],
  ])('refuses %s', (_, value) => {
    expect(storedCompletion(value)).toBeUndefined();
  });
});
