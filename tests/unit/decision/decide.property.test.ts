import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CompiledDecisions,
  compileDecisions,
  type DecisionOutcome,
  decide,
  ruleOnlyBlocks,
  signalsOf,
} from '../../../src/decision/decide.js';
import type { Decision, Rule } from '../../../src/decision/rule.js';
import { compileRule, FALSE, PENDING, SignalSlots, TRUE, truthOf } from '../../../src/decision/tree.js';
import type { SignalCost, SignalValue } from '../../../src/signals/contract.js';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

const leaf: fc.Arbitrary<Rule> = fc.oneof(
  fc.record({
    kind: fc.constant('signal' as const),
    signal: fc.constantFrom(...NAMES),
    onUnknown: fc.constantFrom('match' as const, 'no-match' as const),
  }),
  fc.record({
    kind: fc.constant('signal' as const),
    signal: fc.constantFrom(...NAMES),
    min: fc.constantFrom(0.25, 0.5, 0.75),
    onUnknown: fc.constantFrom('match' as const, 'no-match' as const),
  }),
  fc.record({
    kind: fc.constant('signal' as const),
    signal: fc.constantFrom(...NAMES),
    max: fc.constantFrom(0.25, 0.5, 0.75),
    onUnknown: fc.constantFrom('match' as const, 'no-match' as const),
  }),
  fc.constant({ kind: 'always' as const }),
);

const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: leaf },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        rules: fc.array(tie('rule'), { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('not' as const), rule: tie('rule') }) },
  ),
}));

const decisions: fc.Arbitrary<readonly Decision[]> = fc
  .array(fc.record({ when: rule, priority: fc.integer({ min: 0, max: 2 }), blocks: fc.boolean() }), {
    maxLength: 6,
  })
  .map((drafts) =>
    drafts.map(({ when, priority, blocks }, index) => ({
      name: `d${index}`,
      priority,
      when,
      action: blocks ? { kind: 'block', message: '' } : { kind: 'route', models: [] },
      cache: true,
    })),
  );

const value: fc.Arbitrary<SignalValue> = fc.oneof(
  fc.record({
    state: fc.constant('known' as const),
    matched: fc.boolean(),
    score: fc.constantFrom(0, 0.2, 0.4, 0.5, 0.6, 0.9, 1, 40),
    detail: fc.constant(''),
  }),
  fc.constant({ state: 'unknown' as const, reason: '' }),
);

const values = fc
  .tuple(...NAMES.map(() => value))
  .map((list) => new Map(NAMES.map((name, at) => [name, list[at] as SignalValue])));
const order = fc.shuffledSubarray(NAMES, { minLength: NAMES.length, maxLength: NAMES.length });

/** Ranks decisions the slow way, by definitions written a second time. */
function winnerNaively(list: readonly Decision[], all: ReadonlyMap<string, SignalValue>): string | undefined {
  const holding = list
    .map((decision, index) => ({ decision, index, ...judge(decision.when, all) }))
    .filter(({ holds }) => holds);
  holding.sort(
    (a, b) =>
      b.decision.priority - a.decision.priority ||
      (a.decision.action.kind === 'block' ? 0 : 1) - (b.decision.action.kind === 'block' ? 0 : 1) ||
      b.sure - a.sure ||
      a.index - b.index,
  );
  return holding[0]?.decision.name;
}

function judge(when: Rule, all: ReadonlyMap<string, SignalValue>): { holds: boolean; sure: number } {
  if (when.kind === 'always') return { holds: true, sure: 0 };
  if (when.kind === 'not') {
    const inner = judge(when.rule, all);
    return { holds: !inner.holds, sure: inner.sure };
  }
  if (when.kind === 'signal') {
    const found = all.get(when.signal);
    if (found?.state !== 'known') return { holds: when.onUnknown === 'match', sure: 0 };
    const { min = -1000, max = 1000 } = when;
    const bounded = when.min !== undefined || when.max !== undefined;
    const holds = bounded ? min <= found.score && found.score <= max : found.matched;
    const score = Math.min(1, found.score);
    return { holds, sure: holds ? score : 1 - score };
  }
  const parts = when.rules.map((part) => judge(part, all));
  const decisive = when.kind === 'any';
  const deciding = parts.filter(({ holds }) => holds === decisive).map(({ sure }) => sure);
  if (deciding.length > 0) return { holds: decisive, sure: Math.max(...deciding) };
  return { holds: !decisive, sure: parts.length === 0 ? 0 : Math.min(...parts.map(({ sure }) => sure)) };
}

