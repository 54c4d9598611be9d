import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnswerSigns } from '../../../src/openai/answer-signs.js';
import type { AnswerWish } from '../../../src/openai/answer-wish.js';
import { type JudgePolicy, weaknessOf } from '../../../src/selection/judge-answer.js';
import { readsAsRefusal } from '../../../src/selection/refusal.js';
import { runsInCircles } from '../../../src/selection/repetition.js';

const POLICY: JudgePolicy = {
  refusal: true,
  phrases: ['ask a lawyer'],
  cut: true,
  repetition: true,
  broken: true,
  charsMin: 1,
  meanLogprobMin: -1,
  minLogprobMin: undefined,
  expectedMin: undefined,
};
const NONE: JudgePolicy = {
  ...POLICY,
  refusal: false,
  cut: false,
  repetition: false,
  broken: false,
  charsMin: 0,
  meanLogprobMin: undefined,
};
const WISH: AnswerWish = { limited: false, json: undefined, tools: new Set(), mustCall: false };
const GOOD: AnswerSigns = {
  text: 'Paris is the capital of France.',
  saysRefusal: false,
  finishReason: 'stop',
  callsTool: false,
  brokenJson: false,
  brokenCall: false,
  logprobs: undefined,
};
const LOOP = 'and then it goes on '.repeat(60);

interface Case {
  readonly signs?: Partial<AnswerSigns>;
  readonly wish?: Partial<AnswerWish>;
  readonly policy?: Partial<JudgePolicy>;
  readonly expected?: number;
}

function judge({ signs, wish, policy, expected }: Case) {
  const judged = { choices: [{ ...GOOD, ...signs }], wish: { ...WISH, ...wish }, expected };
  return weaknessOf(judged, { ...POLICY, ...policy });
}

describe('an answer', () => {
  test.each<[string | undefined, Case]>([
    [undefined, {}],
    ['refusal', { signs: { text: 'I’m  sorry, but I can’t help with that.' } }],
    ['refusal', { signs: { saysRefusal: true } }],
    ['refusal', { signs: { text: 'You had better ASK a lawyer.' } }],
    [undefined, { signs: { text: 'I cannot help you.' }, policy: { refusal: false } }],
    ['cut', { signs: { finishReason: 'length' } }],
    [undefined, { signs: { finishReason: 'length' }, wish: { limited: true } }],
    [undefined, { signs: { finishReason: 'length' }, policy: { cut: false } }],
    ['empty', { signs: { text: ' \n' } }],
    ['short', { signs: { text: 'Yes.' }, policy: { charsMin: 10 } }],
    [undefined, { signs: { text: '' }, policy: { charsMin: 0 } }],
    [undefined, { signs: { text: '', callsTool: true } }],
    ['tool-call', { signs: { text: '', brokenCall: true } }],
    ['json', { signs: { brokenJson: true } }],
    [undefined, { signs: { brokenJson: true, brokenCall: true }, policy: { broken: false } }],
    ['repetition', { signs: { text: LOOP } }],
    [undefined, { signs: { text: LOOP }, policy: { repetition: false } }],
    ['logprob', { signs: { logprobs: { mean: -1.01, min: -1.01 } } }],
    [undefined, { signs: { logprobs: { mean: -1, min: -9 } } }],
    ['logprob', { signs: { logprobs: { mean: -1, min: -9 } }, policy: { minLogprobMin: -8 } }],
    ['expected', { expected: 0.2, policy: { expectedMin: 0.3 } }],
    [undefined, { expected: 0.3, policy: { expectedMin: 0.3 } }],
    [undefined, { policy: { expectedMin: 0.3 } }],
  ])('is weak for %s: %j', (weakness, given) => {
    expect(judge(given)).toBe(weakness);
  });

  test('of several choices is as weak as the weakest', () => {
    const choices = [GOOD, { ...GOOD, finishReason: 'length' }];
    expect(weaknessOf({ choices, wish: WISH, expected: undefined }, POLICY)).toBe('cut');
  });

  const signs = fc.record({
    text: fc.string({ maxLength: 300 }),
    saysRefusal: fc.boolean(),
    finishReason: fc.constantFrom('stop', 'length', null),
    callsTool: fc.boolean(),
    brokenJson: fc.boolean(),
    brokenCall: fc.boolean(),
    logprobs: fc.option(
      fc.record({
        mean: fc.double({ min: -20, max: 0, noNaN: true }),
        min: fc.double({ min: -20, max: 0, noNaN: true }),
      }),
      { nil: undefined },
    ),
  });

  test('is never weak where no sign counts', () => {
    fc.assert(
      fc.property(
        fc.array(signs, { maxLength: 3 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (choices, expected) => {
          expect(weaknessOf({ choices, wish: WISH, expected }, NONE)).toBeUndefined();
        },
      ),
    );
  });

  test('that is weak stays so for whoever asks for more', () => {
    const bound = fc.double({ min: -20, max: 0, noNaN: true });
    fc.assert(
      fc.property(signs, bound, bound, fc.nat(50), (each, low, high, charsMin) => {
        const lax = { ...POLICY, meanLogprobMin: Math.min(low, high), charsMin };
        const strict = { ...POLICY, meanLogprobMin: Math.max(low, high), charsMin: charsMin + 1 };
        const judged = { choices: [each], wish: WISH, expected: undefined };
        if (weaknessOf(judged, lax) !== undefined) expect(weaknessOf(judged, strict)).toBeDefined();
      }),
    );
  });
});

describe('a refusal', () => {
  test.each([
    "I don't know.",
    'As an AI developed to be helpful, I have no opinion.',
    'Es tut mir leid, dabei kann ich nicht helfen.',
    'Désolé, je ne peux pas répondre.',
    'Lo siento, no puedo ayudar con eso.',
    '抱歉，我无法回答这个问题。',
    '申し訳ありませんが、お答えできません。',
  ])('is %j', (text) => {
    expect(readsAsRefusal(text)).toBe(true);
  });

  test.each([
    'Sorry to hear that. Restart the router, then log in again.',
    'You cannot divide by zero.',
    `The answer is 42. ${'Here is why. '.repeat(30)}I don't know of a shorter way.`,
    `I'm not sure. ${'On the one hand it may be so. '.repeat(40)}`,
  ])('is not %.60j', (text) => {
    expect(readsAsRefusal(text)).toBe(false);
  });
});

describe('a text that runs in circles', () => {
  test('is one that says anything short again and again, whatever came before', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, fc.string({ maxLength: 200 }), (said, before) => {
        expect(runsInCircles(`${before} ${`${said.join(' ')} `.repeat(900)}`)).toBe(true);
      }),
    );
    expect(runsInCircles(`这是开头。${'我们再来一次。'.repeat(60)}`)).toBe(true);
  });

  test('is not one of different words, a short one, a table or code', () => {
    const prose = Array.from({ length: 300 }, (_, at) => `word${at}`).join(' ');
    const table = Array.from({ length: 40 }, (_, at) => `| ${at} | ${at * at} | yes |`).join('\n');
    const code = Array.from({ length: 30 }, (_, at) => `  if (x === ${at}) return ${at * 7};`).join('\n');
    for (const text of [prose, 'no no no no', '好好好好', table, code])
      expect(runsInCircles(text)).toBe(false);
  });
});
