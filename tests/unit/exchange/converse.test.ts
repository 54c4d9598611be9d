import { describe, expect, test } from '@jest/globals';
import { converse } from '../../../src/exchange/converse.js';
import { type Conversing, emptyPlan, type Inquiry } from '../../../src/exchange/inquiry.js';
import { Ledger } from '../../../src/exchange/ledger.js';
import { readRequest } from '../../../src/openai/read.js';
import { createConversationMemory } from '../../../src/selection/conversations.js';
import { harness, head } from '../../support/exchange-service.js';

type Turns = readonly (readonly ['system' | 'user' | 'assistant' | 'tool', string])[];

function opened(header?: string) {
  const base = harness();
  const keys: string[] = [];
  const memory = createConversationMemory({ entriesMax: 100, ttlMs: 1e9 });
  const conversations = {
    header,
    find: memory.find,
    note: (key: string, model: string, nowMs: number) => {
      keys.push(key);
      memory.note(key, model, nowMs);
    },
  };
  const service = { ...base.service, sight: { conversations } };
  const policy = service.policyOf(undefined);
  if (policy === undefined) throw new Error('the harness has a policy');
  const meet = (turns: Turns, headers: Record<string, string> = {}): Conversing | undefined => {
    const messages = turns.map(([role, content]) =>
      role === 'tool' ? { role, content, tool_call_id: 'a' } : { role, content },
    );
    const request = readRequest('chat', Buffer.from(JSON.stringify({ model: 'auto', messages })));
    if (!request.ok) throw request.error;
    const inquiry: Inquiry = {
      service,
      policy,
      head: head({}, headers),
      ledger: new Ledger('id', 'main'),
      askForTime: () => undefined,
      plan: emptyPlan(),
    };
    return converse(inquiry, request.value);
  };
  return { meet, keys };
}

const FIRST: Turns = [
  ['system', 'Be brief.'],
  ['user', 'Who built the tower?'],
];
const SECOND: Turns = [...FIRST, ['assistant', 'Gustave Eiffel.'], ['user', 'When?']];
const THIRD: Turns = [...SECOND, ['assistant', 'In 1889.'], ['user', 'How high is it?']];

describe('a conversation is recognised by its turns', () => {
  test('and all of it but what is new is shared with the model that read it', () => {
    const { meet, keys } = opened();
    const first = meet(FIRST);
    expect(first?.shared).toBeUndefined();
    first?.readBy('large');
    const second = meet(SECOND);
    // The characters of three turns, a quarter token each, and four tokens for each turn.
    expect(second?.shared).toEqual({ model: 'large', tokens: Math.ceil(44 / 4) + 3 * 4 });
    second?.readBy('small');
    expect(meet(THIRD)?.shared?.model).toBe('small');
    expect(meet(SECOND)?.shared?.model).toBe('large');
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test('at an earlier turn, where the later one came from elsewhere', () => {
    const { meet } = opened();
    meet(FIRST)?.readBy('large');
    const third = meet(THIRD);
    expect(third?.shared).toEqual({ model: 'large', tokens: Math.ceil(44 / 4) + 3 * 4 });
  });

  test('whatever the model said, which the client may have changed', () => {
    const { meet } = opened();
    meet(FIRST)?.readBy('large');
    const changed: Turns = [...FIRST, ['assistant', 'Somebody else.'], ['user', 'When?']];
    expect(meet(changed)?.shared?.model).toBe('large');
  });

  test('after tools have answered', () => {
    const { meet } = opened();
    meet(FIRST)?.readBy('large');
    const asked: Turns = [...FIRST, ['assistant', ''], ['tool', '330 m']];
    const called = meet(asked);
    expect(called?.shared?.model).toBe('large');
    called?.readBy('small');
    expect(meet([...asked, ['assistant', '330 m.'], ['user', 'Thanks']])?.shared?.model).toBe('small');
  });

  test.each<[string, Turns, Record<string, string>]>([
    ['another tenant', SECOND, { authorization: 'Bearer another' }],
    ['another beginning', [['system', 'Be long.'], ...SECOND.slice(1)], {}],
    [
      'the same words of somebody else',
      SECOND.map(([role, text]) => [role === 'system' ? 'user' : role, text]),
      {},
    ],
    ['one turn', [['user', 'When?']], {}],
    ['too long a text', [...SECOND.slice(0, 3), ['user', 'x'.repeat(2 ** 20)]], {}],
  ])('but not with %s', (_, turns, headers) => {
    const { meet } = opened();
    meet(FIRST)?.readBy('large');
    expect(meet(turns, headers)?.shared).toBeUndefined();
  });

  test('also of a caller whom nobody names', () => {
    const { meet } = opened();
    const nobody = { authorization: '' };
    meet(FIRST, nobody)?.readBy('large');
    expect(meet(SECOND, nobody)?.shared?.model).toBe('large');
    expect(meet(SECOND)?.shared).toBeUndefined();
  });
});

describe('a conversation is recognised by its name', () => {
  const NAME = 'x-conversation';

  test('where the client says one, and by its turns where not', () => {
    const { meet } = opened(NAME);
    meet(FIRST, { [NAME]: 'one' })?.readBy('large');
    const rewritten: Turns = [
      ['user', 'A summary of before.'],
      ['assistant', 'Yes.'],
      ['user', 'When?'],
    ];
    expect(meet(rewritten, { [NAME]: 'one' })?.shared).toEqual({
      model: 'large',
      tokens: Math.ceil(24 / 4) + 2 * 4,
    });
    expect(meet(rewritten, { [NAME]: 'two' })?.shared).toBeUndefined();
    expect(meet(rewritten, { [NAME]: 'one', authorization: 'Bearer another' })?.shared).toBeUndefined();
    expect(meet(FIRST, { [NAME]: 'one' })?.shared).toBeUndefined();
    expect(meet(SECOND, { [NAME]: ' ' })?.shared).toBeUndefined();
    meet(FIRST)?.readBy('small');
    expect(meet(SECOND)?.shared?.model).toBe('small');
  });
});
