import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findRouter, readNamedRouter } from '../../../src/evaluation/find-router.js';
import { onlyNamed, readOutcomes, readPrices } from '../../../src/evaluation/outcome-rows.js';
import { routedPrompts } from '../../../src/evaluation/routed-prompts.js';
import { readRouter, writeRouter } from '../../../src/evaluation/router-files.js';
import { finishRouter, heldOutPart } from '../../../src/evaluation/router-job.js';
import { evaluateRouting } from '../../../src/evaluation/routing.js';
import { modelsOf, routedRows } from '../../../src/evaluation/routing-rows.js';
import { expectQuality } from '../../../src/learn/router.js';
import type { OutcomeRows } from '../../../src/learn/router-rows.js';
import { wordEncoder } from '../../support/word-encoder.js';
import { madeRouter, outcomeRows } from '../learn/outcomes.js';
import { jsonLines, scratch } from './files.js';

const folder = scratch();
const ENCODER = 'e'.repeat(64);

function named(rows: OutcomeRows, names: readonly string[]): OutcomeRows {
  return { ...rows, models: rows.models.map((model, at) => ({ ...model, name: names[at] ?? '' })) };
}

/** Rows of two files whose words say how hard they are. */
function lines(count: number, from = 0): readonly Record<string, unknown>[] {
  return Array.from({ length: count }, (_, at) => {
    const hard = at % 3 === 0;
    return {
      prompt: `${hard ? 'prove lemma' : 'name river'} ${from + at}`,
      weak: hard ? 0 : 1,
      strong: 1,
      subject: at,
    };
  });
}

describe('outcomes', () => {
  test('of two models are read from prompt, weak and strong alone', async () => {
    const path = folder.file('pairs.jsonl', jsonLines([{ prompt: 'a', weak: 0, strong: 1, subject: 7 }]));
    expect(await readOutcomes(path)).toEqual({
      path,
      shape: 'weak-strong',
      texts: ['a'],
      models: ['weak', 'strong'],
      correct: Float32Array.of(0, 1),
      outputTokens: undefined,
    });
  });

  test('of many models are read by name, with the options as letters', async () => {
    const path = folder.file(
      'many.jsonl',
      jsonLines([
        { question: 'Which? ', options: ['one', 'two'], correct: { b: 1, a: 0 }, output_tokens: { a: 5 } },
        { question: 'Why?', correct: { a: 1 }, category: 'law' },
      ]),
    );
    const outcomes = await readOutcomes(path);
    expect(outcomes.texts).toEqual(['Which?\nA. one\nB. two\nAnswer:', 'Why?']);
    expect(outcomes.models).toEqual(['a', 'b']);
    expect([...outcomes.correct]).toEqual([0, 1, 1, Number.NaN]);
    expect([...(outcomes.outputTokens ?? [])]).toEqual([5, Number.NaN, Number.NaN, Number.NaN]);
    expect([...onlyNamed(outcomes, ['b']).correct]).toEqual([1, Number.NaN]);
    expect(() => onlyNamed(outcomes, ['c'])).toThrow(`${path}: tells nothing of the model "c"; it has a, b`);
  });

  test.each([
    [{ prompt: 'a', weak: 2, strong: 1 }, 'the outcome of "weak" is neither 0 nor 1'],
    [{ weak: 1, strong: 1 }, 'there is no "prompt"'],
    [{ question: 'a' }, 'there is no object "correct"'],
    [{ question: 'a', correct: { m: 0.5 } }, 'the outcome of "m" is neither 0 nor 1'],
    [{ question: 'a', correct: { m: 1 }, output_tokens: 3 }, 'there is no object "output_tokens"'],
    [{ question: 'a', correct: { m: 1 }, options: new Array(27).fill('x') }, 'has 27 options'],
    [
      { question: 'a', correct: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`m${at}`, 1])) },
      'names 101 models',
    ],
  ])('say where a row is wrong: %#', async (row, complaint) => {
    await expect(readOutcomes(folder.file('bad.jsonl', jsonLines([row])))).rejects.toThrow(complaint);
  });

  test('have prices of the shape of models.json', async () => {
    const good = folder.file('prices.json', '{"unit":"x","pool":{"a":70.6,"b":8}}');
    expect([...(await readPrices(good))]).toEqual([
      ['a', 70.6],
      ['b', 8],
    ]);
  });

  test.each([
    ['{', 'is not JSON'],
    ['[]', 'has no object "pool"'],
    ['{"pool":{"a":-1}}', 'says of "a" what is no number above 0'],
    ['{"pool":{"a":1}}', 'names 1 models'],
  ])('refuse prices such as %s', async (text, complaint) => {
    await expect(readPrices(folder.file('prices-bad.json', text))).rejects.toThrow(complaint);
    await expect(readPrices(join(folder.path, 'none.json'))).rejects.toThrow('cannot be read');
  });

  test('are of one shape, and many models need prices', async () => {
    const pairs = await readOutcomes(folder.file('p.jsonl', jsonLines(lines(1))));
    const many = await readOutcomes(
      folder.file('m.jsonl', jsonLines([{ question: 'a', correct: { a: 1, b: 0 } }])),
    );
    expect(modelsOf([pairs], undefined).map(({ name }) => name)).toEqual(['weak', 'strong']);
    expect(modelsOf([many], new Map([['b', 2]]))).toEqual([{ name: 'b', parametersB: 2 }]);
    expect(() => modelsOf([many], undefined)).toThrow('say with --prices');
    expect(() => modelsOf([pairs, many], undefined)).toThrow('has other kinds of rows');
    expect(() => modelsOf([], undefined)).toThrow('name a file');
  });
});

