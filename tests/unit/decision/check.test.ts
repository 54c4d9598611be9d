import { describe, expect, test } from '@jest/globals';
import { checkDecisions } from '../../../src/decision/check.js';
import type { Decision, Rule } from '../../../src/decision/rule.js';
import { ALWAYS, all, any, block, has, not, route } from '../../support/rules.js';

function findings(decisions: readonly Decision[]): readonly string[] {
  return checkDecisions(decisions).map(({ kind, decision, by }) =>
    [kind, decision, by].filter(Boolean).join(' '),
  );
}

describe('contradictions', () => {
  test.each<[string, Rule, boolean]>([
    ['a and not a', all(has('a'), not(has('a'))), true],
    ['never any', any(), true],
    ['not always', not(ALWAYS), true],
    ['above 0.8 and not above 0.5', all(has('a', { min: 0.8 }), not(has('a', { min: 0.5 }))), true],
    ['above 0.5 and not above 0.8', all(has('a', { min: 0.5 }), not(has('a', { min: 0.8 }))), false],
    ['a and not b', all(has('a'), not(has('b'))), false],
    ['a and a score below', all(has('a'), not(has('a', { min: 0.5 }))), false],
    ['held only by an unknown', all(has('a', { onUnknown: 'match' }), not(has('a'))), false],
  ])('%s', (_, when, contradictory) => {
    expect(findings([route('r', 0, when)])).toEqual(contradictory ? ['contradiction r'] : []);
  });
});

describe('unreachable decisions', () => {
  test('below a catch-all', () => {
    expect(findings([route('all', 2, ALWAYS), route('a', 1, has('a'))])).toEqual(['unreachable a all']);
  });

  test('below a wider rule', () => {
    expect(
      findings([route('wide', 2, any(has('a'), has('b'))), route('narrow', 1, all(has('a'), has('c')))]),
    ).toEqual(['unreachable narrow wide']);
  });

  test('a block above a route of the same priority', () => {
    expect(findings([route('a', 1, has('a')), block('no', 1, has('a'))])).toEqual(['unreachable a no']);
  });

  test('not below a narrower rule, nor beside an equal one', () => {
    expect(findings([route('narrow', 2, all(has('a'), has('c'))), route('wide', 1, has('a'))])).toEqual([]);
    expect(findings([route('all', 1, ALWAYS), route('a', 1, has('a'))])).toEqual([]);
  });

  test('says what to do', () => {
    const [finding] = checkDecisions([route('all', 2, ALWAYS), route('a', 1, has('a'))]);
    expect(finding?.message).toBe(
      'Decision "a" is never reached: whenever it holds, "all" holds too and ranks higher. ' +
        'Raise its priority, narrow the other rule, or remove it.',
    );
    expect(checkDecisions([route('a', 1, any())])[0]?.message).toBe(
      'The rule of decision "a" can never hold: correct it or remove the decision.',
    );
  });
});

test('a rule with too many signals is not judged', () => {
  const many = all(...Array.from({ length: 20 }, (_, index) => has(`s${index}`)));
  expect(findings([route('r', 0, all(many, not(many)))])).toEqual([]);
});
