import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readHead, writeHead } from '../../../src/evaluation/head-files.js';
import { packRows, unpackRows } from '../../../src/evaluation/packed-rows.js';
import { seededRandom } from '../../../src/lib/random.js';
import { type CustomHead, HEAD_WIDTH, scoreHead } from '../../../src/signals/custom-head.js';
import { scratch } from './files.js';

const folder = scratch();
const HASH = 'a'.repeat(64);
const ORIGIN = { rows: 3, labelCounts: { refund: 2, greeting: 1 }, metrics: { accuracy: 0.9 } };

function head(labels = ['greeting', 'refund', 'shipping']): CustomHead {
  const random = seededRandom(5);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => 2 * random() - 1);
  return {
    name: 'mine',
    labels,
    encoderHash: HASH,
    temperature: 1.5,
    outOfScope: { label: 'oos', coefficients: [1, 2, 3], bias: -1, threshold: 0.7 },
    weights: numbers(labels.length * HEAD_WIDTH),
    biases: numbers(labels.length),
    centers: numbers(labels.length * HEAD_WIDTH),
  };
}

async function written(name: string): Promise<string> {
  const dir = join(folder.path, name, 'deep');
  await writeHead(dir, head(), ORIGIN);
  return dir;
}

describe('a head', () => {
  test('says after reading what it said before writing, within what eight bits can hold', async () => {
    const read = await readHead(await written('same'), HASH);
    const random = seededRandom(6);
    const input = Float32Array.from({ length: HEAD_WIDTH }, () => (2 * random() - 1) / 16);
    const [before, after] = [scoreHead(head(), input), scoreHead(read, input)];
    expect(after.label).toBe(before.label);
    for (const [at, share] of after.probabilities.entries())
      expect(Math.abs(share - (before.probabilities[at] ?? 0))).toBeLessThan(0.01);
    expect({ ...read, weights: 0, centers: 0 }).toEqual({ ...head(), weights: 0, centers: 0 });
  });

  test('of 150 labels takes less than half a megabyte', async () => {
    const dir = join(folder.path, 'large');
    const labels = Array.from({ length: 150 }, (_, index) => `label ${index}`);
    await writeHead(dir, head(labels), ORIGIN);
    expect(statSync(join(dir, 'weights.bin')).size + statSync(join(dir, 'head.json')).size).toBeLessThan(
      500_000,
    );
  });

  test('of another encoder is refused, with the way out', async () => {
    const reading = readHead(await written('other'), 'b'.repeat(64));
    await expect(reading).rejects.toThrow(/head\.json: was trained on encoder a{12}….*train head/);
  });

  test.each([
    ['no JSON', () => 'hello', 'is not JSON'],
    [
      'no such version',
      (text: string) => text.replace('"version": 1', '"version": 2'),
      '"version" is not as it must be',
    ],
    ['a label twice', (text: string) => text.replace('"refund"', '"greeting"'), 'names a label twice'],
    ['a name that is a path', (text: string) => text.replace('"mine"', '"../mine"'), '"name" is not'],
    ['a temperature of 0', (text: string) => text.replace('1.5', '0'), '"temperature" is not'],
    ['something more', (text: string) => text.replace('{', '{"more": 1,'), 'is not as it must be'],
    ['a megabyte of blanks', (text: string) => text + ' '.repeat(1024 * 1024), 'is larger than'],
  ])('whose description has %s is refused', async (name, change, complaint) => {
    const dir = await written(name);
    const path = join(dir, 'head.json');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    await expect(readHead(dir, HASH)).rejects.toThrow(complaint);
    await expect(readHead(dir, HASH)).rejects.toThrow(path);
  });

  test('whose weights are cut off, too many or not finite is refused', async () => {
    const dir = await written('weights');
    const path = join(dir, 'weights.bin');
    const bytes = readFileSync(path);
    truncateSync(path, bytes.length - 1);
    await expect(readHead(dir, HASH)).rejects.toThrow(`${path}: is damaged (${bytes.length - 1} bytes`);
    writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(1)]));
    await expect(readHead(dir, HASH)).rejects.toThrow(`${path}: is larger than`);
    bytes.writeFloatLE(Number.NaN, bytes.length - 4);
    writeFileSync(path, bytes);
    await expect(readHead(dir, HASH)).rejects.toThrow('not finite');
  });

  test('that is not there, or cannot be written, is told apart', async () => {
    await expect(readHead(join(folder.path, 'nowhere'), HASH)).rejects.toThrow('cannot be read (ENOENT)');
    const blocked = folder.file('blocked', '');
    await expect(writeHead(join(blocked, 'x'), head(), ORIGIN)).rejects.toThrow('cannot be written');
  });
});

/** Far below every weight that training makes. */
const SMALLEST = 1e-30;

test('numbers too small for a scale come back as good as nothing', () => {
  const ulp = 2 ** -149;
  for (const values of [
    [0, 0, ulp, 0],
    [136 * ulp, -ulp, 3 * ulp, SMALLEST / 2],
  ]) {
    const bytes = packRows(Float32Array.from(values), 4);
    const unpacked = unpackRows({ bytes, count: 1, width: 4 });
    for (const [at, value] of values.entries())
      expect(Math.abs(value - (unpacked[at] ?? Number.NaN))).toBeLessThan(SMALLEST);
  }
});

test('packed rows are within half a step of what they were', () => {
  const width = 4;
  // A scale is a 32-bit float, and 127th parts of numbers near the smallest of these are none.
  const number = fc.float({ noNaN: true, min: -1000, max: 1000 }).map((value) => {
    return Math.abs(value) < SMALLEST ? 0 : value;
  });
  const rows = fc.array(number, {
    minLength: width,
    maxLength: 40,
  });
  fc.assert(
    fc.property(rows, (numbers) => {
      const values = Float32Array.from(numbers.slice(0, numbers.length - (numbers.length % width)));
      const count = values.length / width;
      const unpacked = unpackRows({ bytes: packRows(values, width), count, width });
      for (let row = 0; row < count; row++) {
        const part = values.subarray(row * width, (row + 1) * width);
        const step = Math.max(...part.map(Math.abs)) / 127;
        for (const [at, value] of part.entries())
          expect(Math.abs(value - (unpacked[row * width + at] ?? 0))).toBeLessThanOrEqual(0.501 * step);
      }
    }),
  );
});
