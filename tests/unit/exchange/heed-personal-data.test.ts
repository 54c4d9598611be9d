import { describe, expect, test } from '@jest/globals';
import { exchangesOf } from '../../../src/exchange/exchange.js';
import type { RoutePolicy } from '../../../src/exchange/policy.js';
import type { Verdict } from '../../../src/exchange/verdict.js';
import type { ModelHealth } from '../../../src/selection/fallback.js';
import type { PersonalPolicy } from '../../../src/signals/personal-policy.js';
import { SLICE_CHARS } from '../../../src/signals/pii/find.js';
import {
  answer,
  ask,
  chat,
  HARD,
  head,
  LARGE,
  SMALL,
  upstreamAnswers,
} from '../../support/exchange-service.js';
import { errorOf, heeding, MAIL, PERSON, PRIVATE, WITH_HEAD } from '../../support/heeding.js';

const FALLBACK = { on: [503], firstByteTimeoutMs: 1000, answerTimeoutMs: undefined, triesMax: 3 };

const TO_PRIVATE = { action: 'private_model', privateModels: ['private'] } as const;

/** The model that the body names. */
function modelOf(verdict: Verdict): unknown {
  if (verdict.kind !== 'forward') throw new Error(`expected a forward, got ${verdict.kind}`);
  return JSON.parse(Buffer.from(verdict.body ?? new Uint8Array()).toString('utf8')).model;
}

function headerOf(verdict: Verdict): string | undefined {
  if (verdict.kind !== 'reject') throw new Error(`expected a rejection, got ${verdict.kind}`);
  return verdict.headers.find(({ name }) => name === 'x-sextant-personal-data')?.value;
}

describe('block', () => {
  test('says which kinds were found, and nothing of what they are', async () => {
    const h = heeding(WITH_HEAD);
    const { verdict, exchange } = await ask(h.open, chat(`${MAIL} ${PERSON}`));
    const error = errorOf(verdict);
    expect(error.code).toBe('blocked_by_policy');
    expect(error.message).toContain('EMAIL_ADDRESS, PERSON');
    expect(error.message).not.toMatch(/jane|Roe/);
    expect(headerOf(verdict)).toBe('blocked;types=EMAIL_ADDRESS,PERSON');
    exchange.close();
    expect(h.records[0]).toMatchObject({
      path: 'blocked',
      personalData: { outcome: 'blocked', types: ['EMAIL_ADDRESS', 'PERSON'] },
    });
  });

  test.each<[what: string, extra: Record<string, unknown>]>([
    [
      'in an earlier turn',
      {
        messages: [
          { role: 'user', content: MAIL },
          { role: 'user', content: 'Well?' },
        ],
      },
    ],
    ['in a part', { messages: [{ role: 'user', content: [{ type: 'text', text: MAIL }] }] }],
    [
      'in the arguments of a call',
      {
        messages: [
          {
            role: 'assistant',
            tool_calls: [{ function: { name: 'a', arguments: JSON.stringify({ to: MAIL }) } }],
          },
          { role: 'user', content: 'Well?' },
        ],
      },
    ],
    ['beside the conversation', { messages: [{ role: 'user', content: 'Well?' }], user: 'jane@example.com' }],
    ['whatever model the client names', { messages: [{ role: 'user', content: MAIL }], model: 'large' }],
  ])('what stands %s', async (_, extra) => {
    const h = heeding({});
    expect(errorOf((await ask(h.open, chat('', extra))).verdict).code).toBe('blocked_by_policy');
  });

  test('in texts that are to be embedded', async () => {
    const h = heeding({});
    const body = Buffer.from(JSON.stringify({ model: 'small', input: ['Hello.', MAIL] }));
    const { verdict } = await ask(h.open, body, head({ path: '/v1/embeddings' }));
    expect(errorOf(verdict).code).toBe('blocked_by_policy');
  });

  test.each<[what: string, body: Uint8Array]>([
    ['other kinds', chat('Call Ms Roe at 10 Downing Street.')],
    [
      'what the operator wrote',
      chat('', {
        messages: [
          { role: 'system', content: MAIL },
          { role: 'user', content: 'Hi' },
        ],
      }),
    ],
    ['nothing at all', chat('', { messages: [{ role: 'user', content: ' ' }] })],
  ])('lets %s pass', async (_, body) => {
    const { verdict, exchange } = await ask(heeding({}).open, body);
    expect(verdict.kind).toBe('forward');
    const said = await upstreamAnswers(exchange, answer('Good.'));
    expect(said.setHeaders).toContainEqual({ name: 'x-sextant-personal-data', value: 'none' });
  });

  test('lets finds pass that are not sure enough', async () => {
    const h = heeding({ scoreMin: { PERSON: 0.95 } });
    expect((await ask(h.open, chat(PERSON))).verdict.kind).toBe('forward');
  });

  test('costs an exact hit nothing', async () => {
    const h = heeding(WITH_HEAD);
    await upstreamAnswers((await ask(h.open, chat('Name a sea.'))).exchange, answer('The Baltic.'));
    const { calls } = h.encoder;
    expect((await ask(h.open, chat('Name a sea.'))).verdict.kind).toBe('reply');
    expect(h.encoder.calls).toBe(calls);
  });
});