describe('passes over prompts', () => {
  test('are kept by text and model, and read again', async () => {
    const cacheDir = join(folder.path, 'passes');
    const encoder = wordEncoder();
    const texts = ['prove the lemma', 'name a river'];
    const first = await routedPrompts(texts, { encoder, workers: 1, cacheDir });
    const again = await routedPrompts(texts, { encoder, workers: 1, cacheDir });
    expect(encoder.encoded).toEqual(texts);
    expect(again).toEqual(first);
    expect(again[0]?.text).toBe('prove the lemma');
    expect(again[0]?.embedding.vector).toEqual((await encoder.encode('prove the lemma', 1)).vector);
    for (let at = 0; at < 12; at++) await routedPrompts([`text ${at}`], { encoder, workers: 1, cacheDir });
    expect(readdirSync(cacheDir)).toHaveLength(8);
    await routedPrompts(['text 11'], { encoder, workers: 1, cacheDir: join(folder.path, 'prices.json') });
  });

  test('need heads', async () => {
    const encoder = wordEncoder();
    const { heads: _none, ...bare } = encoder;
    await expect(routedPrompts(['a'], { encoder: bare, workers: 1 })).rejects.toThrow('has no heads');
    const encode: typeof encoder.encode = async (text) => {
      const { heads: _heads, ...rest } = await encoder.encode(text, 1);
      return rest;
    };
    await expect(routedPrompts(['a'], { encoder: { ...encoder, encode }, workers: 1 })).rejects.toThrow(
      'no heads',
    );
  });
});

describe('the files of a router', () => {
  const router = madeRouter(outcomeRows({ count: 120, tokens: true }));
  const origin = { rows: 120, metrics: { apgr: 0.7 } };
  const dir = join(folder.path, 'router');

  test('give the same router back', async () => {
    await writeRouter(dir, router, origin);
    const read = await readRouter(dir, ENCODER);
    expect(read).toEqual(router);
    const [prompt] = outcomeRows({ count: 1 }).prompts;
    if (prompt !== undefined) expect(expectQuality(read, prompt)).toEqual(expectQuality(router, prompt));
    expect(read.sample.quality.length).toBe(2 * read.sample.promptTokens.length);
    expect(readFileSync(join(dir, 'weights.bin')).includes('lemma')).toBe(false);
  });

  test('are refused on another encoder, with both hashes', async () => {
    await writeRouter(dir, router, origin);
    const wrong = readRouter(dir, 'f'.repeat(64));
    await expect(wrong).rejects.toThrow(`trained on encoder ${ENCODER}, this one is ${'f'.repeat(64)}`);
  });

  test.each<readonly [string, string, (dir: string) => void]>([
    ['cannot be read (ENOENT)', 'missing', () => undefined],
    ['is not JSON', 'text', (at) => writeFileSync(join(at, 'router.json'), 'x')],
    ['"version" is not as it must be', 'version', (at) => change(at, { version: 2 })],
    ['parts and models that do not belong together', 'parts', (at) => change(at, { parts: [] }, 0)],
    [
      'a part of the unknown kind',
      'kind',
      (at) => change(at, { tokens: { kind: 'guess', settings: {}, tensors: [] } }),
    ],
    ['too few', 'short', (at) => writeFileSync(join(at, 'weights.bin'), Buffer.alloc(8))],
    [
      'bytes too many',
      'long',
      (at) => writeFileSync(join(at, 'weights.bin'), Buffer.concat([weightsOf(at), Buffer.alloc(4)])),
    ],
    [
      'not finite',
      'infinite',
      (at) => writeFileSync(join(at, 'weights.bin'), weightsOf(at).fill(0xff, 0, 4)),
    ],
  ])('say what is wrong: %s', async (complaint, name, spoil) => {
    const at = join(folder.path, `router-${name}`);
    if (name !== 'missing') await writeRouter(at, router, origin);
    spoil(at);
    await expect(readRouter(at, ENCODER)).rejects.toThrow(complaint);
  });

  test('cannot be written just anywhere', async () => {
    await expect(writeRouter(folder.file('a-file', ''), router, origin)).rejects.toThrow('cannot be written');
  });

  function weightsOf(at: string): Buffer {
    return readFileSync(join(at, 'weights.bin'));
  }

  /** Without parts, their bytes go as well, so that it is the numbers that do not fit. */
  function change(at: string, keys: Readonly<Record<string, unknown>>, partBytes?: number): void {
    const path = join(at, 'router.json');
    const json = JSON.parse(readFileSync(path, 'utf8'));
    if (partBytes !== undefined) {
      const floats = json.parts[0].tensors.reduce(
        (sum: number, each: { length: number }) => sum + each.length,
        0,
      );
      writeFileSync(join(at, 'weights.bin'), weightsOf(at).subarray(4 * floats));
    }
    writeFileSync(path, JSON.stringify({ ...json, ...keys }));
  }
});

