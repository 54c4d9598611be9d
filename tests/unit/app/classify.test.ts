import { describe, expect, test } from '@jest/globals';
import { type ClassifyTools, classifyTurns } from '../../../src/app/classify.js';
import { classificationText } from '../../../src/cli/classify-text.js';
import type { Role, Turn } from '../../../src/openai/request.js';
import { bareEncoder, headsEncoder } from '../../support/heads-encoder.js';

function turn(role: Role, text: string): Turn {
  return { role, text, modalities: [] };
}

function tools(overrides: Partial<ClassifyTools> = {}): ClassifyTools {
  let at = 0;
  return {
    encoder: headsEncoder(),
    clock: { nowMs: () => 0, monotonicMs: () => (at += 1.25) },
    encodeDeadlineMs: 100,
    budget: { windowsMax: 8, deadlineMs: 100 },
    ...overrides,
  };
}

describe('a classification', () => {
  test('tells every head, the guard, personal data, windows and times of a question', async () => {
    const found = await classifyTurns([turn('user', 'the court asks Ada')], tools());
    expect(found.text).toEqual({
      turn: 0,
      chars: 18,
      tokens: 6,
      truncated: false,
      unknown_share: 0,
      understood: true,
    });
    expect(found.heads?.domain).toEqual({
      answers: 'one',
      top: 'law',
      probabilities: { law: 0.9, math: 0.05, other: 0.05 },
    });
    expect(found.heads?.difficulty).toEqual({
      answers: 'each',
      top: null,
      probabilities: { small: 0.4, medium: 0.6, large: 0.8 },
    });
    expect(found.guard).toMatchObject({
      verdict: 'benign',
      worst: { turn: 0, head: 'guard', threshold: 0.5 },
    });
    expect(found.personal_data).toEqual([{ turn: 0, type: 'PERSON', start: 15, end: 18, score: 0.91 }]);
    expect(found.windows).toEqual({ read: 1, unread_chars: 0, unread: [] });
    expect([found.memo_hits, found.ms]).toEqual([1, { pass: 1.25, reading: 1.25 }]);
    expect(found.encoder).toEqual({ hash: 'a'.repeat(64), heads_hash: 'b'.repeat(64), provider: 'fake' });
  });

  test('finds personal data wherever it stands in a long text', async () => {
    const filler = 'Nothing of that is secret. '.repeat(2_000);
    const text = `${filler}ada@example.com ${filler}`;
    const found = await classifyTurns([turn('tool', 'Hello.'), turn('user', text)], tools());
    expect(found.personal_data).toEqual([
      { turn: 1, type: 'EMAIL_ADDRESS', start: filler.length, end: filler.length + 15, score: 0.99 },
    ]);
  });

  test('holds no text of the conversation', async () => {
    const turns = [turn('user', 'court jailbreaking Ada-Lovelace'), turn('tool', 'inject Ada-Byron')];
    const found = await classifyTurns(turns, tools({ budget: { windowsMax: 1, deadlineMs: 1 } }));
    const words = JSON.stringify(found).match(/[\w-]+/g);
    for (const { text } of turns) for (const word of text.split(' ')) expect(words).not.toContain(word);
  });

  test('is of the last turn of the user, whatever came after it', async () => {
    const turns = [
      turn('system', 'Ada runs this'),
      turn('user', 'first'),
      turn('user', 'the court'),
      turn('tool', 'a long answer'),
      turn('user', '  '),
    ];
    const found = await classifyTurns(turns, tools());
    expect([found.text.turn, found.heads?.domain.top]).toEqual([2, 'law']);
    // What the operator wrote is not read, and so is the turn without text.
    expect([found.windows.read, found.personal_data]).toEqual([3, []]);
  });

  test('is of the last turn with text where no user speaks', async () => {
    const found = await classifyTurns(
      [turn('tool', 'a'), turn('tool', 'the court'), turn('tool', '')],
      tools(),
    );
    expect([found.text.turn, found.heads?.domain.top]).toEqual([1, 'law']);
  });

  test.each([[[]], [[turn('user', ' \n')]]])('of nothing is refused', async (turns) => {
    await expect(classifyTurns(turns, tools())).rejects.toMatchObject({
      code: 'invalid_field',
      message: expect.stringContaining('no text to classify'),
    });
  });

  test('passes on that the encoder has no time', async () => {
    const encoder = { ...headsEncoder(), encode: () => Promise.reject(new Error('late')) };
    await expect(classifyTurns([turn('user', 'a')], tools({ encoder }))).rejects.toThrow('late');
  });
});