describe('private_model', () => {
  test('sends finds to the private model, and the rest where the decision says', async () => {
    const h = heeding(TO_PRIVATE);
    expect(modelOf((await ask(h.open, chat(`Prove this. ${MAIL}`))).verdict)).toBe('private');
    expect(modelOf((await ask(h.open, chat('Prove this.'))).verdict)).toBe('large');
  });

  test('keeps to those of the decision’s models that are private', async () => {
    const decisions = [{ ...HARD, action: { kind: 'route', models: ['small', 'large'] } } as const];
    const both = { action: 'private_model', privateModels: ['private', 'large'] } as const;
    const h = heeding(both, {}, { decisions });
    expect(modelOf((await ask(h.open, chat(`Prove this. ${MAIL}`))).verdict)).toBe('large');
  });

  test('falls back to private models alone', async () => {
    const fallback = { ...FALLBACK, models: ['small', 'private', 'large'] };
    const two = { action: 'private_model', privateModels: ['large', 'private'] } as const;
    const h = heeding(two, { fallback });
    const health: ModelHealth = { stateOf: () => 'well', probe: () => {}, answered: () => {} };
    const budget = { mayRetry: () => true, spent: () => {} };
    const service = { ...h.service, fallback: { health, budget } };
    const { verdict } = await ask(() => exchangesOf(service)(undefined), chat(MAIL));
    expect(verdict.kind === 'forward' && verdict.plan?.models).toEqual(['private', 'large']);
  });

  test('takes a private model even where the prompt is too long for it', async () => {
    const models = [SMALL, LARGE, { ...PRIVATE, contextWindow: 600 }];
    const h = heeding(TO_PRIVATE, { models });
    expect(modelOf((await ask(h.open, chat(`${MAIL} ${'Words. '.repeat(1000)}`))).verdict)).toBe('private');
  });

  test('refuses a client that names another model, and lets one pass that names a private one', async () => {
    const h = heeding(TO_PRIVATE);
    const error = errorOf((await ask(h.open, chat(MAIL, { model: 'large' }))).verdict);
    expect(error.code).toBe('not_allowed');
    expect(error.message).toContain(
      '(EMAIL_ADDRESS), which this model may not see. Set `model` to one of: auto, private.',
    );
    expect((await ask(h.open, chat(MAIL, { model: 'private' }))).verdict.kind).toBe('forward');
    expect((await ask(h.open, chat('Hello.', { model: 'large' }))).verdict.kind).toBe('forward');
  });

  test('fails where it names none of the route’s models', async () => {
    const h = heeding({ action: 'private_model', privateModels: ['gone'] });
    expect(errorOf((await ask(h.open, chat(MAIL))).verdict).code).toBe('internal_error');
  });
});

