import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAdmin } from '../../../src/admin/server.js';
import { differencesOf, differenceText } from '../../../src/cli/explain-diff.js';
import { packagePath } from '../../../src/cli/package-path.js';
import type { ReplayReport } from '../../../src/evaluation/replay.js';
import { explainOf } from '../../../src/exchange/explain.js';
import type { Explanation } from '../../../src/exchange/explanation/value.js';
import { ensureBuilt } from '../../support/built.js';
import { harness } from '../../support/exchange-service.js';
import { sextant } from '../../support/sextant.js';

const RECIPE = packagePath('recipes/demo/sextant.yaml');
let folder: string;
let other: string;

beforeAll(() => {
  // The encoder runs in a thread, from the built package.
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'sextant-explain-'));
  const recipe = readFileSync(RECIPE, 'utf8');
  other = file('other.yaml', recipe.replace('    models: [coder]', '    models: [large-reasoning]'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const HEAD = JSON.stringify({ sextant_recording: 1, signals: {} });

function row(over: object = {}): string {
  return JSON.stringify({
    ...{
      id: 'a',
      at_ms: 0,
      route: 'main',
      api: 'chat',
      virtual_model: 'auto',
      decision: 'code',
      model: 'coder',
    },
    ...{ path: 'upstream', cache: 'miss', similarity: null, prompt_tokens: 20, completion_tokens: 100 },
    ...{ ask_hash: '', tenant_hash: null, signals: {} },
    prompt: {
      kind: 'plain',
      body: { model: 'auto', messages: [{ role: 'user', content: 'Write a unit test.' }] },
    },
    ...over,
  });
}

describe('explain', () => {
  test('says by the shipped models where a prompt goes, and why', async () => {
    const { status, out, err } = await sextant('explain', 'Write a unit test.', '--config', RECIPE);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/^outcome +upstream → coder, by the decision code$/m);
    expect(out).toMatch(/^ +code_words +match /m);
    expect(out).toMatch(/^cache +miss: empty$/m);
  });

  test('takes the body of a request, with headers, and says what another policy would change', async () => {
    const messages = [{ role: 'user', content: 'Write a unit test.' }];
    const body = file('conversation.json', JSON.stringify({ messages, temperature: 0 }));
    const argv = [
      'explain',
      '--file',
      body,
      '--config',
      RECIPE,
      '--header',
      'sextant-cache-control: no-store',
    ];
    const { changes, before } = JSON.parse((await sextant(...argv, '--diff', other, '--json')).out);
    expect([before.cache.outcome, before.cache.reason]).toEqual(['bypass', 'no-store']);
    expect(changes).toContainEqual({ what: 'model', before: 'coder', after: 'large-reasoning' });
    expect(differenceText(changes)).toMatch(/^model +coder → large-reasoning$/m);
    expect(differenceText(differencesOf(before, before))).toBe('nothing would change');
  });

  test('asks a running service', async () => {
    const admin = await startAdmin({
      address: '127.0.0.1',
      port: 0,
      ready: () => true,
      metrics: { contentType: 'text/plain', text: async () => '' },
      classify: async () => ({}),
      explain: { why: explainOf(harness().service), showPrompts: false },
    });
    const { out } = await sextant('explain', 'prove it', '--admin', admin.url, '--route', 'main');
    const json = await sextant('explain', 'prove it', '--admin', admin.url, '--json');
    await admin.close();
    expect(out).toMatch(/^outcome +upstream → large, by the decision hard$/m);
    expect((JSON.parse(json.out) as Explanation).outcome.decision).toBe('hard');
  });

  test.each([
    [['a'], /Name a policy by --config/],
    [['--config', 'x'], /either a prompt or --file/],
    [['a', '--file', 'b', '--config', 'x'], /either a prompt or --file/],
    [[' ', '--config', 'x'], /the prompt is empty/],
    [['a', '--config', 'x', '--admin', 'y'], /explains by its own policy/],
    [['a', '--config', 'x', '--header', 'nothing'], /--header takes a line/],
  ])('is called wrongly by %j', async (argv, message) => {
    const { status, err } = await sextant('explain', ...argv);
    expect([status, err]).toEqual([2, expect.stringMatching(message)]);
  });

  test.each([
    ['none.json', undefined, /cannot be read/],
    ['bad.json', '{', /is not JSON/],
    ['list.json', '[]', /holds no JSON object/],
  ])('says what is wrong with %s', async (name, text, message) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    const { status, err } = await sextant('explain', '--file', path, '--config', RECIPE);
    expect([status, err]).toEqual([1, expect.stringMatching(message)]);
  });
});

describe('replay', () => {
  test('counts what another policy would do, names ids, and shows questions only when asked', async () => {
    const blocked = row({ id: 'b', path: 'blocked', decision: 'no-attacks', model: '' });
    const own = row({ id: 'c', virtual_model: null });
    const cached = row({ id: 'd', path: 'cache' });
    const log = file('log.jsonl', [HEAD, row(), blocked, own, cached, '{"torn'].join('\n'));
    const { status, out, err } = await sextant('replay', log, '--config', other, '--show-prompts');
    expect([status, err]).toEqual([0, expect.stringMatching(/1 lines are no rows/)]);
    expect(out).toMatch(/^rows +4 recorded, 2 compared$/m);
    expect(out).toMatch(/^ +coder → large-reasoning: 1, such as a$/m);
    expect(out).toMatch(/^ +Write a unit test\.$/m);
    expect(out).toMatch(/^blocked +1 → 0$/m);
    const report = JSON.parse(
      (await sextant('replay', log, '--config', other, '--against', RECIPE, '--json')).out,
    ) as ReplayReport;
    expect(report).toMatchObject({ compared: 3, decisions_changed: 0, models_changed: 3 });
    // 20 tokens of prompt and 100 of answer: 3 and 12 USD per million against 0.6 and 1.8.
    expect(report.cost.before).toBeCloseTo(3 * 0.000192, 9);
    expect(report.cost.after).toBeCloseTo(3 * 0.00126, 9);
    expect(JSON.stringify(report)).not.toContain('unit test');
  });

  test('says what is no recording', async () => {
    const log = file('other.jsonl', '{"a": 1}\n');
    const { status, err } = await sextant('replay', log, '--config', RECIPE);
    expect([status, err]).toEqual([1, expect.stringMatching(/other\.jsonl:1: this is no recording/)]);
  });
});