/** Answers the needs of `decide` as a caller would, in the order of `preference`, a few at a time. */
function settle(
  compiled: CompiledDecisions,
  all: ReadonlyMap<string, SignalValue>,
  preference: readonly string[],
  atOnce: number,
): { winner: string | undefined; asked: number } {
  const given = new Map<string, SignalValue>();
  for (;;) {
    const outcome = decide(compiled, given);
    if (outcome.kind === 'decided') return { winner: outcome.decision?.name, asked: given.size };
    expect(outcome.signals.length).toBeGreaterThan(0);
    for (const name of outcome.signals) expect(given.has(name)).toBe(false);
    const next = preference.filter((name) => outcome.signals.includes(name)).slice(0, atOnce);
    for (const name of next) given.set(name, all.get(name) as SignalValue);
  }
}

describe('decide', () => {
  test('with all values known finds the winner of the definitions', () => {
    fc.assert(
      fc.property(decisions, values, (list, all) => {
        const outcome = decide(compileDecisions(list), all);
        expect(outcome.kind === 'decided' && outcome.decision?.name).toBe(winnerNaively(list, all));
      }),
      { numRuns: 2000 },
    );
  });

  test('asked in any order, finds the same winner', () => {
    fc.assert(
      fc.property(
        decisions,
        values,
        order,
        fc.integer({ min: 1, max: 6 }),
        (list, all, preference, atOnce) => {
          expect(settle(compileDecisions(list), all, preference, atOnce).winner).toBe(
            winnerNaively(list, all),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('the order in which decisions of one priority are written settles nothing but a draw', () => {
    fc.assert(
      fc.property(decisions, values, fc.nat({ max: 5 }), (list, all, first) => {
        const moved = [...list.slice(first), ...list.slice(0, first)].toReversed();
        const rankOf = (winner: DecisionOutcome) =>
          winner.kind === 'decided' && [
            winner.decision?.priority,
            winner.decision?.action.kind,
            winner.confidence,
          ];
        expect(rankOf(decide(compileDecisions(moved), all))).toEqual(
          rankOf(decide(compileDecisions(list), all)),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('never says a winner that later values take back', () => {
    fc.assert(
      fc.property(decisions, values, fc.subarray(NAMES), (list, all, revealed) => {
        const compiled = compileDecisions(list);
        const some = new Map(revealed.map((name) => [name, all.get(name) as SignalValue]));
        const early = decide(compiled, some);
        if (early.kind === 'needs') return;
        const late = decide(compiled, all);
        expect(late.kind === 'decided' && late.decision).toBe(early.decision);
        expect(late.kind === 'decided' && late.confidence).toBeGreaterThanOrEqual(early.confidence);
      }),
      { numRuns: 2000 },
    );
  });

  test('names just the signals whose value can still change what comes of it', () => {
    fc.assert(
      fc.property(
        rule,
        fc.subarray(NAMES),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        (draft, seen, bits) => {
          const when = withOwnSignals(draft);
          const names = signalsOf(when);
          fc.pre(names.length <= NAMES.length);
          const compiled = compileDecisions([
            { name: 'd', priority: 0, when, action: { kind: 'route', models: [] }, cache: true },
          ]);
          const given = new Map(
            names.filter((name) => seen.includes(name)).map((name, at) => [name, yes(bits[at])]),
          );
          const outcome = decide(compiled, given);
          const open = names.filter((name) => !given.has(name));
          const decisive = open.filter((name) => canChange(compiled, given, open, name));
          expect(outcome.kind === 'needs' ? [...outcome.signals].sort() : []).toEqual(decisive.sort());
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** The same rule with a signal of its own in each place, so that no two places depend on each other. */
function withOwnSignals(draft: Rule): Rule {
  let count = 0;
  const copy = (node: Rule): Rule => {
    if (node.kind === 'signal') return { ...node, signal: NAMES[count++] ?? `more${count}` };
    if (node.kind === 'not') return { kind: 'not', rule: copy(node.rule) };
    if (node.kind === 'always') return node;
    return { kind: node.kind, rules: node.rules.map(copy) };
  };
  return copy(draft);
}

function yes(holds: boolean | undefined): SignalValue {
  return { state: 'known', matched: holds === true, score: holds === true ? 1 : 0, detail: '' };
}

/** Whether, for some values of the other open signals, the winner depends on this one. */
function canChange(
  compiled: CompiledDecisions,
  given: ReadonlyMap<string, SignalValue>,
  open: readonly string[],
  name: string,
): boolean {
  const winner = (bits: number, own: boolean): Decision | undefined => {
    const all = new Map(given);
    for (const [at, other] of open.entries()) all.set(other, yes(((bits >> at) & 1) === 1));
    const outcome = decide(compiled, all.set(name, yes(own)));
    return outcome.kind === 'decided' ? outcome.decision : undefined;
  };
  return Array.from({ length: 1 << open.length }, (_, bits) => bits).some(
    (bits) => winner(bits, true) !== winner(bits, false),
  );
}

/** Kleene's logic, written a second time as a table: what is not known is null. */
function truthNaively(when: Rule, known: ReadonlyMap<string, SignalValue>): boolean | null {
  if (when.kind === 'always') return true;
  if (when.kind === 'signal') return known.has(when.signal) ? judge(when, known).holds : null;
  if (when.kind === 'not') {
    const inner = truthNaively(when.rule, known);
    return inner === null ? null : !inner;
  }
  const parts = when.rules.map((part) => truthNaively(part, known));
  const decisive = when.kind === 'any';
  if (parts.includes(decisive)) return decisive;
  return parts.includes(null) ? null : !decisive;
}

test('the truth of a rule is that of the three-valued tables', () => {
  fc.assert(
    fc.property(rule, values, fc.subarray(NAMES), (when, all, revealed) => {
      const slots = new SignalSlots();
      const node = compileRule(when, slots);
      const known = new Map(revealed.map((name) => [name, all.get(name) as SignalValue]));
      const reading = slots.names.map((name) => known.get(name));
      const expected = truthNaively(when, known);
      // The opposite of 0 is -0, which `toBe` tells apart.
      expect(truthOf(node, reading) + 0).toBe(expected === null ? PENDING : expected ? TRUE : FALSE);
    }),
    { numRuns: 2000 },
  );
});

test('a truth that is settled stays as it is, whatever comes to be known (Kleene)', () => {
  fc.assert(
    fc.property(rule, values, fc.subarray(NAMES), (when, all, revealed) => {
      const slots = new SignalSlots();
      const node = compileRule(when, slots);
      const some = slots.names.map((name) => (revealed.includes(name) ? all.get(name) : undefined));
      const early = truthOf(node, some);
      const late = truthOf(
        node,
        slots.names.map((name) => all.get(name)),
      );
      expect(late).not.toBe(PENDING);
      if (early !== PENDING) expect(late).toBe(early);
    }),
    { numRuns: 2000 },
  );
});

test('a block that rules alone settle early is one that the whole policy would set', () => {
  const costOf = (name: string): SignalCost => (name > 'c' ? 'encoder' : 'rule');
  fc.assert(
    fc.property(decisions, values, (list, all) => {
      const early = decide(compileDecisions(ruleOnlyBlocks(list, costOf)), all);
      if (early.kind !== 'decided' || early.decision?.action.kind !== 'block') return;
      const late = decide(compileDecisions(list), all);
      expect(late.kind === 'decided' && late.decision?.action.kind).toBe('block');
    }),
    { numRuns: 2000 },
  );
});
