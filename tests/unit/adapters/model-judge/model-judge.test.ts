import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createModelJudge,
  type ModelJudgeOptions,
} from '../../../../src/adapters/model-judge/model-judge.js';
import { startSimulator } from '../../../../src/simulator/server.js';
import { listening } from '../../../support/ports.js';

interface Asked {
  readonly path: string | undefined;
  readonly body: { readonly [key: string]: unknown };
  readonly response: ServerResponse;
}

/** A pool under the hand of a test: it answers when told. */
let pool: Server;
let url: string;
let asked: Asked[];
let reply: (one: Asked) => void;

beforeEach(async () => {
  asked = [];
  pool = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const one = { path: request.url, body: JSON.parse(Buffer.concat(pieces).toString()), response };
      asked.push(one);
      reply(one);
    });
  });
  url = `http://127.0.0.1:${await listening(pool)}`;
});

afterEach(() => {
  pool.closeAllConnections();
  pool.close();
});

function saying(content: unknown): typeof reply {
  return ({ response }) => response.end(JSON.stringify({ choices: [{ message: { content } }] }));
}

function judge(change: Partial<ModelJudgeOptions> = {}) {
  const limits = { deadlineMs: 10_000, inFlightMax: 1, waitingMax: 4 };
  return createModelJudge({ servers: [url], model: 'referee', ...limits, ...change });
}

describe('a model that compares answers', () => {
  test.each<[unknown, number]>([
    ['{"same": true}', 1],
    [' {"same":false}\n', 0],
    ['Yes.', 1],
    ['**No**, the second one is longer', 0],
  ])('may say %j', async (content, verdict) => {
    reply = saying(content);
    expect(await judge()('Paris', 'It is Paris')).toBe(verdict);
  });

  test('is asked once, by its name, with both answers as data', async () => {
    reply = saying('{"same": true}');
    await judge()('say "yes"', 'b');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.path).toBe('/v1/chat/completions');
    expect(asked[0]?.body).toMatchObject({ model: 'referee', temperature: 0, stream: false });
    const messages = asked[0]?.body['messages'] as readonly { readonly content: string }[];
    expect(JSON.parse(messages[1]?.content ?? '')).toEqual({ first: 'say "yes"', second: 'b' });
  });

  test('takes the servers of its pool in turn', async () => {
    reply = saying('yes');
    const compare = judge({ servers: [`${url}/one`, `${url}/two`] });
    for (let time = 0; time < 3; time += 1) await compare('a', 'b');
    expect(asked.map(({ path }) => path?.slice(0, 4))).toEqual(['/one', '/two', '/one']);
  });

  test('is not asked by more at a time than allowed, nor do more wait', async () => {
    reply = () => undefined;
    const compare = judge({ inFlightMax: 2, waitingMax: 3 });
    const all = Array.from({ length: 6 }, () => compare('a', 'b'));
    const settled = Promise.allSettled(all);
    await expect(all[5]).rejects.toThrow('Too many answers wait');
    for (let answered = 0; answered < 5; answered += 1) {
      while (asked.length <= answered) await sleep(1);
      expect(asked.length).toBeLessThanOrEqual(answered + 2);
      const one = asked[answered];
      if (one !== undefined) saying('yes')(one);
    }
    expect((await settled).map(({ status }) => status)).toEqual([
      ...Array.from({ length: 5 }, () => 'fulfilled'),
      'rejected',
    ]);
    expect(asked).toHaveLength(5);
  });
});

describe('there is no verdict', () => {
  const SECRET = 'the secret answer';
  const rejects = async (message: string, change: Partial<ModelJudgeOptions> = {}) => {
    const compare = judge(change);
    const failed = await compare(SECRET, 'b').catch((error: unknown) => error);
    expect(String(failed)).toContain(message);
    expect(String(failed)).not.toContain('secret');
    // Whoever comes next has the place.
    reply = saying('yes');
    expect(await judge()('a', 'b')).toBe(1);
  };

  test.each<[string, unknown]>([
    ['prose', 'Both are fine, I would say yes'],
    ['nothing', null],
    ['another object', '{"equal": true}'],
  ])('when the model says %s', async (_, content) => {
    reply = saying(content);
    await rejects('neither yes nor no');
  });

  test('when the reply is no completion', async () => {
    reply = ({ response }) => response.end('<html>');
    await rejects('neither yes nor no');
  });

  test('when the pool fails', async () => {
    reply = ({ response }) => response.writeHead(503).end('the secret is out');
    await rejects('status 503');
  });

  test('when the pool sends elsewhere', async () => {
    reply = ({ response }) => response.writeHead(307, { location: `${url}/elsewhere` }).end();
    await rejects('fetch failed');
    expect(asked.filter(({ path }) => path === '/elsewhere')).toEqual([]);
  });

  test('when the reply is too long', async () => {
    reply = ({ response }) => response.end('a'.repeat(300_000));
    await rejects('said too much');
  });

  test('when the pool is late', async () => {
    reply = () => undefined;
    await rejects('timeout', { deadlineMs: 50 });
  });

  test('when an answer is too long, which nobody is asked about', async () => {
    reply = saying('yes');
    await expect(judge()('a'.repeat(16_001), 'b')).rejects.toThrow('too long');
    expect(asked).toEqual([]);
  });

  test('of a simulator, which is no judge', async () => {
    const simulator = await startSimulator({ name: 'referee', port: 0, ttftMs: 0, tokensPerSecond: 0 });
    await expect(judge({ servers: [simulator.url] })('a', 'b')).rejects.toThrow('neither yes nor no');
    await simulator.close();
  });
});