describe('the router for some rows', () => {
  const modelsDir = join(folder.path, 'models');
  const wish = { modelsDir, encoderHash: ENCODER };

  test('is found by the names of the models alone', async () => {
    mkdirSync(join(modelsDir, 'routers'), { recursive: true });
    const rows = outcomeRows({ count: 60 });
    const pair = madeRouter(rows, 'pair');
    await writeRouter(join(modelsDir, 'routers/pair'), pair, { rows: 60, metrics: {} });
    const two = { ...pair, name: 'two', models: named(rows, ['a', 'b']).models };
    await writeRouter(join(modelsDir, 'routers/two'), two, { rows: 60, metrics: {} });
    const pairs = await readOutcomes(folder.file('f1.jsonl', jsonLines(lines(1))));
    const many = await readOutcomes(
      folder.file('f2.jsonl', jsonLines([{ question: 'q', correct: { a: 1, b: 0, c: 0 } }])),
    );
    const other = await readOutcomes(
      folder.file('f3.jsonl', jsonLines([{ question: 'q', correct: { c: 1 } }])),
    );
    expect((await findRouter(pairs, wish)).name).toBe('pair');
    expect((await findRouter(many, wish)).name).toBe('two');
    await expect(findRouter(other, wish)).rejects.toThrow('no shipped router knows these models');
    await expect(findRouter(pairs, { ...wish, modelsDir: folder.path })).rejects.toThrow('--train FILE');
    expect((await findRouter(pairs, { ...wish, named: 'two' })).name).toBe('two');
    expect((await readNamedRouter({ ...wish, named: join(modelsDir, 'routers/pair') })).name).toBe('pair');
    await expect(readNamedRouter(wish)).rejects.toThrow('cannot be read');
  });
});

test('a finished router was trained on all rows, and sampled on those that were held out', () => {
  const rows = outcomeRows({ count: 100, tokens: true });
  const job = { name: 'finished', rows, encoderHash: ENCODER };
  const held = heldOutPart(job);
  const router = finishRouter(job, held);
  expect(held.rows.prompts.length).toBeLessThan(40);
  expect(held.router.seen.length + held.rows.prompts.length).toBe(100);
  expect(router.seen).toHaveLength(100);
  expect(router.sample.promptTokens).toHaveLength(held.rows.prompts.length);
  expect(router.sample.quality).toHaveLength(2 * held.rows.prompts.length);
  expect(router.sample.outputTokens).toHaveLength(2 * held.rows.prompts.length);
});

