import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { waitUntil } from '../support/ports.js';
import { type Stack, startStack } from '../support/stack.js';
import type { StackConfig } from '../support/stack-config.js';

const CODE = 'Write a unit test in python.';

let stack: Stack;
let first: StackConfig;

beforeAll(async () => {
  stack = await startStack({ watchMs: 50 });
  first = parse(readFileSync(stack.configFile, 'utf8')) as StackConfig;
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => stack.forget());

let mounts = 0;

/** As an orchestrator changes a mounted file: it never writes one, and swaps the link that leads to the folder. */
function mount(text: string): void {
  mounts += 1;
  const folder = dirname(stack.configFile);
  const version = `..version-${mounts}`;
  mkdirSync(join(folder, version));
  writeFileSync(join(folder, version, 'sextant.yaml'), text);
  symlinkSync(version, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  if (mounts > 1) return;
  symlinkSync(join('..data', 'sextant.yaml'), join(folder, 'link'));
  renameSync(join(folder, 'link'), stack.configFile);
}

/** The same policy, but for the model that code goes to. */
function codeTo(model: string, more: StackConfig = {}): string {
  const decisions = (first['decisions'] as readonly StackConfig[]).map((decision) =>
    decision['name'] === 'coding' ? { ...decision, models: [model] } : decision,
  );
  return stringify({ ...first, decisions, ...more });
}

async function reload(): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${stack.adminUrl}/reload`, { method: 'POST', headers, body: '{}' });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function page(path: string): Promise<string> {
  return (await fetch(`${stack.adminUrl}${path}`)).text();
}

const modelOf = async (prompt: string): Promise<unknown> => {
  const { headers } = await stack.chat(prompt, { headers: { 'cache-control': 'no-store' } });
  return headers['x-sextant-model'];
};

describe('the config file changes', () => {
  test('and a link that was swapped above it is followed, with a word on the last prompts', async () => {
    expect(await modelOf(CODE)).toBe('coder');
    mount(codeTo('coder'));
    mount(codeTo('large'));
    await waitUntil('the new policy to be served', async () => (await modelOf(CODE)) === 'large');
    // It is served first; what it would have changed is found out then.
    const told = () =>
      stack
        .sextantLog()
        .split('\n')
        .findLast((each) => each.includes('was taken over'));
    await waitUntil('the log to say so', () => told() !== undefined);
    const line = told();
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      changed: expect.any(Number),
      needsRestart: [],
      envoyChanged: false,
    });
    expect(line).toMatch(/: [1-9]\d* of the last \d+ prompts would change/);
    expect(line).not.toContain('python');
  });

  test('to something wrong, and the policy before goes on', async () => {
    mount(codeTo('nobody', { lisen: {} }));
    const { status, body } = await reload();
    expect(status).toBe(409);
    expect(body['problems']).toEqual([
      expect.stringMatching(
        /sextant\.yaml:\d+:\d+: decisions\[1\]\.models\[0\]: no model is called "nobody"/,
      ),
      expect.stringMatching(/lisen: unknown key lisen; did you mean "listen"\?/),
    ]);
    expect((await fetch(`${stack.adminUrl}/readyz`)).status).toBe(200);
    expect(await page('/metrics')).toContain('sextant_config_last_reload_successful 0');
    expect(await modelOf(CODE)).toBe('large');
    mount(codeTo('coder'));
    expect(await reload()).toMatchObject({ status: 200 });
    expect(await page('/metrics')).toContain('sextant_config_last_reload_successful 1');
    expect(JSON.parse(await page('/reload'))).toMatchObject({ lastSucceeded: true, problems: [] });
  });

  test('in what only a restart can change, which is said, and the rest counts', async () => {
    mount(
      codeTo('large', {
        limits: { ...(first['limits'] as StackConfig), body_bytes_max: 65_536 },
        listen: { port: 4321 },
      }),
    );
    await reload();
    expect(JSON.parse(await page('/reload'))).toMatchObject({ needsRestart: ['limits'] });
    expect(await modelOf(CODE)).toBe('large');
    expect(stack.sextantLog()).toContain('needs a restart to count: limits');
    expect(stack.sextantLog()).toContain("Envoy's configuration is another one now");
  });

  test('and what is cached stays, as long as nothing changes that an answer hangs on', async () => {
    mount(codeTo('coder'));
    await reload();
    await stack.chat('What is the capital of Peru?');
    mount(codeTo('coder', { virtual_models: ['auto', 'sextant'] }));
    expect(await reload()).toMatchObject({ status: 200 });
    const again = await stack.chat('What is the capital of Peru?');
    expect(again.headers['x-sextant-cache']).toMatch(/^hit/);
    mount(codeTo('large'));
    await reload();
    expect((await stack.chat('What is the capital of Peru?')).headers['x-sextant-cache']).toMatch(/^miss/);
  });

  test('a hundred times under load, and no request fails', async () => {
    const asked = { total: 0, failed: [] as unknown[] };
    let done = false;
    const load = async (client: number): Promise<void> => {
      while (!done) {
        asked.total += 1;
        const prompt = `${CODE} Number ${client} of ${asked.total}.`;
        const answer = await stack.chat(prompt, { body: { stream: client % 2 === 0 } });
        const model = answer.headers['x-sextant-model'];
        if (answer.status !== 200 || !['coder', 'large'].includes(`${model}`)) asked.failed.push(answer);
      }
    };
    const clients = [0, 1, 2, 3].map(load);
    const outcomes = new Set<unknown>();
    // On a busy machine a hundred may be over before the clients got anywhere.
    for (let time = 0; time < 100 || asked.total <= 30; time += 1) {
      mount(codeTo(time % 2 === 0 ? 'coder' : 'large'));
      outcomes.add((await reload()).body['outcome']);
    }
    done = true;
    await Promise.all(clients);
    expect(asked.failed).toEqual([]);
    expect(asked.total).toBeGreaterThan(30);
    // The file watch may have been the first to see a change.
    expect([...outcomes].filter((outcome) => outcome !== 'unchanged')).toEqual(['applied']);
    const applied = /sextant_config_reloads_total\{outcome="applied"\} (\d+)/.exec(
      await page('/metrics'),
    )?.[1];
    expect(Number(applied)).toBeGreaterThan(100);
  }, 60_000);
});

test('the admin listener serves the schema by which the file is checked', async () => {
  expect(JSON.parse(await page('/schema'))).toMatchObject({ title: 'sextant.yaml', type: 'object' });
});
