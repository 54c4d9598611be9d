import { describe, expect, test } from '@jest/globals';
import type { Embedding, Signal, SignalValue } from '../../../src/signals/contract.js';
import { difficultySignal } from '../../../src/signals/difficulty.js';
import { domainSignal } from '../../../src/signals/domain.js';
import { topLabel } from '../../../src/signals/heads.js';
import { type IntentReading, intentSignal } from '../../../src/signals/intent.js';
import { OUT_OF_SCOPE } from '../../../src/signals/labels.js';
import { embeddingWith, HEADS } from '../../support/heads.js';
import { embeddingOf, promptView } from '../../support/prompt-view.js';

const view = promptView('anything');

function scoreOf(value: SignalValue): number {
  if (value.state !== 'known') throw new Error(value.reason);
  return value.score;
}

function domain(anyOf: readonly string[], threshold = 0.5): Signal {
  return domainSignal({ name: 'field', anyOf, threshold, spec: HEADS.domain });
}

function intent(anyOf: readonly string[]): Signal {
  return intentSignal({ name: 'wish', anyOf, threshold: 0.5, spec: HEADS.intent });
}

function difficulty(below: number, size: 'small' | 'medium' | 'large' = 'small'): Signal {
  return difficultySignal({ name: 'hard', size, below, spec: HEADS.difficulty });
}

describe('every signal over the heads', () => {
  const all: readonly (readonly [string, Signal])[] = [
    ['domain', domain(['law'])],
    ['intent', intent(['code'])],
    ['difficulty', difficulty(0.5)],
  ];

  test.each(all)('%s needs one forward pass', (_, signal) => {
    expect(signal.cost).toBe('encoder');
  });

  test.each(all)(
    '%s is unknown without an embedding, without heads, in a language nobody knows',
    (_, signal) => {
      const unknown = (embedding: Embedding | undefined) => signal.evaluate(view, embedding);
      expect(unknown(undefined)).toEqual({ state: 'unknown', reason: 'there is no embedding' });
      expect(unknown(embeddingOf([1, 0]))).toEqual({ state: 'unknown', reason: 'the model has no heads' });
      expect(unknown(embeddingWith({}, { unknownShare: 0.35 }))).toEqual({
        state: 'unknown',
        reason: 'the encoder does not know 35 % of the tokens',
      });
      expect(unknown(embeddingWith({}, { unknownShare: 0.1 })).state).toBe('known');
    },
  );

  test.each(all)('%s says when a long prompt was read in part', (_, signal) => {
    const said = signal.evaluate(view, embeddingWith({}, { truncated: true }));
    expect(said).toMatchObject({
      detail: expect.stringMatching(/by the head and the tail of a long prompt$/),
    });
  });

  test('is unknown on a model without heads, whatever labels it asks for', () => {
    const options = { name: 'x', anyOf: ['nonsense'], threshold: 0.5, below: 0.5, spec: undefined };
    const signals = [
      domainSignal(options),
      intentSignal(options),
      difficultySignal({ ...options, size: 'small' }),
    ];
    for (const signal of signals) {
      expect(signal.evaluate(view, embeddingWith({}))).toEqual({
        state: 'unknown',
        reason: 'the model has no heads',
      });
    }
  });
});

describe('domain', () => {
  const question = embeddingWith({ domain: { law: 0.45, history: 0.3, math: 0.25 } });

  test('adds up the fields that it names', () => {
    const value = domain(['law', 'history']).evaluate(view, question);
    expect(value).toMatchObject({ matched: true, threshold: 0.5, detail: 'most likely law' });
    expect(scoreOf(value)).toBeCloseTo(0.75);
    expect(domain(['law']).evaluate(view, question)).toMatchObject({ matched: false });
    expect(domain(['law'], 0.4).evaluate(view, question)).toMatchObject({ matched: true });
  });

  test('refuses a field that the head does not know', () => {
    expect(() => domain(['astrology'])).toThrow(
      /signal "field": the head has no label "astrology"; it has biology, /,
    );
  });

  test('the likeliest label of no labels is none', () => {
    expect(topLabel([], new Float32Array())).toBe('');
  });
});

describe('intent', () => {
  test('adds up the families that it names', () => {
    const value = intent(['code', 'writing']).evaluate(
      view,
      embeddingWith({ intent: { code: 0.6, writing: 0.2 } }),
    );
    expect(value).toMatchObject({ matched: true, detail: 'most likely code' });
    expect(scoreOf(value)).toBeCloseTo(0.8);
  });

  test('knows out_of_scope only of a head of the user’s own', () => {
    expect(() => intent([OUT_OF_SCOPE])).toThrow(/has no label "out_of_scope"/);
  });

  describe('by a head of the user’s own', () => {
    const own = (anyOf: readonly string[], reading: IntentReading | undefined): SignalValue =>
      intentSignal({
        name: 'mine',
        anyOf,
        threshold: 0.5,
        spec: HEADS.intent,
        head: { labels: ['refund', 'parcel'], judge: () => reading },
      }).evaluate(view, embeddingWith({}));
    const refund = { label: 'refund', probabilities: Float32Array.of(0.75, 0.25) };
    const outside = { label: undefined, probabilities: Float32Array.of(0.75, 0.25) };

    test('its labels are asked for, and no others', () => {
      expect(own(['refund'], refund)).toMatchObject({
        matched: true,
        score: 0.75,
        detail: 'most likely refund',
      });
      expect(own(['parcel'], refund)).toMatchObject({ matched: false, score: 0.25 });
      expect(own(['parcel', 'refund'], refund)).toMatchObject({ matched: true, score: 1 });
      expect(() => own(['code'], refund)).toThrow(/has no label "code"; it has refund, parcel/);
    });

    test('what is out of its scope is none of its labels', () => {
      expect(own(['refund', 'parcel'], outside)).toMatchObject({ matched: false, score: 0 });
      expect(own(['refund', OUT_OF_SCOPE], outside)).toMatchObject({
        matched: true,
        score: 1,
        detail: 'most likely out_of_scope',
      });
      expect(own([OUT_OF_SCOPE], refund)).toMatchObject({ matched: false, score: 0 });
    });

    test('is unknown when it has nothing to read', () => {
      expect(own(['refund'], undefined)).toEqual({
        state: 'unknown',
        reason: 'the head has nothing to read',
      });
    });
  });
});

describe('difficulty', () => {
  const question = embeddingWith({ difficulty: { small: 0.3, medium: 0.625, large: 0.9 } });

  test('holds where a model of the size likely fails', () => {
    expect(difficulty(0.5).evaluate(view, question)).toMatchObject({ matched: true, threshold: 0.5 });
    expect(difficulty(0.5, 'medium').evaluate(view, question)).toMatchObject({
      matched: false,
      score: 0.625,
    });
    expect(difficulty(0.95, 'large').evaluate(view, question)).toMatchObject({ matched: true });
  });

  test('is the surer the worse the model would do', () => {
    expect(difficulty(0.5, 'medium').evaluate(view, question)).toMatchObject({ confidence: 0.375 });
  });

  test('says of which size it speaks', () => {
    expect(difficulty(0.5).evaluate(view, question)).toMatchObject({
      detail: 'what a small model answers well',
    });
    const spec = { ...HEADS.difficulty, labels: ['large'] };
    expect(() => difficultySignal({ name: 'hard', size: 'small', below: 0.5, spec })).toThrow(
      /has no label "small"/,
    );
  });
});
