import { describe, expect, test } from '@jest/globals';
import * as names from '../../../src/exchange/headers.js';
import type { Verdict } from '../../../src/exchange/verdict.js';
import type { SextantError } from '../../../src/lib/sextant-error.js';
import { guardSignal } from '../../../src/signals/guard.js';
import { SLICE_CHARS } from '../../../src/signals/pii/find.js';
import { type PiiOptions, piiSignal } from '../../../src/signals/pii-signal.js';
import {
  answer,
  ask,
  chat,
  type Harness,
  type HarnessOptions,
  harness,
  head,
  upstreamAnswers,
} from '../../support/exchange-service.js';
import { HEADS } from '../../support/heads.js';
import { block, has } from '../../support/rules.js';

const SLICES = 12;
const LONG = 'Nothing of that is secret. '.repeat((SLICES * SLICE_CHARS) / 27);
const MAIL = ' Write to jane.roe@example.com. ';
const NO_MAIL = block('no-mail', 100, has('personal', { onUnknown: 'match' }));

function searching(change: Partial<PiiOptions> = {}, more: HarnessOptions = {}): Harness {
  const personal = piiSignal({
    name: 'personal',
    types: ['EMAIL_ADDRESS'],
    threshold: 0.5,
    minCount: 1,
    unread: 'refuse',
    hasHeads: true,
    ...change,
  });
  const byRule = personal.cost === 'rule';
  return harness({
    signals: [personal],
    decisions: [NO_MAIL],
    ruleBlocks: byRule ? [NO_MAIL] : [],
    ...more,
  });
}

const BOTH = { types: ['EMAIL_ADDRESS', 'PERSON'] };
const AT_ONCE: HarnessOptions = { policy: { reading: { windowsMax: 64, deadlineMs: 0 } } };

function errorOf(verdict: Verdict): SextantError {
  if (verdict.kind !== 'reject') throw new Error(`expected a rejection, got ${verdict.kind}`);
  return verdict.error;
}

/** Turns of the event loop that pass while something is done. */
async function turnsDuring(run: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await run();
  isOver = true;
  return turns;
}

describe('personal data in a long prompt', () => {
  test.each([
    ['by patterns alone', {}],
    ['with the token head', BOTH],
  ])('is found wherever it stands: %s', async (_, types) => {
    for (const text of [MAIL + LONG, LONG.slice(0, 100_000) + MAIL + LONG.slice(100_000), LONG + MAIL]) {
      const h = searching({ ...types, unread: 'allow' });
      expect(errorOf((await ask(h.open, chat(text))).verdict).code).toBe('blocked_by_policy');
    }
    const h = searching({ ...types, unread: 'allow' });
    expect((await ask(h.open, chat(LONG))).verdict.kind).toBe('forward');
  });

  test('is searched for slice by slice, with a turn for all others after each', async () => {
    const h = searching();
    const turns = await turnsDuring(() => ask(h.open, chat(LONG)));
    expect(turns).toBeGreaterThanOrEqual(SLICES);
  });

  test('is searched for in one line, however many requests ask', async () => {
    const h = searching();
    const turns = await turnsDuring(() => Promise.all([1, 2, 3].map(() => ask(h.open, chat(LONG)))));
    expect(turns).toBeGreaterThanOrEqual(3 * SLICES);
  });

  test('is searched for once, by whichever signals', async () => {
    const one = piiSignal({ ...OPTIONS, name: 'personal' });
    const two = piiSignal({ ...OPTIONS, name: 'cards', types: ['CREDIT_CARD'] });
    const rules = [NO_MAIL, block('no-cards', 90, has('cards'))];
    const h = harness({ signals: [one, two], decisions: rules, ruleBlocks: rules });
    const { exchange } = await ask(h.open, chat(LONG));
    exchange.close();
    expect(h.records[0]?.signals).toEqual({ personal: 'no-match', cards: 'no-match' });
    expect(Object.keys(h.records[0]?.stagesMs ?? {})).toContain('search');
  });

  test('asks Envoy for time, for the wait that may follow as well', async () => {
    const asked: number[] = [];
    const h = searching();
    const exchange = h.open();
    exchange.requestHead(head());
    await exchange.requestBody(chat(LONG), (ms) => asked.push(ms));
    expect(asked[0]).toBe(1000 + 2000 + 500 + 1000);
  });

  test('of a short prompt costs no turn and no stage', async () => {
    const h = searching();
    const { verdict, exchange } = await ask(h.open, chat(`Hello.${MAIL}`));
    expect(errorOf(verdict).code).toBe('blocked_by_policy');
    exchange.close();
    expect(h.records[0]?.stagesMs).toEqual({});
  });

  test('counts what the head found in the windows that were read', async () => {
    const h = searching({ ...BOTH, unread: 'allow' });
    const named = `Ask Ms Lovelace, please. ${LONG}`;
    expect(errorOf((await ask(h.open, chat(named))).verdict).code).toBe('blocked_by_policy');
  });
});

