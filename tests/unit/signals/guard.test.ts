import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Turn } from '../../../src/openai/request.js';
import type { Passage, SignalValue, WholeReading } from '../../../src/signals/contract.js';
import { type GuardOptions, guardSignal, guardVerdict } from '../../../src/signals/guard.js';
import { passagesOf, turnOf } from '../../../src/signals/passages.js';
import { HEADS, windowOf } from '../../support/heads.js';
import { promptView } from '../../support/prompt-view.js';

function turn(role: Turn['role'], text: string): Turn {
  return { role, text, modalities: [] };
}

/** A conversation with every role; passages are its turns 1, 3, 4 and 5. */
const view = promptView('Go on.', {
  turns: [
    turn('system', 'Be kind.'),
    turn('user', 'Read my mail.'),
    turn('assistant', ' '),
    turn('tool', 'Dear reader, …'),
    turn('assistant', 'There is one letter.'),
    turn('user', 'Go on.'),
  ],
});

function evaluate(whole: WholeReading | undefined, change: Partial<GuardOptions> = {}): SignalValue {
  const options: GuardOptions = { name: 'guard', unread: 'refuse', specs: HEADS, ...change };
  return guardSignal(options).evaluate(view, undefined, whole);
}

describe('passages', () => {
  test('are all turns but those of the operator and empty ones', () => {
    expect(passagesOf(view)).toEqual([
      { text: 'Read my mail.', role: 'prompt' },
      { text: 'Dear reader, …', role: 'document' },
      { text: 'There is one letter.', role: 'document' },
      { text: 'Go on.', role: 'prompt' },
    ]);
  });

  test('lead back to their turns', () => {
    expect([0, 1, 2, 3].map((passage) => turnOf(view, passage)?.index)).toEqual([1, 3, 4, 5]);
    expect(turnOf(view, 1)).toEqual({ index: 3, role: 'tool' });
    expect(turnOf(view, 4)).toBeUndefined();
  });
});

describe('the guard signal', () => {
  test('needs a reading of the whole conversation, and heads', () => {
    expect(guardSignal({ name: 'guard', unread: 'refuse', specs: HEADS }).cost).toBe('whole');
    expect(evaluate(undefined)).toEqual({ state: 'unknown', reason: 'the conversation was not read' });
    expect(evaluate({ windows: [], unread: [] }, { specs: undefined })).toEqual({
      state: 'unknown',
      reason: 'the model has no heads',
    });
  });

  test('lets through what looks harmless, and says how near it came', () => {
    const windows = [windowOf(0, [0, 13]), windowOf(1, [0, 14], { document: { injection: 0.5 } })];
    expect(evaluate({ windows, unread: [] })).toMatchObject({
      state: 'known',
      matched: false,
      score: 0.3125,
      threshold: 0.5,
      detail: 'at most injection at 50 % in turn 3 (tool), characters 0 to 14',
    });
  });

  test('finds one bad window among many, by the head of its role', () => {
    const windows = [
      windowOf(0, [0, 13], { guard: { jailbreak: 0.75 }, document: { injection: 0.1 } }),
      windowOf(1, [0, 14], { guard: { jailbreak: 0.99 }, document: { injection: 0.1 } }),
      windowOf(3, [0, 6]),
    ];
    expect(evaluate({ windows, unread: [] })).toMatchObject({
      matched: true,
      score: 0.75,
      detail: 'jailbreak at 75 % in turn 1 (user), characters 0 to 13',
    });
  });

  test('adds the kinds up, and may be asked for one alone', () => {
    const reading = {
      windows: [windowOf(0, [0, 13], { guard: { jailbreak: 0.3, injection: 0.4 } })],
      unread: [],
    };
    expect(evaluate(reading)).toMatchObject({
      matched: true,
      detail: expect.stringMatching(/^injection at 70 %/),
    });
    expect(evaluate(reading, { kinds: ['jailbreak'] })).toMatchObject({ matched: false });
    expect(evaluate(reading, { kinds: ['injection'] })).toMatchObject({ matched: false });
    const sure = { windows: [windowOf(1, [0, 14], { document: { injection: 0.99 } })], unread: [] };
    expect(evaluate(sure, { kinds: ['injection'] })).toMatchObject({ matched: true });
    expect(evaluate(sure, { kinds: ['jailbreak'] })).toMatchObject({ matched: false, score: 0 });
  });

  test('takes thresholds of the policy in place of its own', () => {
    const prompt = { windows: [windowOf(0, [0, 13], { guard: { jailbreak: 0.6 } })], unread: [] };
    const tool = { windows: [windowOf(1, [0, 14], { document: { injection: 0.6 } })], unread: [] };
    expect(evaluate(prompt)).toMatchObject({ matched: true });
    expect(evaluate(prompt, { promptThreshold: 0.7 })).toMatchObject({ matched: false });
    expect(evaluate(tool)).toMatchObject({ matched: false });
    expect(evaluate(tool, { promptThreshold: 0.1 })).toMatchObject({ matched: false });
    expect(evaluate(tool, { documentThreshold: 0.6 })).toMatchObject({ matched: true });
  });

  test('heads without a threshold have one of a half', () => {
    const specs = {
      guard: { ...HEADS.guard },
      document: { labels: ['benign', 'injection'], answers: 'one' },
    } as const;
    const windows = [windowOf(1, [0, 14], { document: { injection: 0.5 } })];
    expect(evaluate({ windows, unread: [] }, { specs })).toMatchObject({ matched: true, score: 0.5 });
    const unread = [{ passage: 1, start: 0, end: 14, scanned: 0.98 }];
    expect(evaluate({ windows: [], unread }, { specs })).toMatchObject({ matched: true });
  });

  test('knows nothing to object to where there is nothing to read', () => {
    expect(evaluate({ windows: [], unread: [] })).toMatchObject({
      state: 'known',
      matched: false,
      score: 0,
      detail: 'there was nothing to read',
    });
  });
});

