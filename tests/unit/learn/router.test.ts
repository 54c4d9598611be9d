import { describe, expect, test } from '@jest/globals';
import { LEAF } from '../../../src/learn/boosted-trees.js';
import { expectQuality, type Router, textMark } from '../../../src/learn/router.js';
import { memoryOf } from '../../../src/learn/router-memory.js';
import { floats, type PlainPart, partOf, plainPart } from '../../../src/learn/router-parts.js';
import { type OutcomeRows, pickRows } from '../../../src/learn/router-rows.js';
import { trainRouter } from '../../../src/learn/router-trainer.js';
import { fitWords } from '../../../src/learn/word-regression.js';
import { seededRandom } from '../../../src/lib/random.js';
import { outcomeRows, promptOf } from './outcomes.js';

function routerFrom(rows: OutcomeRows, progress?: (fit: number, of: number) => void): Router {
  const sample = {
    quality: new Float32Array(),
    outputTokens: new Float32Array(),
    promptTokens: new Float32Array(),
  };
  const trained = trainRouter(rows, { random: seededRandom(3), progress });
  return { name: 'made', encoderHash: 'e', models: rows.models, ...trained, sample, seen: new Uint32Array() };
}

describe('a router', () => {
  test('expects of each model what it did on prompts like this', () => {
    const router = routerFrom(outcomeRows());
    const easy = expectQuality(router, promptOf(-0.8, 'name a river'));
    const hard = expectQuality(router, promptOf(0.8, 'prove the lemma'));
    expect(easy?.quality[0]).toBeGreaterThan(0.7);
    expect(hard?.quality[0]).toBeLessThan(0.3);
    expect(hard?.quality[1]).toBeGreaterThan(0.8);
    expect(easy?.outputTokens).toBeUndefined();
  });

  test('learns the same from the same rows, and what each model writes', () => {
    const rows = outcomeRows({ tokens: true });
    const steps: string[] = [];
    const [one, other] = [routerFrom(rows), routerFrom(rows, (fit, of) => steps.push(`${fit}/${of}`))];
    const said = expectQuality(one, promptOf(0.1));
    expect(said).toEqual(expectQuality(other, promptOf(0.1)));
    expect(said?.outputTokens?.[0]).toBeCloseTo(100, 1);
    expect(said?.outputTokens?.[1]).toBeCloseTo(300, 1);
    expect(steps.length).toBeGreaterThan(0);
  });

  test('learns nothing from models that were not asked', () => {
    const rows = outcomeRows();
    const correct = rows.correct.map((value, at) => (at % 2 === 1 && at > 100 ? Number.NaN : value));
    const said = expectQuality(routerFrom({ ...rows, correct }), promptOf(0.5));
    expect(said?.quality.every(Number.isFinite)).toBe(true);
  });

  test('expects nothing where the encoder says too little', () => {
    const router = routerFrom(outcomeRows({ count: 40 }));
    const prompt = promptOf(0);
    const { heads: _none, ...bare } = prompt.embedding;
    expect(expectQuality(router, { ...prompt, embedding: bare })).toBeUndefined();
    const rows = outcomeRows({ count: 2 });
    const headless = { ...rows, prompts: rows.prompts.map((each) => ({ ...each, embedding: bare })) };
    expect(() => routerFrom(headless)).toThrow('the encoder has none');
  });

  test('holds less to what sets models apart where it is told to', () => {
    const rows = outcomeRows();
    const apart = (ownShare: number) => {
      const router = { ...routerFrom(rows), ...trainRouter(rows, { random: seededRandom(3), ownShare }) };
      const gaps = rows.prompts.map((prompt) => {
        const [first = 0, second = 0] = expectQuality(router, prompt)?.quality ?? [];
        return second - first;
      });
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      return gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0);
    };
    expect(apart(0.2)).toBeLessThan(0.9 * apart(1));
  });

  test('marks texts, and hardly two of them alike', () => {
    const marks = new Set(Array.from({ length: 2000 }, (_, at) => textMark(`question ${at}`)));
    expect(marks.size).toBe(2000);
    expect(textMark('a')).toBe(textMark('a'));
  });
});