const OPTIONS: PiiOptions = {
  name: 'x',
  types: ['EMAIL_ADDRESS'],
  threshold: 0.5,
  minCount: 1,
  unread: 'refuse',
  hasHeads: true,
};

describe('what was not searched in time', () => {
  test.each([true, false])('is refused with its size (guarded: %s)', async (guarded) => {
    const h = searching({}, { policy: { ...AT_ONCE.policy, guarded } });
    const { verdict, exchange } = await ask(h.open, chat(LONG));
    expect(errorOf(verdict)).toMatchObject({ code: 'prompt_too_long_to_check' });
    expect(errorOf(verdict).message).toContain(`${LONG.length} characters`);
    exchange.close();
    expect(h.records[0]).toMatchObject({
      unreadChars: LONG.length,
      decision: 'no-mail',
      signals: { personal: 'unknown' },
    });
    expect(h.reader.asked).toEqual([]);
  });

  test('is refused by a decision as well that comes after the cache', async () => {
    const h = searching({}, { ...AT_ONCE, ruleBlocks: [] });
    expect(errorOf((await ask(h.open, chat(LONG))).verdict).code).toBe('prompt_too_long_to_check');
    expect(h.reader.asked).toEqual([]);
  });

  test('passes where the policy allows it, is reported, and stays out of the cache', async () => {
    const h = searching({ unread: 'allow' }, AT_ONCE);
    for (const _ of [1, 2]) {
      const { verdict, exchange } = await ask(h.open, chat(LONG));
      expect(verdict.kind).toBe('forward');
      const signed = await upstreamAnswers(exchange, answer('Well.'));
      const said = (name: string) => signed.setHeaders.find((field) => field.name === name)?.value;
      expect(said(names.UNREAD)).toBe(String(LONG.length));
      expect(said(names.CACHE)).toBe('bypass;reason=unread');
    }
  });

  test('leaves no time for a reading after it', async () => {
    const guard = guardSignal({ name: 'guard', unread: 'refuse', specs: HEADS });
    const noAttacks = block('no-attacks', 90, has('guard', { onUnknown: 'match' }));
    const h = harness({
      signals: [piiSignal({ ...OPTIONS, name: 'personal', unread: 'allow' }), guard],
      decisions: [NO_MAIL, noAttacks],
      ruleBlocks: [NO_MAIL],
      policy: { reading: { windowsMax: 64, deadlineMs: 1 } },
    });
    const budgets: number[] = [];
    const { readWhole } = h.reader;
    Object.assign(h.reader, {
      readWhole: (passages: Parameters<typeof readWhole>[0], budget: Parameters<typeof readWhole>[1]) => {
        budgets.push(budget.deadlineMs);
        return readWhole(passages, budget);
      },
    });
    await ask(h.open, chat(LONG));
    expect(budgets).toHaveLength(1);
    expect(budgets[0]).toBeLessThan(1);
  });
});
