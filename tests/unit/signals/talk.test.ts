import { describe, expect, test } from '@jest/globals';
import type { HeadReadings, PromptView, Signal } from '../../../src/signals/contract.js';
import { factCheckSignal } from '../../../src/signals/fact-check.js';
import { feedbackSignal } from '../../../src/signals/feedback.js';
import {
  FEEDBACK_KINDS,
  type FeedbackKind,
  INTENTS,
  PREFERENCES,
  type Preference,
} from '../../../src/signals/labels.js';
import { preferenceSignal } from '../../../src/signals/preference.js';
import { reaskSignal } from '../../../src/signals/reask.js';
import { embeddingOf, promptView } from '../../support/prompt-view.js';

function following(before: string, ask: string, answer = 'Here you are.'): PromptView {
  const turns = [
    { role: 'user' as const, text: before, modalities: [] },
    { role: 'assistant' as const, text: answer, modalities: [] },
    { role: 'user' as const, text: ask, modalities: [] },
  ];
  return promptView(ask, { turns });
}

function matched(signal: Signal, view: PromptView): boolean {
  const value = signal.evaluate(view, undefined);
  return value.state === 'known' && value.matched;
}

describe('feedback', () => {
  const kindsIn = (view: PromptView) =>
    FEEDBACK_KINDS.filter((kind) =>
      matched(feedbackSignal({ name: 'f', kinds: [kind], threshold: 0.5 }), view),
    );

  test.each<[string, FeedbackKind[]]>([
    ["That's wrong, the capital is Canberra.", ['wrong']],
    ["That's not right.", ['wrong']],
    ['no, that is incorrect', ['wrong']],
    ['It still doesn’t work.', ['wrong']],
    ['Are you sure?', ['wrong']],
    ['I don’t understand, can you clarify?', ['unclear']],
    ["That's not what I asked for.", ['different']],
    ['Show me another way', ['different']],
    ['Thanks, that helped!', ['satisfied']],
    ['perfect', ['satisfied']],
    ['Not bad.', []],
    ['What is wrong with my car?', []],
    ['Thanks in advance. What is the boiling point of water?', []],
    ['And the capital of Spain?', []],
    [`Now write a story. ${'It was a dark night. '.repeat(20)} That's wrong.`, []],
  ])('%j: %j', (ask, kinds) => {
    expect(kindsIn(following('What is the capital of Australia?', ask))).toEqual(kinds);
  });

  test('before there was an answer nothing can be said of it', () => {
    expect(kindsIn(promptView("That's wrong."))).toEqual([]);
  });

  test('several kinds may be asked for at once', () => {
    const signal = feedbackSignal({ name: 'f', kinds: ['wrong', 'unclear'], threshold: 0.5 });
    expect(signal.evaluate(following('x', 'unclear'), undefined)).toMatchObject({ detail: 'sounds unclear' });
  });
});

describe('preference', () => {
  const kindsIn = (ask: string) =>
    PREFERENCES.filter((kind) =>
      matched(preferenceSignal({ name: 'p', anyOf: [kind], threshold: 0.5 }), promptView(ask)),
    );

  test.each<[string, Preference[]]>([
    ['Explain DNS in simple terms.', ['simple']],
    ['Answer in one sentence: why is the sky blue?', ['brief']],
    ['Quick question: when do you open?', ['fast']],
    ['Think carefully and show your work. What is 17 * 23?', ['step_by_step', 'careful']],
    ['Describe in detail how a turbine works.', ['detailed']],
    ['How does quick sort work?', []],
    ['What is the capital of France?', []],
    [`${'word '.repeat(200)} step by step ${'word '.repeat(200)}`, []],
    [`${'word '.repeat(200)} Be brief.`, ['brief']],
  ])('%j: %j', (ask, kinds) => {
    expect(kindsIn(ask)).toEqual(kinds);
  });
});

describe('asking again', () => {
  const signal = reaskSignal({ name: 'r', threshold: 0.6 });

  test.each<[string, string, boolean]>([
    ['How do I reset my password?', 'How can I reset the password?', true],
    ['How do I reset my password?', 'No, I asked how passwords are reset', true],
    ['What is the capital of France?', 'What is the capital of Spain?', false],
    ['What is 17 times 23?', 'What is 17 times 24?', true],
    ['Convert 17 miles', 'Convert 23 miles', false],
    ['Go on', 'Go on', false],
    ['yes', 'yes', false],
    ['如何申请退款', '请问如何申请退款', true],
    ['如何申请退款', '如何更改地址', false],
    ['How do I reset my password?', 'Thanks! Where is your office?', false],
  ])('%j, then %j: %s', (before, ask, expected) => {
    expect(matched(signal, following(before, ask))).toBe(expected);
  });

  test('a first question asks nothing again', () => {
    expect(signal.evaluate(promptView('How do I reset it?'), undefined)).toMatchObject({
      matched: false,
      score: 0,
    });
  });

  test('nor does a second one that nobody has answered', () => {
    const text = 'How do I reset my password?';
    const turn = { role: 'user' as const, text, modalities: [] };
    expect(matched(signal, promptView(text, { turns: [turn, turn] }))).toBe(false);
  });
});

describe('a need to check facts', () => {
  const spec = { labels: [...INTENTS], answers: 'one' as const };
  const signal = factCheckSignal({ name: 'f', threshold: 0.5, spec });
  const evaluate = (ask: string, intent: (typeof INTENTS)[number]) => {
    const intents = Float32Array.from(INTENTS, (label) => (label === intent ? 0.9 : 0.1 / 9));
    const none = new Float32Array();
    const heads: HeadReadings = {
      features: none,
      probabilities: { domain: none, intent: intents, difficulty: none, guard: none, document: none },
      spans: [],
    };
    return signal.evaluate(promptView(ask), embeddingOf([1], { heads }));
  };

  test.each<[string, (typeof INTENTS)[number], boolean]>([
    ['Who won the world cup in 1998?', 'knowledge', true],
    ['How many people live in Lagos?', 'knowledge', true],
    ['Is it true that Einstein failed at school?', 'knowledge', true],
    ['When did Apollo 11 land on the Moon?', 'knowledge', true],
    ['Write a poem about the Moon in 1969', 'writing', false],
    ['Refactor this function, please', 'code', false],
    ['Do you think I should move to Berlin?', 'conversation', false],
    ['Set a timer', 'everyday', false],
    [`${'Some context. '.repeat(100)} Who discovered Neptune?`, 'knowledge', true],
  ])('%j (%s): %s', (ask, intent, expected) => {
    const value = evaluate(ask, intent);
    expect(value.state === 'known' && value.matched).toBe(expected);
  });

  test('cannot be told without heads', () => {
    expect(signal.evaluate(promptView('Who?'), embeddingOf([1]))).toMatchObject({ state: 'unknown' });
    const without = factCheckSignal({ name: 'f', threshold: 0.5, spec: undefined });
    expect(without.evaluate(promptView('Who?'), embeddingOf([1]))).toMatchObject({ state: 'unknown' });
  });
});
