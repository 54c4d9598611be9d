import { describe, expect, test } from '@jest/globals';
import { exchangesOf } from '../../../src/exchange/exchange.js';
import type { RecordedRow, Recorder } from '../../../src/exchange/recorded.js';
import type { Exchange, ResponseHead, Verdict } from '../../../src/exchange/verdict.js';
import { answer, ask, chat, head } from '../../support/exchange-service.js';
import { windowOf } from '../../support/heads.js';
import { errorOf, heeding, MAIL, PERSON, WITH_HEAD } from '../../support/heeding.js';

describe('redact', () => {
  const REDACT = { action: 'redact', ...WITH_HEAD } as const;
  const JSON_ANSWER = {
    status: 200,
    headers: new Map([['content-type', 'application/json']]),
    endOfStream: false,
  };

  function bodyOf(verdict: Verdict): string {
    if (verdict.kind !== 'forward') throw new Error(`expected a forward, got ${verdict.kind}`);
    return Buffer.from(verdict.body ?? new Uint8Array()).toString('utf8');
  }

  /** What the client gets of an answer that comes in these pieces. */
  function through(exchange: Exchange, pieces: readonly string[], head: ResponseHead = JSON_ANSWER): string {
    const said = exchange.responseHead(head);
    expect(said).toMatchObject({ readBody: true, rewriteBody: true });
    expect(said.removeHeaders).toContain('content-length');
    const out = pieces.map((piece, at) => {
      const bytes = Buffer.from(piece);
      const written = exchange.rewriteBody(bytes, at === pieces.length - 1);
      exchange.responseBody(bytes, at === pieces.length - 1);
      return Buffer.from(written).toString('utf8');
    });
    exchange.close();
    return out.join('');
  }

  test('shows placeholders to the model, and values to the client', async () => {
    const h = heeding(REDACT);
    const { verdict, exchange } = await ask(h.open, chat(`${MAIL} ${PERSON}`));
    expect(bodyOf(verdict)).toBe(
      '{"model":"small","messages":[{"role":"user","content":"Write to [EMAIL_ADDRESS_1]. Tell me of [PERSON_1]."}]}',
    );
    expect(verdict.kind === 'forward' && verdict.setHeaders).toContainEqual({
      name: 'accept-encoding',
      value: 'identity',
    });
    const said = Buffer.from(answer('Dear [PERSON_1], [EMAIL_ADDRESS_1].')).toString();
    expect(through(exchange, [said.slice(0, 120), said.slice(120)])).toBe(
      said.replace('[PERSON_1]', 'Ms Roe').replace('[EMAIL_ADDRESS_1]', 'jane.roe@example.com'),
    );
    expect(h.records[0]).toMatchObject({
      personalData: { outcome: 'redacted', types: ['EMAIL_ADDRESS', 'PERSON'] },
      cacheReason: 'personal',
      stored: '',
      completionTokens: 7,
    });
  });

  test('restores streams, errors, and text that is JSON as JSON', async () => {
    const h = heeding(REDACT);
    const event = (text: string) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`;
    const { exchange } = await ask(h.open, chat(MAIL, { stream: true }));
    const head = { ...JSON_ANSWER, headers: new Map([['content-type', 'text/event-stream']]) };
    expect(through(exchange, [event('[EMAIL_AD'), event('DRESS_1]')], head)).toBe(
      event('') + event('jane.roe@example.com'),
    );
    const failing = await ask(h.open, chat(MAIL));
    expect(
      through(failing.exchange, ['{"error":{"message":"[EMAIL_ADDRESS_1]"}}'], {
        ...JSON_ANSWER,
        status: 400,
      }),
    ).toBe('{"error":{"message":"jane.roe@example.com"}}');
  });

  test.each([
    { response_format: { type: 'json_schema' } },
    { response_format: { type: 'json_object' } },
    { guided_json: {} },
    { structured_outputs: { json: {} } },
  ])('escapes values in text that is JSON by the wish of the client: %j', async (wish) => {
    const h = heeding(REDACT);
    const name = 'Ms "Jo" Roe';
    const spans = [{ type: 'PERSON', start: 3, end: 3 + name.length, score: 0.9 }];
    h.reader.readWhole = async () => ({ windows: [windowOf(1, [0, 20], {}, spans)], unread: [] });
    const content = [
      { type: 'text', text: 'Hi.' },
      { type: 'text', text: `Of ${name}.` },
    ];
    const { verdict, exchange } = await ask(
      h.open,
      chat('', { ...wish, messages: [{ role: 'user', content }] }),
    );
    expect(bodyOf(verdict)).toContain('"Of [PERSON_1]."');
    const said = through(exchange, [JSON.stringify({ content: '{"name":"[PERSON_1]"}' })]);
    expect(JSON.parse(JSON.parse(said).content)).toEqual({ name });
  });

  test('lets an answer be that cannot be changed, and one without a body', async () => {
    const h = heeding(REDACT);
    const { exchange } = await ask(h.open, chat(MAIL));
    expect(
      exchange.responseHead({ ...JSON_ANSWER, headers: new Map([['content-type', 'text/plain']]) })
        .rewriteBody,
    ).not.toBe(true);
    const piece = Buffer.from('[EMAIL_ADDRESS_1]');
    expect(exchange.rewriteBody(piece, true)).toBe(piece);
    const empty = await ask(h.open, chat(MAIL));
    expect(empty.exchange.responseHead({ ...JSON_ANSWER, endOfStream: true }).rewriteBody).not.toBe(true);
  });

  test('changes the operator’s turns as well, and nothing where nothing is found', async () => {
    const h = heeding(REDACT);
    const messages = [
      { role: 'system', content: MAIL },
      { role: 'user', content: 'Hello.' },
    ];
    expect(bodyOf((await ask(h.open, chat('', { messages }))).verdict)).toContain(
      '"Write to [EMAIL_ADDRESS_1]."',
    );
    const plain = await ask(h.open, chat('Hello you.'));
    expect(JSON.parse(bodyOf(plain.verdict)).messages[0].content).toBe('Hello you.');
    const said = plain.exchange.responseHead(JSON_ANSWER);
    expect(said.rewriteBody).not.toBe(true);
    expect(said.setHeaders).toContainEqual({ name: 'x-sextant-personal-data', value: 'none' });
  });

  test('takes what was found once out wherever it stands, in long texts as well', async () => {
    const allowing = { ...REDACT, unread: 'allow' } as const;
    const h = heeding(allowing, { reading: { windowsMax: 1, deadlineMs: 60_000 } });
    const messages = [
      { role: 'user', content: `Was it Ms Roe? ${'Nothing here. '.repeat(6000)}` },
      { role: 'assistant', content: 'She, Ms Roe, was it.' },
    ];
    const sent = bodyOf((await ask(h.open, chat('', { messages }))).verdict);
    expect(sent.match(/\[PERSON_1\]/g)).toHaveLength(2);
    expect(sent).not.toContain('Roe');
  });

  test('holds for a model that the client names, and for texts to embed', async () => {
    const h = heeding(REDACT);
    const named = await ask(h.open, chat(MAIL, { model: 'large', cache: {} }));
    expect(JSON.parse(bodyOf(named.verdict))).toEqual({
      model: 'large',
      messages: [{ role: 'user', content: 'Write to [EMAIL_ADDRESS_1].' }],
    });
    const body = Buffer.from(JSON.stringify({ model: 'small', input: ['Hello.', MAIL] }));
    const embedding = await ask(h.open, body, head({ path: '/v1/embeddings' }));
    expect(JSON.parse(bodyOf(embedding.verdict)).input).toEqual(['Hello.', 'Write to [EMAIL_ADDRESS_1].']);
    expect(embedding.exchange.responseHead(JSON_ANSWER).rewriteBody).not.toBe(true);
  });

  test('is recorded as the model saw it', async () => {
    const h = heeding(REDACT);
    const rows: (RecordedRow | undefined)[] = [];
    const recorder: Recorder = { mode: 'plain', samples: () => true, record: (row) => rows.push(row()) };
    const { exchange } = await ask(() => exchangesOf({ ...h.service, recorder })(undefined), chat(MAIL));
    exchange.close();
    expect(JSON.stringify(rows[0]?.prompt)).toContain('Write to [EMAIL_ADDRESS_1].');
    expect(JSON.stringify(rows)).not.toContain('jane');
  });

  test('lets those ask for themselves who wait for the same answer', async () => {
    const h = heeding(REDACT, {}, { cache: { personalData: { action: 'allow', types: [] } } });
    const both = await Promise.all([ask(h.open, chat(MAIL)), ask(h.open, chat(MAIL))]);
    expect(both.map(({ verdict }) => verdict.kind)).toEqual(['forward', 'forward']);
    expect(h.store.stats().entries).toBe(0);
  });

  test('refuses what it could not look at, and more values than it remembers', async () => {
    const few = { reading: { windowsMax: 1, deadlineMs: 2000 } };
    const long = await ask(heeding(REDACT, few).open, chat('Nothing to hide here. '.repeat(100)));
    expect(errorOf(long.verdict).code).toBe('prompt_too_long_to_check');
    const many = Array.from({ length: 10_001 }, (_, at) => `a${at}@example.com`).join(' ');
    const h = heeding({ action: 'redact' }, { reading: { windowsMax: 64, deadlineMs: 60_000 } });
    const crowded = await ask(h.open, chat(many));
    expect(errorOf(crowded.verdict).message).toContain('holds 10001 personal data');
  });
});
