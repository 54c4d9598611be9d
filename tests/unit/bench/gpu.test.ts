import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compare, isSame, latencyTable, type Measured } from '../../../bench/gpu-compare.js';
import {
  checkGpu,
  DIFFERENT,
  type GpuCheck,
  type GpuClassifier,
  NO_CUDA,
  SAME,
} from '../../../bench/gpu-run.js';
import { gpuTexts, LENGTHS } from '../../../bench/gpu-texts.js';
import { openClassifier } from '../../../src/app.js';
import { packagePath } from '../../../src/cli/package-path.js';
import { ensureBuilt } from '../../support/built.js';

const HEADS = {
  domain: { answers: 'one' },
  difficulty: { answers: 'each' },
  guard: { answers: 'one', threshold: 0.5 },
} as const;

type Probabilities = Record<keyof typeof HEADS, number[]>;
const CALM: Probabilities = { domain: [0.2, 0.8], difficulty: [0.9, 0.4], guard: [0.7, 0.3] };

function measured(vector: number[], change: Partial<Probabilities> = {}, tokens = 10, ms = 1): Measured {
  const { domain, difficulty, guard } = { ...CALM, ...change };
  const probabilities = {
    domain: Float32Array.from(domain),
    difficulty: Float32Array.from(difficulty),
    guard: Float32Array.from(guard),
  };
  return { answer: { vector: Float32Array.from(vector), tokens, heads: { probabilities } }, ms };
}

describe('two providers', () => {
  const left = measured([1, 0]);

  test('that answer alike are the same', () => {
    const found = compare([left], [measured([2, 0.02], { domain: [0.4, 0.6] })], HEADS);
    expect(found).toMatchObject({ far: 0, agreement: { domain: 1, difficulty: 1, guard: 1 } });
    expect(isSame(found)).toBe(true);
  });

  test.each<[string, Measured]>([
    ['vectors apart', measured([1, 0.1])],
    ['vectors of another length', measured([1, 0, 0])],
    ['vectors that are no numbers', measured([Number.NaN, 0])],
    ['another label', measured([1, 0], { domain: [0.6, 0.4] })],
    ['labels of their own on the other side of a half', measured([1, 0], { difficulty: [0.9, 0.6] })],
    ['an attack for one alone', measured([1, 0], { guard: [0.5, 0.5] })],
    ['probabilities that are no numbers', measured([1, 0], { domain: [Number.NaN, 1] })],
    ['no heads', { answer: { vector: Float32Array.of(1, 0), tokens: 10 }, ms: 1 }],
  ])('with %s are not', (_, right) => {
    expect(isSame(compare([left], [right], HEADS))).toBe(false);
  });

  test('with nothing to compare are not the same', () => {
    expect(isSame(compare([], [], HEADS))).toBe(false);
    expect(isSame(compare([left], [], HEADS))).toBe(false);
  });
});

test('the latency table has a line for each length that was there', () => {
  const cpu = [measured([1], {}, 12, 2), measured([1], {}, 500, 50)];
  const cuda = [measured([1], {}, 12, 1), measured([1], {}, 500, 5)];
  const lines = latencyTable(cpu, cuda).split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/1–16 +1 +2\.00 ms +2\.00 ms +1\.00 ms +1\.00 ms +2\.00 x/);
  expect(lines[2]).toMatch(/257–512 .* 10\.00 x/);
});

describe('texts', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sextant-gpu-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('have every length, the same ones each time', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, at) => `question ${at} about\\nsomething of ${at * 7} words`,
    );
    writeFileSync(join(folder, 'a.txt'), lines.join('\n'));
    writeFileSync(join(folder, 'not-this.py'), 'import os');
    const texts = await gpuTexts(folder);
    expect(texts).toHaveLength(203);
    expect(new Set(texts.map((text) => text.split(' ').length)).size).toBe(LENGTHS.length);
    expect(texts.join()).not.toMatch(/import os|\\n/);
    expect(await gpuTexts(folder)).toEqual(texts);
  });

  test('that are not there are an error', async () => {
    await expect(gpuTexts(join(folder, 'nowhere'))).rejects.toThrow();
    writeFileSync(join(folder, 'a.txt'), '\n');
    await expect(gpuTexts(folder)).rejects.toThrow('has a line');
  });
});

describe('the check', () => {
  function fake(provider: string, vector: number[]): GpuClassifier {
    const { answer } = measured(vector);
    return { encoder: { provider, heads: HEADS, encode: async () => answer }, close: async () => {} };
  }

  async function check(open: GpuCheck['open']): Promise<{ status: number; said: string }> {
    const said: string[] = [];
    const status = await checkGpu({ open, texts: ['one', 'two'], say: (text) => said.push(text) });
    return { status, said: said.join('\n') };
  }

  test('says that the answers are the same', async () => {
    const { status, said } = await check(async ({ provider }) => fake(provider, [1, 0]));
    expect(status).toBe(SAME);
    expect(said).toContain('domain: 100.0 % decided alike');
    expect(said).toContain('the same answers on both');
  });

  test('says that they differ', async () => {
    const { status, said } = await check(async ({ provider }) =>
      fake(provider, provider === 'cpu' ? [1, 0] : [0.9, 0.3]),
    );
    expect(status).toBe(DIFFERENT);
    expect(said).toContain('2 of 2 below 0.999');
    expect(said).toContain('do not serve from this provider');
  });

  test('takes no fallback for CUDA', async () => {
    const { status, said } = await check(async () => fake('cpu', [1, 0]));
    expect(status).toBe(NO_CUDA);
    expect(said).toContain('the encoder runs on cpu instead');
  });

  test('on a machine without CUDA says what is missing and how to get it', async () => {
    ensureBuilt();
    // The shipped encoder, asked for CUDA: without a GPU the real runtime refuses, and with one this is no such machine.
    const here = await openClassifier({ provider: 'cuda' }).catch(() => undefined);
    await here?.close();
    if (here !== undefined) return;
    const { status, said } = await check(openClassifier);
    expect(status).toBe(NO_CUDA);
    expect(said).toContain('could not be loaded on provider "cuda"');
    expect(said).toContain('models/gpu/fetch-cuda-provider.sh');
    for (const [named] of said.matchAll(/(?:docs|models\/gpu)\/[a-z-]+\.(?:md|sh)/g)) {
      expect([named, existsSync(packagePath(named))]).toEqual([named, true]);
    }
  }, 120_000);
});

test('the script that fetches the provider can be read by its shell, and refuses what it does not know', () => {
  const script = packagePath('models/gpu/fetch-cuda-provider.sh');
  expect(spawnSync('bash', ['-n', script]).status).toBe(0);
  const { status, stderr } = spawnSync(script, ['--cudnn'], { encoding: 'utf8' });
  expect([status, stderr.startsWith('usage: ')]).toEqual([2, true]);
});
