import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.js';
import { sextant } from '../support/sextant.js';
import { type Stack, startStack } from '../support/stack.js';

const EASY = ['France', 'Japan', 'Peru', 'Kenya', 'Norway', 'Italy', 'Cuba', 'Chad', 'Laos', 'Mali'];
const HARD = [
  'groups',
  'rings',
  'graphs',
  'primes',
  'matrices',
  'knots',
  'fields',
  'trees',
  'series',
  'sets',
];

let folder: string;
let router: string;
let stack: Stack;

/** A small model that knows its capitals and proves nothing, and a large one that does both. */
function outcomes(): string {
  const row = (question: string, small: number) =>
    JSON.stringify({
      question,
      correct: { small, large: 1 },
      output_tokens: { small: 50, large: 60 },
    });
  const easy = EASY.flatMap((name) => [
    `What is the capital of ${name}?`,
    `Which river flows through ${name}?`,
  ]);
  const hard = HARD.flatMap((name) => [
    `Prove the main theorem on finite ${name}.`,
    `Derive a bound for random ${name}.`,
  ]);
  return [...easy.map((question) => row(question, 1)), ...hard.map((question) => row(question, 0))].join(
    '\n',
  );
}

beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'sextant-router-'));
  router = join(folder, 'mine');
  writeFileSync(join(folder, 'outcomes.jsonl'), outcomes());
  writeFileSync(join(folder, 'prices.json'), '{"pool":{"small":7,"large":70}}');
  const argv = ['--outcomes', join(folder, 'outcomes.jsonl'), '--prices', join(folder, 'prices.json')];
  const trained = await sextant('train', 'router', ...argv, '--out', router);
  expect(trained.status === 0 ? '' : trained.err).toBe('');
  stack = await startStack({ config: config(router) });
}, 180_000);
afterAll(async () => {
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});

function config(named: string) {
  return {
    selection: { router: named, within_of_best: 0.45 },
    signals: [],
    decisions: [{ name: 'chat', when: 'always', models: ['large', 'small'] }],
    semantic_cache: { enabled: false },
  };
}

describe('one decision with a router', () => {
  test.each([
    ['What is the capital of Brazil?', 'small'],
    ['Prove the main theorem on compact manifolds.', 'large'],
  ])('sends %p to %s', async (prompt, model) => {
    const answer = await stack.chat(prompt);
    expect(answer.headers['x-sextant-decision']).toBe('chat');
    expect(answer.headers['x-sextant-model']).toBe(model);
  });

  test('is refused at start with the router of another encoder, both hashes named', async () => {
    const path = join(router, 'router.json');
    const text = readFileSync(path, 'utf8');
    const { encoder_hash: hash } = JSON.parse(text);
    const other = 'f'.repeat(64);
    writeFileSync(path, text.replace(hash, other));
    await expect(startStack({ config: config(router) })).rejects.toThrow(
      `encoder ${other}, this one is ${hash}`,
    );
    writeFileSync(path, text);
  });
});

test('the command that measures knows the rows that were trained on', async () => {
  const argv = ['eval', 'routing', '--outcomes', join(folder, 'outcomes.jsonl'), '--router', router];
  const { status, out, err } = await sextant(...argv, '--json');
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ models: ['small', 'large'], seen: true, seen_rows: 40 });
  expect(err).toContain('note: the router was trained on these rows');
  const misnamed = await sextant('train', 'router', '--outcomes', 'x', '--out', router, '--name', 'a/b');
  expect(misnamed.status).toBe(2);
}, 120_000);
