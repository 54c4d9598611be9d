import { expect, test } from '@jest/globals';
import { RememberedExamples } from '../../../src/app/remember-examples.js';
import { wordEncoder } from '../../support/word-encoder.js';

test('an example that the policy before had is not encoded again, and others are forgotten', async () => {
  const encoder = wordEncoder();
  const examples = new RememberedExamples();
  const build = async (...texts: readonly string[]) => {
    const remembering = await examples.for(Promise.resolve(encoder));
    return Promise.all(texts.map(async (text) => (await remembering.encode(text, 100)).vector));
  };
  const [one] = await build('one', 'two');
  const [again] = await build('one', 'three');
  expect(again).toEqual(one);
  expect(encoder.encoded).toEqual(['one', 'two', 'three']);
  await build('three');
  await build('one', 'three');
  expect(encoder.encoded).toEqual(['one', 'two', 'three', 'one']);
});
