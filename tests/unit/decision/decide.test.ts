import { describe, expect, test } from '@jest/globals';
import { compileDecisions, decide, ruleOnlyBlocks, signalsOf } from '../../../src/decision/decide.js';
import type { Decision } from '../../../src/decision/rule.js';
import type { SignalValue } from '../../../src/signals/contract.js';
import { ALWAYS, all, any, block, has, known, not, route, UNKNOWN, valuesOf } from '../../support/rules.js';

/** What `decide` says, in short: the winner's name, `default`, or the list of signals that it needs. */
function ask(
  decisions: readonly Decision[],
  values: Readonly<Record<string, SignalValue>>,
): string | readonly string[] {
  const outcome = decide(compileDecisions(decisions), valuesOf(values));
  if (outcome.kind === 'needs') return [...outcome.signals].sort();
  return outcome.decision?.name ?? 'default';
}

function confidence(decision: Decision, values: Readonly<Record<string, SignalValue>>): number | undefined {
  const outcome = decide(compileDecisions([decision]), valuesOf(values));
  return outcome.kind === 'decided' ? outcome.confidence : undefined;
}

describe('rules', () => {
  const t = known(true);
  const f = known(false);
  test.each([
    ['always', ALWAYS, 'r'],
    ['a signal that matched', has('t'), 'r'],
    ['a signal that did not', has('f'), 'default'],
    ['an unknown one that counts as a match', has('u', { onUnknown: 'match' }), 'r'],
    ['an unknown one that does not', has('u'), 'default'],
    ['all of two', all(has('t'), has('t')), 'r'],
    ['all with one missing', all(has('t'), has('f')), 'default'],
    ['all of none', all(), 'r'],
    ['any of two', any(has('f'), has('t')), 'r'],
    ['any with none', any(has('f'), has('f')), 'default'],
    ['any of none', any(), 'default'],
    ['not', not(has('f')), 'r'],
    ['not, of one that matched', not(has('t')), 'default'],
    ['nested', all(not(any(has('f'), has('f'))), any(has('f'), all(has('t'), ALWAYS))), 'r'],
    ['a raw score at its minimum', has('half', { min: 0.5 }), 'r'],
    ['a raw score below', has('half', { min: 0.51 }), 'default'],
    ['a score that is no number', has('nan', { min: 0 }), 'default'],
  ])('%s', (_, when, expected) => {
    const values = { t, f, u: UNKNOWN, half: known(false, 0.5), nan: known(true, Number.NaN) };
    expect(ask([route('r', 0, when)], values)).toBe(expected);
  });
});

describe('ranks', () => {
  test('the highest priority wins, wherever it is written', () => {
    expect(ask([route('low', 1, ALWAYS), route('high', 2, ALWAYS)], {})).toBe('high');
  });

  test('among equals the one written first wins', () => {
    expect(ask([route('first', 1, ALWAYS), route('second', 1, ALWAYS)], {})).toBe('first');
  });

  test('among equals the surer one wins', () => {
    const decisions = [route('a', 1, has('a')), route('b', 1, has('b'))];
    expect(ask(decisions, { a: known(true, 0.7), b: known(true, 0.8) })).toBe('b');
    expect(ask(decisions, { a: known(true, 0.8), b: known(true, 0.8) })).toBe('a');
  });

  test('a rule that looked beats a catch-all of its priority', () => {
    expect(ask([route('rest', 0, ALWAYS), route('a', 0, has('a'))], { a: known(true, 0.1) })).toBe('a');
  });

  test('a block beats every route of its priority', () => {
    const decisions = [route('a', 1, has('a')), block('no', 1, has('b'))];
    expect(ask(decisions, { a: known(true, 1), b: known(true, 0.2) })).toBe('no');
    expect(ask([route('a', 2, has('a')), block('no', 1, has('b'))], { a: known(true), b: known(true) })).toBe(
      'a',
    );
  });

  test('without a winner the default model answers', () => {
    expect(decide(compileDecisions([]), new Map())).toEqual({
      kind: 'decided',
      decision: undefined,
      confidence: 0,
    });
  });
});

