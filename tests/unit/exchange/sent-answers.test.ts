import { expect, test } from '@jest/globals';
import { SentAnswers } from '../../../src/exchange/sent-answers.js';

const SMALL = { model: 'small' };
const LARGE = { model: 'large' };

function opened(answersMax = 3) {
  const clock = { at: 0, monotonicMs: () => clock.at };
  return { answers: new SentAnswers<typeof SMALL>({ answersMax, ttlMs: 100 }, clock), clock };
}

test('an answer is known by its id and by its conversation, for a while', () => {
  const { answers, clock } = opened();
  answers.note('a', SMALL, 'talk');
  expect([answers.get('a'), answers.idOf('talk'), answers.idOf('other')]).toEqual([SMALL, 'a', undefined]);
  clock.at = 101;
  expect(answers.get('a')).toBeUndefined();
});

test('the last answer to the same turns counts, unless another model gave it', () => {
  const { answers } = opened();
  answers.note('a', SMALL, 'talk');
  answers.note('b', SMALL, 'talk');
  expect(answers.idOf('talk')).toBe('b');
  answers.note('c', LARGE, 'talk');
  expect(answers.idOf('talk')).toBeUndefined();
  answers.note('d', LARGE, 'talk');
  expect(answers.idOf('talk')).toBeUndefined();
});

test('an old answer of another model is no longer in the way', () => {
  const { answers, clock } = opened();
  answers.note('a', SMALL, 'talk');
  clock.at = 101;
  answers.note('b', LARGE, 'talk');
  expect(answers.idOf('talk')).toBe('b');
});

test('what is forgotten leaves nothing behind, the oldest first', () => {
  const { answers } = opened(2);
  answers.note('a', SMALL, 'one');
  answers.note('b', SMALL, 'two');
  answers.note('c', SMALL, undefined);
  expect([answers.get('a'), answers.idOf('one')]).toEqual([undefined, undefined]);
  answers.forget('b');
  expect([answers.get('b'), answers.idOf('two'), answers.get('c')]).toEqual([undefined, undefined, SMALL]);
  answers.forget('b');
});

test('forgetting an answer leaves a later one to the same turns alone', () => {
  const { answers } = opened();
  answers.note('a', SMALL, 'talk');
  answers.note('b', SMALL, 'talk');
  answers.forget('a');
  expect(answers.idOf('talk')).toBe('b');
});
