import { describe, expect, test } from '@jest/globals';
import {
  answer,
  ask,
  chat,
  type Harness,
  harness,
  head,
  upstreamAnswers,
} from '../../support/exchange-service.js';

const QUESTION = 'How do I reach the support of the shop?';

async function exchanged(h: Harness, body: Uint8Array, reply = answer('By the form on the site.')) {
  const { exchange, verdict } = await ask(h.open, body, head());
  if (verdict.kind === 'forward') await upstreamAnswers(exchange, reply);
  else exchange.close();
  return { verdict, record: h.records.at(-1) };
}

/** Waits for many more turns of the loop than the search of a long answer takes. */
async function searchesDone(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('questions that are neither answered from the cache nor kept', () => {
  test('about the moment', async () => {
    const h = harness();
    for (const _ of [1, 2]) {
      const { verdict, record } = await exchanged(h, chat('What is the weather in Oslo today?'));
      expect(verdict.kind).toBe('forward');
      expect(record).toMatchObject({ cache: 'bypass', cacheReason: 'volatile', stored: '' });
    }
    expect(h.encoder.calls).toBe(0);
    const allowed = harness({ cache: { volatile: 'allow' } });
    await exchanged(allowed, chat('What is the weather in Oslo today?'));
    const { record } = await exchanged(allowed, chat('What is the weather in Oslo today?'));
    expect(record?.cache).toBe('hit-exact');
  });

  test('above the temperature of the policy', async () => {
    const h = harness({ cache: { temperatureMax: 0.7 } });
    const { record } = await exchanged(h, chat(QUESTION, { temperature: 0.8 }));
    expect(record).toMatchObject({ cache: 'bypass', cacheReason: 'temperature' });
    await exchanged(h, chat(QUESTION, { temperature: 0.7 }));
    expect((await exchanged(h, chat(QUESTION, { temperature: 0.7 }))).record?.cache).toBe('hit-exact');
  });

  test('with personal data, in any turn', async () => {
    const h = harness();
    const withEarlier = Buffer.from(
      JSON.stringify({
        model: 'auto',
        messages: [
          { role: 'user', content: 'I am ann@shop.com' },
          { role: 'assistant', content: 'Hello' },
          { role: 'user', content: QUESTION },
        ],
      }),
    );
    for (const body of [chat(`${QUESTION} I am ann@shop.com`), withEarlier, withEarlier]) {
      const { verdict, record } = await exchanged(h, body);
      expect(verdict.kind).toBe('forward');
      expect(record).toMatchObject({ cache: 'bypass', cacheReason: 'personal', stored: '' });
    }
    const allowed = harness({ cache: { personalData: { action: 'allow', types: ['EMAIL_ADDRESS'] } } });
    await exchanged(allowed, withEarlier);
    expect((await exchanged(allowed, withEarlier)).record?.cache).toBe('hit-exact');
  });

  test('names, places, organisations and dates keep nothing out', async () => {
    const h = harness();
    const body = chat('Did Marie Curie move from Warsaw to Paris in 1891 to study at the Sorbonne?');
    expect((await exchanged(h, body)).record).toMatchObject({ stored: 'stored' });
    expect((await exchanged(h, body)).record?.cache).toBe('hit-exact');
  });

  test('with what only the token head finds', async () => {
    // The heads of these tests know a person by `Ms `.
    const h = harness({ cache: { personalData: { action: 'bypass', types: ['PERSON'] } } });
    const { record } = await exchanged(h, chat('What did Ms Miller order from the shop?'));
    expect(record).toMatchObject({ cache: 'bypass', cacheReason: 'personal', stored: '' });
    expect((await exchanged(h, chat('What did the lady order?'))).record).toMatchObject({ stored: 'stored' });
    const byPatterns = harness({ cache: { personalData: { action: 'bypass', types: ['EMAIL_ADDRESS'] } } });
    expect((await exchanged(byPatterns, chat('What did Ms Miller order?'))).record).toMatchObject({
      stored: 'stored',
    });
  });

  test('too long to be searched', async () => {
    const h = harness();
    const long = `${QUESTION} ${'All was quiet in the shop. '.repeat(10_000)}`;
    const { record } = await exchanged(h, chat(long));
    expect(record).toMatchObject({ cache: 'bypass', cacheReason: 'unread' });
  });
});

describe('answers that are not kept', () => {
  test('with personal data', async () => {
    const h = harness();
    const { record } = await exchanged(h, chat(QUESTION), answer('Write to help@shop.com.'));
    expect(record).toMatchObject({ cache: 'miss', stored: 'personal-data' });
    expect((await exchanged(h, chat(QUESTION))).verdict.kind).toBe('forward');
    const types = { action: 'bypass', types: ['CREDIT_CARD'] } as const;
    const others = harness({ cache: { personalData: types } });
    expect((await exchanged(others, chat(QUESTION), answer('Write to help@shop.com.'))).record).toMatchObject(
      {
        stored: 'stored',
      },
    );
  });

  test('with a street address, where the policy names them', async () => {
    const types = ['EMAIL_ADDRESS', 'STREET_ADDRESS'];
    const h = harness({ cache: { personalData: { action: 'bypass', types } } });
    const told = answer('Send it to 12 Baker Street, London.');
    expect((await exchanged(h, chat(QUESTION), told)).record).toMatchObject({ stored: 'personal-data' });
    const harmless = answer('There are 12 streets in Baker.');
    expect((await exchanged(h, chat(QUESTION), harmless)).record).toMatchObject({ stored: 'stored' });
    const others = harness({ cache: { personalData: { action: 'bypass', types: ['EMAIL_ADDRESS'] } } });
    expect((await exchanged(others, chat(QUESTION), told)).record).toMatchObject({ stored: 'stored' });
  });

  test('with a street address at the end of a long text', async () => {
    const types = ['STREET_ADDRESS'];
    const h = harness({ cache: { personalData: { action: 'bypass', types } } });
    const prose = 'The shop has a long history that nobody remembers. '.repeat(1500);
    await exchanged(h, chat(QUESTION), answer(`${prose} It is at Hauptstraße 5.`));
    await searchesDone();
    expect((await exchanged(h, chat(QUESTION), answer(prose))).verdict.kind).toBe('forward');
    await searchesDone();
    expect((await exchanged(h, chat(QUESTION))).record?.cache).toBe('hit-exact');
  });

  test('with personal data at the end of a long text, which is searched once it has passed', async () => {
    const h = harness();
    const prose = 'The shop has a long history that nobody remembers. '.repeat(1500);
    const { record } = await exchanged(h, chat(QUESTION), answer(`${prose} Write to help@shop.com.`));
    expect(record).toMatchObject({ stored: 'searching' });
    await searchesDone();
    expect((await exchanged(h, chat(QUESTION), answer(prose))).verdict.kind).toBe('forward');
    await searchesDone();
    expect((await exchanged(h, chat(QUESTION))).record?.cache).toBe('hit-exact');
  });

  test('those who wait for such an answer go alone, and those who wait for a long one get it', async () => {
    const prose = 'The shop has a long history that nobody remembers. '.repeat(1500);
    for (const [reply, expected] of [
      [answer('Write to help@shop.com.'), 'forward'],
      [answer(prose), 'reply'],
    ] as const) {
      const h = harness();
      const first = await ask(h.open, chat(QUESTION));
      const second = ask(h.open, chat(QUESTION));
      await new Promise((resolve) => setImmediate(resolve));
      await upstreamAnswers(first.exchange, reply);
      const { verdict, exchange } = await second;
      expect(verdict.kind).toBe(expected);
      exchange.close();
    }
  });
});