describe('note', () => {
  test('only reports', async () => {
    const h = heeding({ action: 'note', ...WITH_HEAD });
    const { verdict, exchange } = await ask(h.open, chat(`${MAIL} ${PERSON}`));
    expect(modelOf(verdict)).toBe('small');
    const said = await upstreamAnswers(exchange, answer('Good.'));
    const value = 'noted;types=EMAIL_ADDRESS,PERSON';
    expect(said.setHeaders).toContainEqual({ name: 'x-sextant-personal-data', value });
  });

  test('of a decision holds in place of what the route says', async () => {
    const note: PersonalPolicy = { action: 'note', scoreMin: {}, privateModels: [], unread: 'allow' };
    const h = heeding({}, {}, { decisions: [{ ...HARD, personalData: note }] });
    expect((await ask(h.open, chat(`Prove this. ${MAIL}`))).verdict.kind).toBe('forward');
    expect((await ask(h.open, chat(MAIL))).verdict.kind).toBe('reject');
  });
});

describe('what nobody looked at', () => {
  const LONG = 'Nothing of that is secret. '.repeat((3 * SLICE_CHARS) / 27);
  const tokens = Buffer.from(JSON.stringify({ model: 'auto', prompt: [1, 2, 3] }));
  const completions = head({ path: '/v1/completions' });
  const AT_ONCE = { reading: { windowsMax: 64, deadlineMs: 0 } };
  const FEW_WINDOWS = { reading: { windowsMax: 1, deadlineMs: 2000 } };

  test.each<[what: string, personal: Partial<PersonalPolicy>, policy: Partial<RoutePolicy>]>([
    ['text that was not searched in time', {}, AT_ONCE],
    ['text that the head did not read', WITH_HEAD, FEW_WINDOWS],
  ])(
    '%s is refused, or stays private, or is let pass and kept out of the cache',
    async (_, personal, policy) => {
      const refused = await ask(heeding(personal, policy).open, chat(LONG));
      expect(errorOf(refused.verdict).code).toBe('prompt_too_long_to_check');
      const kept = await ask(heeding({ ...personal, ...TO_PRIVATE }, policy).open, chat(LONG));
      expect(modelOf(kept.verdict)).toBe('private');
      const h = heeding({ ...personal, unread: 'allow' }, policy);
      const allowed = await ask(h.open, chat(LONG));
      expect(modelOf(allowed.verdict)).toBe('small');
      allowed.exchange.close();
      expect(h.records[0]).toMatchObject({ cache: 'bypass', cacheReason: 'unread' });
    },
  );

  test('a prompt of token ids counts as unread', async () => {
    const { verdict } = await ask(heeding({}).open, tokens, completions);
    expect(errorOf(verdict)).toMatchObject({ code: 'invalid_field', param: 'prompt' });
    const input = Buffer.from(JSON.stringify({ model: 'small', input: [1] }));
    const embed = await ask(heeding({}).open, input, head({ path: '/v1/embeddings' }));
    expect(errorOf(embed.verdict)).toMatchObject({ code: 'invalid_field', param: 'input' });
    expect(modelOf((await ask(heeding(TO_PRIVATE).open, tokens, completions)).verdict)).toBe('private');
    expect((await ask(heeding({ unread: 'allow' }).open, tokens, completions)).verdict.kind).toBe('forward');
  });

  test('a reader that fails is told of as such, also where the route is not guarded', async () => {
    const h = heeding(WITH_HEAD);
    h.reader.failing = true;
    const messages = [
      { role: 'user', content: 'Hi.' },
      { role: 'user', content: 'Well?' },
    ];
    const { verdict } = await ask(h.open, chat('', { messages }));
    expect(errorOf(verdict).code).toBe('deadline_exceeded');
  });

  test('a client that names its model is told that it cannot be checked', async () => {
    const h = heeding({ ...WITH_HEAD, ...TO_PRIVATE }, FEW_WINDOWS);
    const error = errorOf((await ask(h.open, chat(LONG, { model: 'large' }))).verdict);
    expect(error.message).toContain('The request may hold personal data');
  });

  test('content parts and calls are read by the head as well', async () => {
    const h = heeding(WITH_HEAD);
    const content = [
      { type: 'text', text: 'Hello.' },
      { type: 'text', text: PERSON },
    ];
    const { verdict } = await ask(h.open, chat('', { messages: [{ role: 'user', content }] }));
    expect(errorOf(verdict).code).toBe('blocked_by_policy');
    expect(h.reader.asked).toHaveLength(1);
  });
});