describe('its parts as plain data', () => {
  const rows = outcomeRows({ count: 60, tokens: true });
  const memory = memoryOf(outcomeRows({ count: 40, seed: 6 }), seededRandom(4));
  const { parts, tokens } = trainRouter(rows, { random: seededRandom(3), memory });

  test('are read as they were written', () => {
    expect(parts.map(({ kind }) => kind)).toEqual(['linear', 'words', 'forest']);
    for (const part of parts) expect(partOf(plainPart(part), 2)).toEqual(part);
    if (tokens !== undefined) expect(partOf(plainPart(tokens.part), 2)).toEqual(tokens.part);
  });

  test.each([
    ['fits no 2 models', 'linear', { weights: new Float32Array(4), biases: new Float32Array(3) }],
    ['no array of floats called biases', 'linear', { weights: new Float32Array(4) }],
    [
      'no array of floats called weights',
      'linear',
      { weights: new Int8Array(4), biases: new Float32Array(2) },
    ],
    ['unknown kind "guess"', 'guess', {}],
    ['no whole number called buckets', 'words', {}],
  ])('are refused: %s', (message, kind, tensors) => {
    expect(() => partOf({ kind, settings: {}, tensors }, 2)).toThrow(message);
  });

  test('are refused where their arrays do not belong together', () => {
    const [, words, forest] = parts.map(plainPart);
    if (words === undefined || forest === undefined) throw new Error('there are three parts');
    const spoilt = (part: PlainPart, tensors: PlainPart['tensors'], models = 2) => {
      return () => partOf({ ...part, tensors: { ...part.tensors, ...tensors } }, models);
    };
    const { columns, children, memory_outcomes: outcomes } = forest.tensors;
    expect(spoilt(words, { weights: new Int8Array(7) })).toThrow('7 weights that fits no 2 models');
    expect(spoilt(forest, {}, 3)).toThrow('belong together');
    expect(spoilt(forest, { biases: new Float32Array(3) })).toThrow('fits no 2 models');
    expect(spoilt(forest, { columns: Uint16Array.from(columns ?? [], () => 5000) })).toThrow(
      'belong together',
    );
    expect(spoilt(forest, { children: Uint32Array.from(children ?? [], () => 0) })).toThrow(
      'belong together',
    );
    expect(spoilt(forest, { memory_outcomes: Int8Array.from(outcomes ?? []).subarray(1) })).toThrow(
      'a memory',
    );
  });

  test('walk no further than to a leaf, whatever the file says', () => {
    const forest = parts.map(plainPart).find(({ kind }) => kind === 'forest');
    const { input_width: width = 0 } = forest?.settings ?? {};
    const asking = Uint16Array.from(forest?.tensors['columns'] ?? [], (column) =>
      column === LEAF ? LEAF : width,
    );
    if (forest === undefined) throw new Error('there is a forest');
    expect(() => partOf({ ...forest, tensors: { ...forest.tensors, columns: asking } }, 2)).toThrow(
      'fits no',
    );
  });

  test('are found by name', () => {
    expect(() => floats({}, 'toString')).toThrow('called toString');
  });
});

test('rows are picked with all that belongs to them', () => {
  const rows = outcomeRows({ count: 4, tokens: true });
  const picked = pickRows(rows, [3, 1]);
  expect(picked.prompts.map(({ text }) => text)).toEqual([rows.prompts[3]?.text, rows.prompts[1]?.text]);
  expect([...picked.correct]).toEqual([rows.correct[6], rows.correct[7], rows.correct[2], rows.correct[3]]);
  expect([...(picked.outputTokens ?? [])]).toEqual([100, 300, 100, 300]);
});

describe('words', () => {
  const texts = Array.from({ length: 60 }, (_, at) =>
    at % 2 === 0 ? `prove lemma ${at}` : `name river ${at}`,
  );
  const outcomes = Float32Array.from({ length: 120 }, (_, at) =>
    at % 2 === 0 ? Number((at / 2) % 2 === 0) : at < 20 ? Number.NaN : 1,
  );

  test('tell outcomes apart, each output for itself', () => {
    const model = fitWords({ texts, outcomes, outputs: 2 }, [...texts.keys()], seededRandom(1));
    const [hard = 0, always = 0] = model('prove another lemma');
    expect(hard).toBeGreaterThan(0.7);
    expect(model('name another river')[0]).toBeLessThan(0.3);
    expect(always).toBeGreaterThan(0.8);
    expect(model('')[0]).toBeCloseTo(0.5, 1);
  });
});