describe('what was left unread', () => {
  const harmless = windowOf(0, [0, 13]);
  const attack = windowOf(3, [0, 6], { guard: { jailbreak: 0.9 } });
  const stretch = { passage: 1, start: 200, end: 1_200, scanned: 0.4 };
  const sure = { ...stretch, scanned: 0.98 };

  test('makes the guard unknown, and says how much it is', () => {
    expect(evaluate({ windows: [harmless], unread: [stretch, { ...stretch, passage: 0 }] })).toEqual({
      state: 'unknown',
      reason: '2000 characters were not read',
      unreadChars: 2000,
    });
  });

  test('does not matter where an attack was found already', () => {
    expect(evaluate({ windows: [harmless, attack], unread: [stretch] })).toMatchObject({
      state: 'known',
      matched: true,
      detail: expect.stringMatching(/^jailbreak at 90 % .*; 1000 characters were not read$/),
    });
  });

  test('is an attack when its words alone say so', () => {
    expect(evaluate({ windows: [harmless], unread: [sure] })).toMatchObject({
      state: 'known',
      matched: true,
      score: 0.5,
      detail:
        'an attack by its words at 98 % in turn 3 (tool), characters 200 to 1200; 1000 characters were not read',
    });
    // 0.96 is enough for a prompt and too little for a document.
    const unsure = { ...stretch, scanned: 0.96 };
    expect(evaluate({ windows: [], unread: [{ ...unsure, passage: 0 }] })).toMatchObject({ matched: true });
    expect(evaluate({ windows: [], unread: [unsure] }).state).toBe('unknown');
  });

  test('in a document is nothing to one who asks for jailbreaks alone', () => {
    expect(evaluate({ windows: [harmless], unread: [sure] }, { kinds: ['jailbreak'] }).state).toBe('unknown');
  });

  test('is passed over where the policy allows it, unless its words say otherwise', () => {
    const allow = { unread: 'allow' } as const;
    expect(evaluate({ windows: [harmless], unread: [stretch] }, allow)).toMatchObject({
      state: 'known',
      matched: false,
      detail: expect.stringMatching(/; 1000 characters were not read$/),
    });
    expect(evaluate({ windows: [harmless], unread: [sure] }, allow)).toMatchObject({ matched: true });
  });
});

describe('the score', () => {
  const passages: readonly Passage[] = [{ text: 'x', role: 'prompt' }];
  const scoreAt = (probability: number, promptThreshold: number) =>
    guardVerdict(
      { windows: [windowOf(0, [0, 1], { guard: { jailbreak: probability } })], unread: [] },
      passages,
      HEADS,
      { promptThreshold },
    );
  const share = fc.double({ min: 0, max: 1, noNaN: true }).map(Math.fround);
  const threshold = fc.double({ min: 0.01, max: 1, noNaN: true }).map(Math.fround);

  test('lies between 0 and 1, and one half is the threshold', () => {
    fc.assert(
      fc.property(share, threshold, (probability, limit) => {
        const { score, attack } = scoreAt(probability, limit);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(attack).toBe(probability >= limit);
      }),
    );
  });

  test('rises with the probability', () => {
    fc.assert(
      fc.property(share, share, threshold, (a, b, limit) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(scoreAt(low, limit).score).toBeLessThanOrEqual(scoreAt(high, limit).score);
      }),
    );
  });

  test('of a threshold of 0 and of 1', () => {
    expect(scoreAt(0, 0)).toMatchObject({ score: 0.5, attack: true });
    expect(scoreAt(1, 1)).toMatchObject({ score: 1, attack: true });
  });

  test('names the head that judged the worst window, and the threshold that it was held against', () => {
    const both = passagesOf(view);
    const windows = [windowOf(1, [0, 1], { document: { injection: 0.8 } })];
    const told = { head: 'document', probability: expect.closeTo(0.8), threshold: HEADS.document.threshold };
    expect(guardVerdict({ windows, unread: [] }, both, HEADS).worst).toMatchObject(told);
    expect(
      guardVerdict({ windows, unread: [] }, both, HEADS, { documentThreshold: 0.9 }).worst,
    ).toMatchObject({ ...told, threshold: 0.9 });
    const unread = [{ passage: 0, start: 0, end: 1, scanned: 0.999 }];
    expect(guardVerdict({ windows: [], unread }, passages, HEADS).worst).toMatchObject({
      head: 'guard',
      kind: undefined,
      threshold: HEADS.guard.scanThreshold,
    });
  });

  test('judges windows of unknown passages as prompts', () => {
    const windows = [windowOf(7, [0, 1], { guard: { jailbreak: 0.9 } })];
    expect(guardVerdict({ windows, unread: [] }, passages, HEADS).worst).toMatchObject({
      passage: 7,
      kind: 'jailbreak',
    });
    const unread = [{ passage: 7, start: 0, end: 1, scanned: 0.96 }];
    expect(guardVerdict({ windows: [], unread }, passages, HEADS)).toMatchObject({
      attack: true,
      unreadChars: 1,
    });
    expect(evaluate({ windows, unread: [] })).toMatchObject({
      detail: expect.stringMatching(/turn \? \(unknown\)/),
    });
  });
});
