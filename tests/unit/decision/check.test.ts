import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkDecisions } from '../../../src/decision/check.js';
import { compileDecisions, type DecisionOutcome, decide } from '../../../src/decision/decide.js';
import type { Decision, Rule } from '../../../src/decision/rule.js';
import { createSolver } from '../../../src/decision/satisfy.js';
import type { Scale } from '../../../src/decision/scale.js';
import { compileRule, SignalSlots } from '../../../src/decision/tree.js';
import type { SignalValue } from '../../../src/signals/contract.js';
import { ALWAYS, all, any, block, has, known, not, route, UNKNOWN, valuesOf } from '../../support/rules.js';

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

test('a decision that several above hide together', () => {
  const pair = [route('a', 3, has('a')), route('b', 3, not(has('a', { onUnknown: 'match' })))];
  expect(findings([...pair, route('c', 1, has('c'))])).toEqual([]);
  const whole = [route('a', 3, has('a')), route('b', 3, not(has('a')))];
  expect(findings([...whole, route('c', 1, has('c'))])).toEqual(['unreachable c']);
  expect(checkDecisions([...whole, route('c', 1, has('c'))])[0]?.message).toContain(
    'one of those that rank higher',
  );
});

test('a decision that repeats one of its own rank', () => {
  expect(findings([route('a', 1, has('x')), route('b', 1, has('x')), block('c', 0, has('y'))])).toEqual([
    'unreachable b a',
  ]);
});

describe('rules that always hold', () => {
  test.each<[string, Rule, boolean]>([
    ['a or not a', any(has('a'), not(has('a'))), true],
    ['a or not a, whatever an unknown counts as', any(has('a'), not(has('a', { onUnknown: 'match' }))), true],
    ['always, said in a roundabout way', any(has('a'), ALWAYS), true],
    ['an empty all', all(), true],
    ['always', ALWAYS, false],
    ['a', has('a'), false],
    ['from 0.2 on or up to 0.5', any(has('a', { min: 0.2 }), has('a', { max: 0.5 })), true],
    ['from 0.5 on or up to 0.2', any(has('a', { min: 0.5 }), has('a', { max: 0.2 })), false],
  ])('%s', (_, when, always) => {
    expect(findings([route('r', 0, when)])).toEqual(always ? ['always-true r'] : []);
  });
});

describe('what is known of the signals counts', () => {
  const SCALES = new Map<string, Scale>([
    ['hard', { min: 0, max: 1, matches: { below: 0.5 } }],
    ['near', { min: -1, max: 1, matches: { from: 0.8 } }],
    ['finds', { min: 0, max: Number.POSITIVE_INFINITY, whole: true, matches: { from: 2 } }],
    ['long', { min: 0, max: Number.POSITIVE_INFINITY, whole: true, matches: { from: 10, to: 20 } }],
  ]);
  test.each<[string, Rule, string[]]>([
    ['a score beyond the scale', has('near', { min: 1.5 }), ['contradiction r']],
    ['a score below it', has('finds', { max: -1 }), ['contradiction r']],
    ['hard, and a good answer likely', all(has('hard'), has('hard', { min: 0.7 })), ['contradiction r']],
    ['hard, and a good answer unlikely', all(has('hard'), has('hard', { max: 0.2 })), []],
    ['near, and not near', all(has('near'), has('near', { max: 0.7 })), ['contradiction r']],
    ['between two counts', all(has('finds', { min: 1.2 }), has('finds', { max: 1.8 })), ['contradiction r']],
    ['around a count', all(has('finds', { min: 1.2 }), has('finds', { max: 2.8 })), []],
    ['longer than it may be', all(has('long'), has('long', { min: 21 })), ['contradiction r']],
    ['as long as it may be', all(has('long'), has('long', { min: 20 })), []],
    ['any count', has('finds', { min: 0 }), ['always-true r']],
  ])('%s', (_, when, expected) => {
    const found = checkDecisions([route('r', 0, when)], SCALES);
    expect(found.map(({ kind, decision }) => `${kind} ${decision}`)).toEqual(expected);
  });
});

