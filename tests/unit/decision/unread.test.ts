import { describe, expect, test } from '@jest/globals';
import { hangsOnUnread } from '../../../src/decision/unread.js';
import type { SignalValue } from '../../../src/signals/contract.js';
import { all, any, block, has, known, not, UNKNOWN, valuesOf } from '../../support/rules.js';

const UNREAD: SignalValue = { state: 'unknown', reason: '700 characters were not read', unreadChars: 700 };
const MORE: SignalValue = { state: 'unknown', reason: '900 characters were not read', unreadChars: 900 };
const guard = has('guard', { onUnknown: 'match' });
const pii = has('pii', { onUnknown: 'match' });

describe('a block hangs on unread text', () => {
  test.each([
    ['when nothing else claims the prompt', guard, { guard: UNREAD }, 700],
    ['beside a signal that fails', any(guard, has('words')), { guard: UNREAD, words: known(false) }, 700],
    ['beside one that must hold too', all(guard, has('words')), { guard: UNREAD, words: known(true) }, 700],
    ['under a not', not(has('guard')), { guard: UNREAD }, 700],
    ['of two signals, by the longer one', any(guard, pii), { guard: UNREAD, pii: MORE }, 900],
  ])('%s', (_, when, values, chars) => {
    expect(hangsOnUnread(block('safe', 0, when), valuesOf(values))).toBe(chars);
  });
});

describe('a block does not hang on unread text', () => {
  test.each([
    ['when all was read', guard, { guard: known(true) }],
    [
      'when another signal claims the prompt',
      any(guard, has('words')),
      { guard: UNREAD, words: known(true) },
    ],
    ['when the signal is unknown for another reason', guard, { guard: UNKNOWN }],
    ['when the signal was not asked', any(guard, has('words')), { words: known(true) }],
  ])('%s', (_, when, values) => {
    expect(hangsOnUnread(block('safe', 0, when), valuesOf(values))).toBe(0);
  });
});
