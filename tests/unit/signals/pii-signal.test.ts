import { describe, expect, test } from '@jest/globals';
import type { Turn } from '../../../src/openai/request.js';
import type { SignalValue, Span, WholeReading } from '../../../src/signals/contract.js';
import { type PiiOptions, piiSignal } from '../../../src/signals/pii-signal.js';
import { windowOf } from '../../support/heads.js';
import { promptView } from '../../support/prompt-view.js';

const MAIL = 'Write to jane.roe@example.com or to max@example.org, please.';
const NAME = 'Her name is Jane Roe.';

function view(...texts: readonly string[]) {
  const turns = texts.map((text): Turn => ({ role: 'user', text, modalities: [] }));
  return promptView(texts.at(-1) ?? '', { turns });
}

function person(text: string, score = 0.9): Span {
  const start = text.indexOf('Jane Roe');
  return { type: 'PERSON', start, end: start + 'Jane Roe'.length, score };
}

const BOTH = { types: ['PERSON', 'EMAIL_ADDRESS'] };
const MAILS = { types: ['EMAIL_ADDRESS'] };

function evaluate(
  texts: readonly string[],
  whole: WholeReading | undefined,
  change: Partial<PiiOptions> = BOTH,
): SignalValue {
  const options: PiiOptions = {
    name: 'personal',
    types: [],
    threshold: 0.5,
    minCount: 1,
    unread: 'refuse',
    hasHeads: true,
    ...change,
  };
  return piiSignal(options).evaluate(view(...texts), undefined, whole);
}

function costOf(types: readonly string[]): string {
  const options = {
    name: 'x',
    types,
    threshold: 0.5,
    minCount: 1,
    unread: 'refuse',
    hasHeads: true,
  } as const;
  return piiSignal(options).cost;
}

/** Everything was read, and the token head found the name. */
const READ: WholeReading = { windows: [windowOf(1, [0, NAME.length], {}, [person(NAME)])], unread: [] };
const UNREAD = [{ passage: 0, start: 0, end: 500, scanned: 0 }];

describe('the search for personal data', () => {
  test('joins what patterns and the token head find, in all turns, and counts by type', () => {
    expect(evaluate([MAIL, NAME], READ)).toMatchObject({
      state: 'known',
      matched: true,
      score: 3,
      threshold: 1,
      detail: '2 EMAIL_ADDRESS, 1 PERSON',
    });
  });

  test('never says what it found', () => {
    expect(JSON.stringify(evaluate([MAIL, NAME], READ))).not.toMatch(/jane|roe|max|example/i);
  });

  test('counts only the types that are asked for', () => {
    expect(evaluate([MAIL, NAME], READ, { types: ['PERSON'] })).toMatchObject({
      score: 1,
      detail: '1 PERSON',
    });
    expect(evaluate([MAIL, NAME], READ, { types: ['PHONE_NUMBER'] })).toMatchObject({
      matched: false,
      score: 0,
      confidence: 0,
      detail: 'nothing was found',
    });
  });

  test('counts only finds that are sure enough', () => {
    const faint = { windows: [windowOf(0, [0, NAME.length], {}, [person(NAME, 0.6)])], unread: [] };
    expect(evaluate([NAME], faint)).toMatchObject({ matched: true, confidence: 0.6 });
    expect(evaluate([NAME], faint, { ...BOTH, threshold: 0.7 })).toMatchObject({ matched: false, score: 0 });
  });

  test('may want several', () => {
    const strict = { ...BOTH, minCount: 3 };
    expect(evaluate([MAIL, NAME], READ, strict)).toMatchObject({
      matched: true,
      threshold: 3,
      confidence: 0.9,
    });
    expect(evaluate([MAIL], { windows: [], unread: [] }, strict)).toMatchObject({ matched: false, score: 2 });
  });

  test('takes no span of a passage that is not there', () => {
    const stray = { windows: [windowOf(7, [0, 5], {}, [person(NAME)])], unread: [] };
    expect(evaluate([NAME], stray)).toMatchObject({ matched: false });
  });
});

describe('what was left unread', () => {
  test('makes types unknown that only the token head finds', () => {
    expect(evaluate([NAME], { windows: [], unread: UNREAD })).toEqual({
      state: 'unknown',
      reason: '500 characters were not read',
      unreadChars: 500,
    });
  });

  test('does not matter where enough was found, or where the policy allows it', () => {
    expect(evaluate([MAIL], { windows: [], unread: UNREAD })).toMatchObject({
      matched: true,
      detail: '2 EMAIL_ADDRESS; 500 characters were not read',
    });
    expect(evaluate([NAME], { windows: [], unread: UNREAD }, { ...BOTH, unread: 'allow' })).toMatchObject({
      state: 'known',
      matched: false,
    });
  });

  test('hides nothing from patterns, which need no reading and no heads', () => {
    expect(costOf(['EMAIL_ADDRESS', 'CREDIT_CARD'])).toBe('rule');
    expect(costOf(['EMAIL_ADDRESS', 'PERSON'])).toBe('whole');
    expect(evaluate([MAIL], undefined, { ...MAILS, hasHeads: false })).toMatchObject({
      matched: true,
      score: 2,
    });
    expect(evaluate([NAME], { windows: [], unread: UNREAD }, MAILS)).toMatchObject({
      state: 'known',
      matched: false,
    });
  });

  test('is everything without a reading, or without heads', () => {
    expect(evaluate([NAME], undefined)).toEqual({
      state: 'unknown',
      reason: 'the conversation was not read',
    });
    expect(evaluate([NAME], READ, { ...BOTH, hasHeads: false })).toEqual({
      state: 'unknown',
      reason: 'the model has no heads',
    });
  });
});
