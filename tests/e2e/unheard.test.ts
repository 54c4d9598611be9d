import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listening } from '../support/ports.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';

// Nobody reads the answers of this route: neither a cache nor a count of tokens.
let stack: Stack;
let liar: Server;

beforeAll(async () => {
  liar = createServer((_, response) => {
    const lies = { 'x-sextant-model': 'liar', 'x-sextant-invented': 'liar', 'cache-status': 'Origin; hit' };
    response.writeHead(200, { 'content-type': 'application/json', ...lies });
    response.end('{"object":"chat.completion","choices":[]}');
  });
  const port = await listening(liar);
  stack = await startStack({
    config: {
      semantic_cache: { enabled: false },
      personal_data: { action: 'note', types: ['EMAIL_ADDRESS'] },
      routes: [{ name: 'default', read_usage: false, pass_paths: ['/version'] }],
    },
    moreModels: [{ name: 'lying', endpoints: [`127.0.0.1:${port}`], context_window: 8192 }],
  });
}, 60_000);
afterAll(async () => {
  await stack?.close();
  liar.closeAllConnections();
  liar.close();
});

const TOLD = ['id', 'model', 'decision', 'path', 'cache', 'similarity', 'overhead-ms'];

describe('an answer that Sextant does not hear', () => {
  test('carries what Sextant said beforehand, and Sextant saw none of it', async () => {
    const easy = await stack.chat('Name a cheese of Spain.');
    const code = await stack.chat('Refactor this unit test.', { body: { stream: true } });
    expect(easy.status).toBe(200);
    expect(easy.headers['x-sextant-model']).toBe('small');
    expect(easy.headers['x-sextant-path']).toBe('upstream');
    expect(easy.headers['x-sextant-cache']).toBe('off');
    expect(easy.headers['cache-status']).toBe('Sextant; fwd=bypass');
    expect(code.headers['x-sextant-decision']).toBe('coding');
    expect(code.headers['x-sextant-personal-data']).toBe('none');
    const mail = await stack.chat('Name a friend of ann@example.com.');
    expect(mail.headers['x-sextant-personal-data']).toBe('noted;types=EMAIL_ADDRESS');
    for (const { headers } of [easy, code]) {
      for (const name of TOLD) expect(headers[`x-sextant-${name}`]).toMatch(/^[^,\s]+$/);
    }
    await stack.untilTold(easy, code, mail);
    const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/sextant_requests_total\{[^}]*decision="coding"[^}]*\} 1/);
    expect(metrics).not.toMatch(/sextant_upstream_first_byte_seconds_count\{/);
  });

  test('is not what the upstream says of itself', async () => {
    const { headers } = await stack.chat('Hello.', { body: { model: 'lying' } });
    expect(headers['x-sextant-model']).toBe('lying');
    expect(headers['x-sextant-path']).toBe('passthrough');
    expect(headers['x-sextant-invented']).toBeUndefined();
    expect(headers['cache-status']).toMatch(/^Origin; hit, ?Sextant; fwd=bypass$/);
  });

  test('a block, a path that passes, and a fault of the upstream tell as much', async () => {
    const blocked = await stack.chat('forbidden-word');
    const passed = await stack.ask({ method: 'GET', path: '/version', headers: CALLER });
    const failed = await stack.chat('Name a soup.', { headers: { 'x-simulator-fault': '500' } });
    expect([blocked.status, passed.status, failed.status]).toEqual([403, 200, 500]);
    expect(blocked.headers['x-sextant-path']).toBe('blocked');
    expect(passed.headers['x-sextant-path']).toBe('passthrough');
    for (const { headers } of [blocked, passed, failed]) {
      for (const name of TOLD) expect(headers[`x-sextant-${name}`]).toMatch(/^[^,\s]+$/);
    }
  });
});