describe('confidence', () => {
  const values = {
    a: known(true, 0.9),
    b: known(true, 0.6),
    c: known(false, 0.3),
    u: UNKNOWN,
    tokens: known(true, 5000),
    nan: known(true, Number.NaN),
    low: { ...known(true, 0.1), confidence: 0.8 },
  };
  test.each([
    ['a signal is as sure as its score', has('a'), 0.9],
    ['a raw score is cut to 1', has('tokens'), 1],
    ['a confidence of its own stands in place of the score', has('low'), 0.8],
    ['a score that is no number counts nothing', has('nan'), 0],
    ['an unknown signal is never sure', has('u', { onUnknown: 'match' }), 0],
    ['always says nothing', ALWAYS, 0],
    ['all: the weakest', all(has('a'), has('b')), 0.6],
    ['all of none: nothing', all(), 0],
    ['any: the strongest of those that hold', any(has('b'), has('a'), has('c')), 0.9],
    ['not: as sure as the signal failed', not(has('c')), 0.7],
    ['not all: the part that failed most surely', not(all(has('a'), has('c'))), 0.7],
    ['not any: the part that failed least surely', not(any(has('c'), has('b', { min: 0.8 }))), 0.4],
  ])('%s', (_, when, expected) => {
    expect(confidence(route('r', 0, when), values)).toBeCloseTo(expected);
  });

  test('of a rule that holds already, it is the least that it can be', () => {
    expect(confidence(route('r', 0, any(has('a'), has('pending'))), values)).toBeCloseTo(0.9);
  });
});

describe('what is needed', () => {
  test('a higher decision that is pending blocks a lower one that holds', () => {
    expect(ask([route('high', 2, has('a')), route('low', 1, ALWAYS)], {})).toEqual(['a']);
  });

  test('nothing of lower decisions, while one above may still win', () => {
    expect(ask([route('high', 2, has('a')), route('low', 1, has('b'))], {})).toEqual(['a']);
    expect(ask([route('high', 2, has('a')), route('low', 1, has('b'))], { a: known(false) })).toEqual(['b']);
  });

  test('nothing of parts that are settled', () => {
    const when = all(any(has('a'), has('b')), any(has('c'), has('d')), not(has('e')));
    expect(ask([route('r', 0, when)], { a: known(true), c: known(false) })).toEqual(['d', 'e']);
    expect(ask([route('r', 0, when)], { e: known(true) })).toBe('default');
  });

  test('an equal that is pending, unless it cannot be surer', () => {
    const decisions = [route('a', 0, has('a')), route('b', 0, has('b'))];
    expect(ask(decisions, { a: known(true, 0.9) })).toEqual(['b']);
    expect(ask(decisions, { a: known(true, 1) })).toBe('a');
    expect(ask(decisions, { b: known(true, 1) })).toEqual(['a']);
    const capped = [route('a', 0, has('a')), route('b', 0, all(has('b'), has('weak')))];
    expect(ask(capped, { a: known(true, 0.5), weak: known(true, 0.4) })).toBe('a');
  });

  test('what the confidence of equals hangs on, once both hold', () => {
    const decisions = [route('a', 0, any(has('a'), has('a2'))), route('b', 0, has('b'))];
    expect(ask(decisions, { a: known(true, 0.5), b: known(true, 0.7) })).toEqual(['a2']);
    expect(ask(decisions, { a: known(true, 0.5), b: known(true, 0.7), a2: known(true, 0.8) })).toBe('a');
    expect(ask(decisions, { a: known(true, 0.5), b: known(true, 0.7), a2: known(false) })).toBe('b');
  });

  test('nothing for a confidence that nobody competes with', () => {
    expect(ask([route('a', 0, any(has('a'), has('a2')))], { a: known(true, 0.2) })).toBe('a');
  });

  test('a pending block comes before an equal route that holds', () => {
    expect(ask([route('a', 0, has('a')), block('no', 0, has('b'))], { a: known(true) })).toEqual(['b']);
  });
});

describe('ruleOnlyBlocks', () => {
  const costOf = (name: string) => (name.startsWith('e') ? 'encoder' : 'rule');
  const names = (decisions: readonly Decision[]) => ruleOnlyBlocks(decisions, costOf).map(({ name }) => name);

  test('blocks by rules, in the order of the policy', () => {
    expect(
      names([block('a', 1, has('k')), route('r', 0, has('k')), block('b', 2, all(has('k'), not(has('m'))))]),
    ).toEqual(['a', 'b']);
  });

  test('no block that needs the encoder', () => {
    expect(names([block('a', 1, any(has('k'), has('e'))), block('b', 0, has('k'))])).toEqual(['b']);
  });

  test('the routes that outrank a block, since they win over it', () => {
    expect(names([route('free', 2, has('m')), block('a', 1, has('k')), route('r', 1, has('k'))])).toEqual([
      'free',
      'a',
    ]);
  });

  test('no block that a route by the encoder outranks', () => {
    expect(names([route('free', 2, has('e')), block('a', 1, has('k')), block('b', 3, has('k'))])).toEqual([
      'b',
    ]);
  });
});

test('signalsOf names each signal once', () => {
  expect(signalsOf(all(has('a'), any(has('b'), not(has('a'))), ALWAYS))).toEqual(['a', 'b']);
});
