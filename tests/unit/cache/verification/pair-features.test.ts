import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PAIR_FEATURES, pairFeatures } from '../../../../src/cache/verification/pair-features.js';

/** The features of a pair by name, those that are 0 left off. */
function seen(asked: string, stored: string): Record<string, number> {
  const values = pairFeatures(asked, stored);
  return Object.fromEntries(
    PAIR_FEATURES.map((name, index) => [name, values[index] ?? Number.NaN] as const).filter(
      ([, value]) => value !== 0,
    ),
  );
}

describe('pairFeatures', () => {
  test('gives one number for each name, and no name twice', () => {
    expect(new Set(PAIR_FEATURES).size).toBe(PAIR_FEATURES.length);
    expect(pairFeatures('one', 'two')).toHaveLength(PAIR_FEATURES.length);
  });

  test('equal texts differ in nothing', () => {
    const text = 'How do I convert 5 GB to Mb in `psql`, not in Excel?';
    const features = seen(text, text);
    for (const name of Object.keys(features))
      expect(name).not.toMatch(/differ|only|turned|stretch|unlike|but/);
    expect(features).toMatchObject({ same_words: 1, share_of_a: 1, trigrams_shared: 1, equal_ends: 1 });
  });

  test.each([
    ['boil 3 eggs', 'boil four eggs', { number_differs: 1, numbers_only_a: 0.25, numbers_only_b: 0.25 }],
    ['send 5 GB', 'send 5 Gb', { unit_differs: 1, case_differs_short: 0.5, same_but_case: 1 }],
    ['how far in miles', 'how far in km', { units_only_a: 0.25, units_only_b: 0.25 }],
    ['Is it legal?', 'Is it illegal?', { negation_differs: 1, prefix_negations_b: 0.5, negations_b: 0.5 }],
    ['turn on the light', 'turn off the light', { antonym_differs: 1 }],
    [
      'fly to Rome from Oslo',
      'fly to Oslo from Rome',
      { direction_differs: 1, order_turned: expect.closeTo(1 / 3) },
    ],
    ['Where is Anna Kowal?', 'Where is Bert Kowal?', { names_only_a: 0.25, names_only_b: 0.25 }],
    ['the API of postgres', 'the API of mysql', { members_differ: 1 }],
    ['print `foo_bar` twice', 'print `foo_baz` twice', { literals_only_a: 0.25, literals_only_b: 0.25 }],
    ['a && b', 'a || b', { symbols_only_a: 0.25, symbols_only_b: 0.25 }],
    ['who wrote it', 'when was it written', { question_word_differs: 1, opening_unlike: 1 }],
    ['who wrote it', 'by whom was it written', { question_kind_same: 1 }],
    ['who wrote it', 'author of it', { question_kind_one_sided: 1 }],
    ['list all users', 'list active users', { scope_only_a: expect.closeTo(1 / 3) }],
    ['weather today', 'weather tomorrow', { time_only_a: expect.closeTo(1 / 3) }],
    ['good morning in French', 'good morning in Welsh', { language_differs: 1 }],
    ['good morning', 'good morning in Welsh', { language_one_sided: 1 }],
    ['vacation days', 'vacaiton days', { nearly_spelled: 1 }],
    ['wie geht das und was ist das', 'how does this work', { foreign_differs: 1 }],
  ])('sees what differs between "%s" and "%s"', (asked, stored, expected) => {
    expect(seen(asked, stored)).toMatchObject(expected);
  });

  test('a slip of the keyboard is one letter, and never in a short word', () => {
    const nearly = (one: string, other: string) => seen(one, other)['nearly_spelled'] ?? 0;
    expect(nearly('passport', 'pasport')).toBe(1);
    expect(nearly('passport', 'passqort')).toBe(1);
    expect(nearly('cat', 'car')).toBe(0);
    expect(nearly('import', 'export')).toBe(0);
    expect(nearly('staples', 'stamping')).toBe(0);
  });

  test('every number is 0 to 1, and the same each time, whatever the texts are', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.lorem({ maxCount: 12 }));
    fc.assert(
      fc.property(text, text, (asked, stored) => {
        const values = pairFeatures(asked, stored);
        expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(pairFeatures(asked, stored)).toEqual(values);
      }),
    );
  });

  test('what comes after the first 2048 characters changes nothing', () => {
    const long = 'word '.repeat(500);
    expect(pairFeatures(`${long} 5`, 'word')).toEqual(pairFeatures(`${long} 6`, 'word'));
  });
});
