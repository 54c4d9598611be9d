import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';
import { SextantError } from '../../../src/lib/sextant-error.js';
import type { Turn } from '../../../src/openai/request.js';

const SECRET = 'my dog is called Bello';
let admin: AdminServer;
let seen: (readonly Turn[])[] = [];
let classify: (turns: readonly Turn[]) => Promise<object>;

beforeEach(async () => {
  seen = [];
  classify = async (turns) => {
    seen.push(turns);
    return { turns: turns.length };
  };
  admin = await startAdmin({
    address: '127.0.0.1',
    port: 0,
    ready: () => true,
    metrics: { contentType: 'text/plain', text: async () => '' },
    classify: (turns) => classify(turns),
  });
});
afterEach(() => admin.close());

const JSON_TYPE = { 'content-type': 'application/json' };

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE) {
  const response = await fetch(`${admin.url}/classify`, { method: 'POST', body, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, answer: JSON.parse(text) as unknown };
}

function refused(code: string, message: string | RegExp, param: string | null = null) {
  return { error: expect.objectContaining({ code, param, message: expect.stringMatching(message) }) };
}

describe('a body', () => {
  test.each<[string, object, Turn['role'][]]>([
    ['text', { text: SECRET }, ['user']],
    ['text of a user', { text: SECRET, role: 'user' }, ['user']],
    ['output of a tool', { text: SECRET, role: 'tool' }, ['tool']],
    ['a document', { text: SECRET, role: 'document' }, ['tool']],
    [
      'a conversation',
      {
        messages: [
          { role: 'system', content: 'be kind' },
          { role: 'user', content: [{ type: 'text', text: SECRET }] },
        ],
      },
      ['system', 'user'],
    ],
  ])('that is %s is classified', async (_, body, roles) => {
    const { status, answer, headers } = await post(JSON.stringify(body), {
      'content-type': 'Application/JSON; charset=utf-8',
    });
    expect([status, answer]).toEqual([200, { turns: roles.length }]);
    expect(headers.get('content-type')).toBe('application/json');
    expect(seen.flat().map(({ role }) => role)).toEqual(roles);
    expect(seen.flat().at(-1)?.text).toBe(SECRET);
  });

  test.each<[string, string, string, string | RegExp, string | null]>([
    ['no JSON', `{"text": "${SECRET}`, 'invalid_json', 'JSON object', null],
    ['a list', `["${SECRET}"]`, 'invalid_json', /./, null],
    ['null', 'null', 'invalid_json', /./, null],
    ['empty', '', 'invalid_json', /./, null],
    ['an empty object', '{}', 'missing_field', 'text is missing', 'text'],
    ['a number for a text', '{"text": 5}', 'invalid_field', 'must be a string', 'text'],
    [
      'another role',
      `{"text": "${SECRET}", "role": "system"}`,
      'invalid_field',
      'user, tool or document',
      'role',
    ],
    [
      'a name of an object for a role',
      `{"text": "a", "role": "toString"}`,
      'invalid_field',
      'user, tool',
      'role',
    ],
    ['a misspelt field', `{"text": "a", "${SECRET}": 1}`, 'invalid_field', 'a field besides', null],
    ['text and messages', '{"text": "a", "messages": []}', 'invalid_field', 'Send either', 'messages'],
    ['no messages', '{"messages": []}', 'invalid_field', 'at least one', 'messages'],
    [
      'a bad message',
      `{"messages": [{"role": "user", "content": 1}]}`,
      'invalid_field',
      /./,
      'messages[0].content',
    ],
    ['a key twice', `{"text": "${SECRET}", "text": "b"}`, 'duplicate_key', /./, null],
    ['nested without end', `{"text":${'['.repeat(100_000)}`, 'json_too_deep', /./, null],
  ])('that is %s is refused', async (_, body, code, message, param) => {
    const { status, answer, text } = await post(body);
    expect(status).toBe(400);
    expect(answer).toEqual(refused(code, message, param));
    expect(text).not.toContain('Bello');
    expect(seen).toEqual([]);
  });

  test('that is not UTF-8 is refused', async () => {
    const { status, answer } = await post(Uint8Array.of(0x7b, 0xff, 0x7d));
    expect([status, answer]).toEqual([400, refused('invalid_encoding', 'UTF-8')]);
  });

  test.each([1_048_577, 3_000_000, 12_000_000])('of %d bytes is too large', async (bytes) => {
    // A client that is refused while it still sends may see its connection reset before it sees why.
    const { status, answer } = await post('x'.repeat(bytes)).catch(() => ({ status: 0, answer: undefined }));
    if (bytes < 8 * 1024 * 1024) {
      expect([status, answer]).toEqual([413, refused('body_too_large', '1048576 bytes')]);
    } else expect([0, 413]).toContain(status);
    expect((await post('{"text":"still here"}')).status).toBe(200);
  });

  test('of exactly the limit is read', async () => {
    const text = 'x'.repeat(1_048_576 - '{"text":""}'.length);
    expect((await post(JSON.stringify({ text }))).status).toBe(200);
  });
});

describe('a request', () => {
  test.each(['GET', 'PUT', 'DELETE'])('by %s is told what to send', async (method) => {
    const response = await fetch(`${admin.url}/classify?x=1`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toEqual(
      refused('method_not_allowed', 'takes POST with a JSON body such as'),
    );
  });

  test('by HEAD has no body to its 405', async () => {
    const response = await fetch(`${admin.url}/classify`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([405, '']);
  });

  test.each<[string, Record<string, string>]>([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text, as a web page may send it', { 'content-type': 'text/plain' }],
    ['something compressed', { ...JSON_TYPE, 'content-encoding': 'gzip' }],
  ])('with %s is refused', async (_, headers) => {
    const { status, answer } = await post('{"text":"a"}', headers);
    expect([status, answer]).toEqual([415, refused('unsupported_encoding', /./)]);
    expect(seen).toEqual([]);
  });

  test('beyond four at once is sent away, and comes in when one is done', async () => {
    const release: (() => void)[] = [];
    classify = () => new Promise((resolve) => release.push(() => resolve({ ok: true })));
    const first = Array.from({ length: 4 }, () => post('{"text":"a"}'));
    while (release.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    const fifth = await post('{"text":"a"}');
    expect([fifth.status, fifth.answer]).toEqual([503, refused('overloaded', 'try again')]);
    expect(fifth.headers.get('retry-after')).toBe('1');
    for (const letGo of release) letGo();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    classify = async () => ({});
    expect((await post('{"text":"a"}')).status).toBe(200);
  });

  test('whose client goes away gives its place back', async () => {
    const { hostname, port } = new URL(admin.url);
    for (let turn = 0; turn < 5; turn++) {
      await new Promise<void>((resolve) => {
        const left = httpRequest({
          hostname,
          port,
          path: '/classify',
          method: 'POST',
          headers: { ...JSON_TYPE, 'content-length': '100' },
        });
        left.on('error', () => {});
        left.on('close', () => resolve());
        left.write('{"text":');
        setTimeout(() => left.destroy(), 20);
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await post('{"text":"a"}')).status).toBe(200);
  });
});

describe('a failure', () => {
  test.each<[number, Error, string]>([
    [504, new SextantError('deadline_exceeded', 'it took too long'), 'it took too long'],
    [503, new SextantError('overloaded', 'the queue is full'), 'the queue is full'],
    [400, new SextantError('invalid_field', 'There is no text to classify'), 'no text'],
    [500, new Error(`cannot read ${SECRET}`), 'Sextant failed'],
  ])('is a %d in the shape of the API', async (expected, error, message) => {
    classify = () => Promise.reject(error);
    const { status, answer, text } = await post(JSON.stringify({ text: SECRET }));
    expect(status).toBe(expected);
    expect(answer).toEqual({ error: expect.objectContaining({ message: expect.stringContaining(message) }) });
    expect(text).not.toContain('Bello');
  });
});
