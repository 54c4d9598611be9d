import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { contentOf } from '../support/http.js';
import { waitUntil } from '../support/ports.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';

// Guarded, cached, with a plan for failures: all that would hold back a request or change it, if somebody acted on it.
let stack: Stack;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-observe-'));
  stack = await startStack({
    config: { mode: 'observe', fallback: {}, recording: { path: join(folder, 'requests.jsonl') } },
  });
}, 60_000);
afterAll(async () => {
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => stack.forget());

/** What the log says of the exchange that was decided in this way, once it is over. */
async function observed(decision: string): Promise<Record<string, unknown>> {
  const find = () =>
    stack
      .sextantLog()
      .split('\n')
      .flatMap((line) => (line.includes('"exchange"') ? [JSON.parse(line).exchange] : []))
      .findLast((exchange) => exchange.decision === decision);
  await waitUntil(`a request that is decided as ${decision}`, async () => find() !== undefined);
  return find();
}

const BODY = `{ "model" : "auto", "messages":[{"role":"user","content":"Refactor this unit test."}],"x":1e400 }`;

describe('a policy that observes', () => {
  test('changes neither the request nor its answer, and tells where it would have gone', async () => {
    const answer = await stack.ask({ body: BODY, headers: CALLER });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('x-sextant-'))).toEqual([]);
    const [seen] = stack.simulators.small.requests().recent;
    expect(seen?.body).toBe(BODY);
    expect(Object.keys(seen?.headers ?? {}).filter((name) => /^x-(sextant|gateway)-/.test(name))).toEqual([]);
    expect(await observed('coding')).toMatchObject({
      ...{ shadow: true, path: 'upstream', model: 'coder', cache: 'miss', status: 200, stored: '' },
      promptTokens: expect.any(Number),
    });
  });

  test('blocks nothing, and tells what it would have blocked', async () => {
    const answer = await stack.chat('forbidden-word', { body: { stream: true } });
    expect(answer.status).toBe(200);
    expect(contentOf(answer)).not.toBe('');
    expect(await observed('block-forbidden')).toMatchObject({ path: 'blocked', status: 200 });
  });

  test('answers nothing from its cache, which stays empty', async () => {
    for (let turn = 0; turn < 2; turn += 1)
      await stack.chat('Name a cheese of Spain.', { body: { model: 'small' } });
    expect(stack.upstreamCalls()).toBe(2);
    expect(await observed('default')).toMatchObject({ cache: 'miss', model: 'small' });
    const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^sextant_cache_entries 0$/m);
    expect(metrics).toMatch(/^sextant_shadow_requests_total\{[^}]*decision="coding"[^}]*\} 1$/m);
    expect(metrics).not.toMatch(/^sextant_requests_total\{/m);
  });

  test('records what it decided', async () => {
    const path = join(folder, 'requests.jsonl');
    const rows = () => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').slice(1) : []);
    await waitUntil('the requests before to be recorded', async () => rows().length >= 4);
    const decisions = rows().map((line) => JSON.parse(line).decision);
    expect(decisions.toSorted()).toEqual(['block-forbidden', 'coding', 'default', 'default']);
  });

  test('lets pass what it cannot read', async () => {
    const answer = await stack.ask({ body: '{', headers: CALLER });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('invalid_json');
    expect((await stack.ask({ method: 'GET', path: '/version', headers: CALLER })).status).toBe(200);
  });
});