describe('what takes too long is not judged, and that is said', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => has(`s${index}`));

  test('twenty signals are judged', () => {
    const wide = all(...many(20));
    expect(findings([route('r', 0, all(wide, not(wide)))])).toEqual(['contradiction r']);
  });

  test('more are not', () => {
    const wide = all(...many(21));
    expect(findings([route('r', 0, all(wide, not(wide)))])).toEqual(['unjudged r']);
    expect(findings([route('wide', 2, any(...many(21))), route('r', 1, has('s1'))])).toEqual([
      'unjudged wide',
      'unjudged r',
    ]);
  });

  test('nor is a search without an end', () => {
    // Parity: no value of one signal tells anything before the last one is set.
    const parity = (names: readonly string[]): Rule =>
      names.reduce<Rule>((odd, name) => any(all(odd, not(has(name))), all(not(odd), has(name))), any());
    const slots = new SignalSlots();
    const odd = parity(['a', 'b', 'c', 'd', 'e', 'f']);
    const root = compileRule(all(odd, not(odd)), slots);
    const solve = (stepsPerGoalMax: number) =>
      createSolver({ signals: slots.names, scales: new Map(), stepsPerGoalMax, stepsMax: 1e6 });
    expect(solve(1e5).canBe({ holds: root, fail: [] })).toBe(false);
    expect(solve(20).canBe({ holds: root, fail: [] })).toBeUndefined();
    const tired = createSolver({
      signals: slots.names,
      scales: new Map(),
      stepsPerGoalMax: 1e5,
      stepsMax: 20,
    });
    expect(tired.canBe({ holds: root, fail: [] })).toBeUndefined();
    expect(tired.canBe({ holds: root, fail: [] })).toBeUndefined();
  });
});

test('no finding is ever wrong', () => {
  const leaf = fc.record({
    kind: fc.constant('signal' as const),
    signal: fc.constantFrom('a', 'b', 'c'),
    onUnknown: fc.constantFrom('match' as const, 'no-match' as const),
  });
  const bounded = fc.record({
    kind: fc.constant('signal' as const),
    signal: fc.constantFrom('a', 'b', 'c'),
    min: fc.constantFrom(0, 0.5),
    max: fc.constantFrom(0.5, 1),
    onUnknown: fc.constantFrom('match' as const, 'no-match' as const),
  });
  const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 3 },
      { weight: 3, arbitrary: fc.oneof(leaf, bounded) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constantFrom('all' as const, 'any' as const),
          rules: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('not' as const), rule: tie('rule') }) },
    ),
  }));
  // Every value that rules with these bounds can tell from another.
  const possible: readonly SignalValue[] = [
    UNKNOWN,
    ...[-1, 0, 0.25, 0.5, 0.75, 1, 2].flatMap((score) => [known(true, score), known(false, score)]),
  ];
  const readings = possible.flatMap((a) =>
    possible.flatMap((b) => possible.map((c) => valuesOf({ a, b, c }))),
  );
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), (rules) => {
      const decisions = rules.map((when, index) => route(`d${index}`, rules.length - index, when));
      const found = new Map(
        checkDecisions(decisions).map(({ kind, decision }) => [`${kind} ${decision}`, kind]),
      );
      const compiled = compileDecisions(decisions);
      const winners = new Set(readings.map((values) => winnerOf(decide(compiled, values))));
      for (const { name } of decisions) {
        const hidden = found.has(`contradiction ${name}`) || found.has(`unreachable ${name}`);
        expect({ name, wins: winners.has(name) }).toEqual({ name, wins: !hidden });
      }
    }),
    { numRuns: 30 },
  );
});

function winnerOf(outcome: DecisionOutcome): string | undefined {
  return outcome.kind === 'decided' ? outcome.decision?.name : undefined;
}
