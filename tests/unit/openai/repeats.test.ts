import { describe, expect, test } from '@jest/globals';
import type { PromptText } from '../../../src/openai/prompt-texts.js';
import type { Secrets } from '../../../src/openai/redact.js';
import { REPEAT_STEP_CHARS, RepeatSearch } from '../../../src/openai/repeats.js';

/** What stands between angle brackets was found before. */
function found(text: string): Secrets {
  const secrets = [...text.matchAll(/<([^<>]*)>/g)].map(({ index, 0: { length } }) => {
    return { type: 'PERSON', start: index + 1, end: index + length - 1 };
  });
  const plain: PromptText = {
    text,
    byOperator: false,
    spanOf: (stretch) => stretch,
    partsOf: (stretch) => [stretch],
  };
  return { text: plain, secrets };
}

function search(texts: readonly string[]): { readonly secrets: readonly string[][]; readonly steps: number } {
  const repeats = new RepeatSearch(texts.map(found));
  let steps = 0;
  while (repeats.step()) steps += 1;
  const secrets = repeats
    .result()
    .map(({ text: { text }, secrets: all }) => all.map(({ start, end }) => text.slice(start, end)));
  return { secrets, steps };
}

describe('a value that was found once', () => {
  test.each<[what: string, texts: readonly string[], secrets: readonly string[][]]>([
    [
      'is found elsewhere, before and behind',
      ['Ann Roe', '<Ann Roe>, Ann Roe.'],
      [['Ann Roe'], ['Ann Roe', 'Ann Roe']],
    ],
    ['as whole words alone', ['<Anna> Annas xAnna Anna2 Anna'], [['Anna', 'Anna']]],
    ['letter by letter', ['<Anna> anna ANNA'], [['Anna']]],
    ['in other scripts', ['<Żółć>: Żółć, <東京都> 東京都'], [['Żółć', 'Żółć', '東京都', '東京都']]],
    ['the longest of several', ['<Ann> <Ann Roe> Ann Roe Ann'], [['Ann', 'Ann Roe', 'Ann Roe', 'Ann']]],
    [
      'with signs around it',
      ['<+1 (555) 010-999> (+1 (555) 010-999)'],
      [['+1 (555) 010-999', '+1 (555) 010-999']],
    ],
    ['but not within another', ['<Roe> <Ann Roe>'], [['Roe', 'Ann Roe']]],
    ['nor over the beginning of another', ['<Ann Roe> Ann <Roe>'], [['Ann Roe', 'Roe']]],
    ['nor when it says too little', ['<Al> Al <12345> 12345 <--> --'], [['Al', '12345', '--']]],
    ['digits say enough from six on', ['<123456> 123456'], [['123456', '123456']]],
    ['of many that begin alike the first ones', [`${many(20)} Ann 15x Ann 16x`], [[...names(20), 'Ann 15x']]],
  ])('%s', (_, texts, secrets) => {
    expect(search(texts).secrets).toEqual(secrets);
  });
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `Ann ${at}x`);
}

function many(count: number): string {
  return names(count)
    .map((name) => `<${name}>`)
    .join(' ');
}

test('a long text is looked through in steps', () => {
  const filler = 'nothing of it '.repeat(REPEAT_STEP_CHARS / 10);
  const { secrets, steps } = search([`<Anna> ${filler} Anna`, 'Anna']);
  expect(secrets).toEqual([['Anna', 'Anna'], ['Anna']]);
  expect(steps).toBeGreaterThanOrEqual(3);
});

test('nothing known needs no step', () => {
  expect(search(['Anna', 'Roe'])).toEqual({ secrets: [[], []], steps: 0 });
});