describe('routing', () => {
  const train = outcomeRows({ count: 200 });
  const unseen = outcomeRows({ count: 300, seed: 6 });
  const router = madeRouter(train);
  const job = { encoderHash: ENCODER, parts: 1 };

  test('of unseen rows is measured as the router ships, beside simpler rules', () => {
    const { json, figures, notes } = evaluateRouting({ ...job, rows: unseen, router });
    expect(json).toMatchObject({ n: 300, router: 'made', seen: false, seen_rows: 0, measured: 'all rows' });
    expect(Number(json['apgr'])).toBeGreaterThan(0.65);
    expect(Number(json['strong_calls_at_95'])).toBeLessThan(0.6);
    expect(json['baselines']).toMatchObject({
      random: { apgr: 0.5, min_points_over_line: 0 },
      cheapest_single: { cost: 0 },
      best_single: { cost: 1 },
      domain_only: { apgr: expect.any(Number) },
      word_features: { apgr: expect.any(Number) },
      oracle: { min_points_over_line: 0 },
    });
    expect(figures.find(({ name }) => name === 'apgr')?.interval).toHaveLength(2);
    expect(figures.map(({ name }) => name)).toContain('apgr, oracle');
    expect(notes).toEqual([]);
  });

  test('compares with simpler rules on a part that was held out too, by its text', () => {
    const rows = reversed(named(outcomeRows({ count: 400, tokens: true }), ['small', 'large']));
    const held = heldOutPart({ name: 'held', rows, encoderHash: ENCODER });
    const { json } = evaluateRouting({ ...job, ...held });
    const simple = json['baselines'] as Readonly<Record<string, Readonly<Record<string, number>>>>;
    // Where nothing was learnt from, no model is picked, and the accuracy is 0.
    for (const rule of ['domain_only', 'word_features'])
      expect(simple[rule]?.['points_over_line_at_half_cost']).toBeGreaterThan(-20);
  });

  test('of rows that were trained on is measured on a part that was held out, and says so', () => {
    const { json, notes } = evaluateRouting({ ...job, rows: train, router });
    expect(json).toMatchObject({ seen: true, seen_rows: 200, measured: '1 of 5 parts, held out' });
    expect(Number(json['n'])).toBeLessThan(100);
    expect(notes[0]).toContain('was trained on these rows');
  });

  test('trains on other rows first, and tells of the few that stand in both', () => {
    const [first] = train.prompts;
    const prompts = unseen.prompts.map((prompt, at) => (at === 0 && first !== undefined ? first : prompt));
    const progress: string[] = [];
    const { json, notes } = evaluateRouting({
      ...job,
      rows: { ...unseen, prompts },
      train,
      progress: (what) => progress.push(what),
    });
    expect(json).toMatchObject({ router: null, seen: false, seen_rows: 1 });
    expect(Number(json['apgr'])).toBeGreaterThan(0.65);
    expect(notes).toEqual(['1 rows stand among those that it was trained on']);
    expect(progress).toEqual(['training on 200 rows']);
  });

  test('of a pool is measured by what answers cost', () => {
    const rows = (seed: number) => named(outcomeRows({ count: 300, seed, tokens: true }), ['small', 'large']);
    const { json } = evaluateRouting({ ...job, rows: rows(9), router: madeRouter(rows(8)) });
    expect(json).toMatchObject({ apgr: null, small_only_gain: null });
    expect(Number(json['points_over_line_at_half_cost'])).toBeGreaterThan(5);
    expect(json['baselines']).toMatchObject({ cheapest_single: { cost: 0.8 }, best_single: { cost: 21 } });
  });

  test('of a pool without counted tokens goes by the parameters alone, and tells what small models gain', () => {
    const rows = named(outcomeRows({ count: 200 }), ['one', 'other']);
    const small = { ...rows, models: rows.models.map((model) => ({ ...model, parametersB: 8 })) };
    const { json } = evaluateRouting({ ...job, rows: small, router: madeRouter(rows) });
    expect(json['small_only_gain']).not.toBeNull();
    expect(json['baselines']).toMatchObject({ best_single: { cost: 8 } });
  });

  test('says what it lacks', () => {
    expect(() => evaluateRouting({ ...job, rows: outcomeRows({ count: 0 }), router })).toThrow(
      'no rows to measure',
    );
    expect(() => evaluateRouting({ ...job, rows: unseen })).toThrow('train one with --train FILE');
    expect(() => evaluateRouting({ ...job, rows: unseen, train: outcomeRows({ count: 10 }) })).toThrow(
      'to learn from',
    );
    const [part] = router.parts;
    const other = {
      ...router,
      parts: part?.kind === 'linear' ? [{ ...part, weights: new Float32Array(4) }] : [],
    };
    expect(() => evaluateRouting({ ...job, rows: unseen, router: other })).toThrow('reads other numbers');
  });

  test('rows of several files are one table', async () => {
    const encoder = wordEncoder();
    const files = [
      await readOutcomes(folder.file('one.jsonl', jsonLines(lines(3)))),
      await readOutcomes(folder.file('two.jsonl', jsonLines(lines(2, 3)))),
    ];
    const rows = await routedRows(files, modelsOf(files, undefined), { encoder, workers: 1 });
    expect(rows.prompts.map(({ text }) => text)[4]).toBe('name river 4');
    expect([...rows.correct]).toEqual([0, 1, 1, 1, 1, 1, 0, 1, 1, 1]);
  });
});

/** The dear model first. */
function reversed({ prompts, models, correct, outputTokens }: OutcomeRows): OutcomeRows {
  const swapped = (values: Float32Array) =>
    values.map((_, at) => values[at % 2 === 0 ? at + 1 : at - 1] ?? 0);
  return {
    prompts,
    models: models.toReversed(),
    correct: swapped(correct),
    outputTokens: outputTokens === undefined ? undefined : swapped(outputTokens),
  };
}