describe('the guard', () => {
  test('names the turn, the kind and the threshold of an attack', async () => {
    const turns = [
      turn('system', 's'),
      turn('user', 'a jailbreak'),
      turn('assistant', 'no'),
      turn('user', 'so?'),
    ];
    const { guard } = await classifyTurns(turns, tools());
    expect(guard).toMatchObject({
      verdict: 'attack',
      worst: {
        turn: 1,
        start: 0,
        end: 11,
        kind: 'jailbreak',
        probability: 0.95,
        head: 'guard',
        threshold: 0.5,
      },
    });
    expect(guard?.score).toBeGreaterThan(0.5);
  });

  test('holds a document against a threshold of its own', async () => {
    const asked = await classifyTurns([turn('user', 'inject')], tools());
    const quoted = await classifyTurns([turn('tool', 'inject')], tools());
    expect([asked.guard?.verdict, quoted.guard?.verdict]).toEqual(['attack', 'benign']);
    expect(quoted.guard?.worst).toMatchObject({ head: 'document', probability: 0.55, threshold: 0.6 });
  });

  test('is unknown where something was not read, unless its words give an attack away', async () => {
    const budget = { windowsMax: 1, deadlineMs: 100 };
    const calm = await classifyTurns([turn('user', 'a'), turn('user', 'bcd')], tools({ budget }));
    expect(calm.guard?.verdict).toBe('unknown');
    expect(calm.windows).toEqual({
      read: 1,
      unread_chars: 3,
      unread: [{ turn: 1, start: 0, end: 3, scanned: 0.02 }],
    });
    const attack = await classifyTurns([turn('user', 'a'), turn('user', 'jailbreak')], tools({ budget }));
    expect(attack.guard).toMatchObject({ verdict: 'attack', worst: { turn: 1, kind: null, threshold: 0.9 } });
  });
});

test('a very long conversation is told turn by turn without looking through all of it each time', async () => {
  // Where each turn looks through all others, this takes longer than a test may.
  const turns = Array.from({ length: 40_000 }, (_, index) => turn(index % 2 === 0 ? 'system' : 'user', 'hm'));
  const found = await classifyTurns(turns, tools());
  expect(found.windows).toMatchObject({ read: 8, unread_chars: 2 * (20_000 - 8) });
  expect(found.windows.unread.at(-1)?.turn).toBe(39_999);
});

test('what the vocabulary hardly knows is said not to be understood', async () => {
  const strange = headsEncoder();
  const encoder = {
    ...strange,
    encode: async (text: string, deadlineMs: number) => {
      return { ...(await strange.encode(text, deadlineMs)), unknownShare: 0.31 };
    },
  };
  const turns = [turn('user', '退款')];
  const found = await classifyTurns(turns, tools({ encoder }));
  expect(found.text).toMatchObject({ unknown_share: 0.31, understood: false });
  expect(classificationText(found, turns)).toContain(
    '31.0 % unknown to the vocabulary: too much to rely on the heads',
  );
});

test('patterns find personal data that no head saw', async () => {
  const turns = [turn('system', 'x'), turn('tool', 'Write to ada@example.org.')];
  const found = await classifyTurns(turns, tools({ encoder: bareEncoder() }));
  expect(found.personal_data).toMatchObject([{ turn: 1, type: 'EMAIL_ADDRESS', start: 9, end: 24 }]);
});

test('a model without heads has no answers and no guard, and has read nothing', async () => {
  const turns = [turn('user', 'hello')];
  const found = await classifyTurns(turns, tools({ encoder: bareEncoder() }));
  expect(found).toMatchObject({
    heads: null,
    guard: null,
    windows: { read: 0, unread_chars: 5 },
    encoder: { heads_hash: null },
  });
  const text = classificationText(found, turns);
  expect(text).toContain('this model has none');
  expect(text).toContain('verdict       unknown: this model has no guard');
  expect(text).toContain('0 read, 5 characters unread');
});

describe('for a person', () => {
  async function shown(turns: readonly Turn[], overrides: Partial<ClassifyTools> = {}): Promise<string> {
    return classificationText(await classifyTurns(turns, tools(overrides)), turns);
  }

  test('it is aligned, with the likeliest labels first and without colour', async () => {
    const text = await shown([turn('user', 'the court asks Ada')]);
    expect(text.split('\n').slice(0, 8)).toEqual([
      'domain        law                0.9000 ██████████████████',
      '              math               0.0500 █',
      '              other              0.0500 █',
      'intent        knowledge          0.7500 ███████████████',
      '              code               0.2500 █████',
      'difficulty    small              0.4000 ████████',
      '              medium             0.6000 ████████████',
      '              large              0.8000 ████████████████',
    ]);
    expect(text).toContain('personal data PERSON             0.9100 15–18       Ada\n');
    expect(text).toContain('windows       1 read, nothing unread; 1 answered from the memo');
    expect(text).toContain('time          1.3 ms tokenising and pass, 1.3 ms whole reading');
    expect(text).not.toContain('\u001b');
  });

  test('it says what was not read, and that the heads saw two ends', async () => {
    const turns = [turn('tool', 'b'), turn('user', 'jailbreak '.repeat(200))];
    const text = await shown(turns, { budget: { windowsMax: 1, deadlineMs: 1 } });
    expect(text).toContain('2000 characters unread, in 1 stretch;');
    expect(text).toContain('the heads saw head and tail');
    expect(text).toMatch(/verdict +attack +0\.9700 reaches the threshold 0\.9/);
    expect(text).toContain('most like an attack by its words alone');
  });

  test('it hands a terminal nothing to obey, and cuts what is long', async () => {
    const text = await shown([turn('user', `Ada\u001b[2J\u202e\u0007${'x'.repeat(100)}`)]);
    expect(text).toContain(`Ada [2J ${'x'.repeat(52)}…`);
    for (const control of '\u001b\u202e\u0007') expect(text).not.toContain(control);
  });

  test('it stops after a hundred finds', async () => {
    const text = await shown([turn('user', 'Ada runs, '.repeat(150))]);
    expect(text.match(/ PERSON /g)).toHaveLength(100);
    expect(text).toContain('and 50 more: --json has them all');
  });
});
