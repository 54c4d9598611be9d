import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { measureRouting } from '../../../src/evaluation/dev-routing.js';
import { writeRouter } from '../../../src/evaluation/router-files.js';
import { wordEncoder } from '../../support/word-encoder.js';
import { madeRouter, outcomeRows } from '../learn/outcomes.js';
import { jsonLines, scratch } from './files.js';

const folder = scratch();

function put(path: string, content: string): void {
  mkdirSync(dirname(join(folder.path, path)), { recursive: true });
  writeFileSync(join(folder.path, path), content);
}

test('routing is measured on rows that nothing was learnt from, beside its targets', async () => {
  const pairs = (count: number, subject: string) =>
    Array.from({ length: count }, (_, at) => ({
      prompt: `${subject} ${at}`,
      subject,
      weak: at % 2,
      strong: 1,
    }));
  put(
    'data/outcomes/routellm_mmlu.train.jsonl',
    jsonLines([...pairs(150, 'law'), ...pairs(50, 'high_school_mathematics')]),
  );
  put('data/outcomes/routellm_gsm8k.train.jsonl', jsonLines(pairs(150, 'sums')));
  put('data/outcomes/models.json', JSON.stringify({ pool: { seven: 7, thirteen: 13 } }));
  const many = Array.from({ length: 40 }, (_, at) => ({
    question: `question ${at}`,
    correct: { seven: at % 2, thirteen: 1, other: 0 },
    output_tokens: { seven: 100, thirteen: 100 },
  }));
  put('data/outcomes/mmlu_pro_28_models.dev.jsonl', jsonLines(many));
  for (const [named, ...names] of [
    ['two', 'seven', 'thirteen'],
    ['pair', 'weak', 'strong'],
  ]) {
    const models = names.map((name) => ({ name, parametersB: 1 }));
    const router = { ...madeRouter(outcomeRows({ count: 30 }), named ?? ''), models };
    await writeRouter(join(folder.path, `models/routers/${named}`), router, { rows: 30, metrics: {} });
  }

  const told: string[] = [];
  const sources = { dataDir: join(folder.path, 'data'), modelsDir: join(folder.path, 'models') };
  const lines = await measureRouting(
    { ...sources, progress: (what) => told.push(what) },
    { encoder: wordEncoder(), workers: 1 },
  );
  const counts = Object.fromEntries(
    lines.map(({ what, figure, target }) => [what, [figure.n, target?.value]]),
  );
  expect(Object.keys(counts)).toEqual([
    'Mixtral/GPT-4, MMLU: apgr',
    'Mixtral/GPT-4, MMLU: strong calls at 95',
    'Mixtral/GPT-4, MMLU: cpt50',
    'Mixtral/GPT-4, MMLU: cpt80',
    'Mixtral/GPT-4, MMLU without high_school_mathematics: apgr',
    'Mixtral/GPT-4, MMLU without high_school_mathematics: strong calls at 95',
    'Mixtral/GPT-4, MMLU without high_school_mathematics: cpt50',
    'Mixtral/GPT-4, MMLU without high_school_mathematics: cpt80',
    'Mixtral/GPT-4, GSM8K: apgr',
    'Mixtral/GPT-4, GSM8K: strong calls at 95',
    'Mixtral/GPT-4, GSM8K: cpt50',
    'Mixtral/GPT-4, GSM8K: cpt80',
    'ten open models, MMLU-Pro: points over line at half cost',
    'ten open models, MMLU-Pro: min points over line',
    'ten open models, MMLU-Pro: small only gain',
    'ten open models, MMLU-Pro: cost at equal accuracy',
  ]);
  // Every row is judged by a router that did not learn from it.
  expect(counts['Mixtral/GPT-4, MMLU: apgr']?.[0]).toBe(200);
  expect(counts['Mixtral/GPT-4, MMLU without high_school_mathematics: apgr']?.[0]).toBe(150);
  expect(counts['Mixtral/GPT-4, GSM8K: apgr']?.[0]).toBe(150);
  expect(counts['ten open models, MMLU-Pro: small only gain']).toEqual([40, 4]);
  expect(told).toHaveLength(6);
}, 60_000);
