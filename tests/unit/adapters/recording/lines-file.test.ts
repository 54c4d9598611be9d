import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LinesFileOptions, openLinesFile } from '../../../../src/adapters/recording/lines-file.js';

let folder: string;
let problems: unknown[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-lines-'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function path(): string {
  return join(folder, 'log.jsonl');
}

function opened(over: Partial<LinesFileOptions> = {}) {
  return openLinesFile({
    path: path(),
    bytesMax: 200,
    waitingBytesMax: 10_000,
    head: 'head',
    onProblem: (problem) => problems.push(problem),
    ...over,
  });
}

function read(name = 'log.jsonl'): string {
  return readFileSync(join(folder, name), 'utf8');
}

describe('a file of lines', () => {
  test('begins with its head, and only the owner may read it', async () => {
    const file = opened();
    file.write('one');
    file.write('two');
    await file.close();
    expect(read()).toBe('head\none\ntwo\n');
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  test('is not there until something is written', async () => {
    await opened().close();
    expect(existsSync(path())).toBe(false);
  });

  test('goes on where another process ended, says the head again, and closes what others could read', async () => {
    writeFileSync(path(), 'head\nold\n');
    chmodSync(path(), 0o644);
    const file = opened();
    file.write('new');
    await file.close();
    expect(read()).toBe('head\nold\nhead\nnew\n');
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  test('makes room by forgetting the older half, and never weighs more than its bound', async () => {
    const file = opened();
    for (let line = 100; line < 180; line += 1) {
      file.write(String(line));
      // Each line meets the disk at another moment.
      if (line % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await file.close();
    const [fresh, before] = [read(), read('log.jsonl.1')];
    expect(fresh.length + before.length).toBeLessThanOrEqual(200);
    expect(fresh.startsWith('head\n') && before.startsWith('head\n')).toBe(true);
    const lines = [...before.split('\n'), ...fresh.split('\n')].filter((line) => /^\d/.test(line));
    expect(lines.at(-1)).toBe('179');
    expect(lines).toEqual(lines.toSorted());
  });

  test('leaves out what is too long, and what the disk is too slow for', async () => {
    const file = opened({ waitingBytesMax: 25 });
    file.write('x'.repeat(96));
    for (let line = 0; line < 10; line += 1) file.write('ten bytes');
    expect(file.dropped()).toBe(9);
    await file.close();
    expect(read()).toBe('head\nten bytes\nten bytes\n');
  });

  test('says once that it cannot be written, and gives up', async () => {
    mkdirSync(path());
    const file = opened();
    file.write('one');
    file.write('two');
    await new Promise((resolve) => setTimeout(resolve, 50));
    file.write('three');
    await file.close();
    expect(problems).toHaveLength(1);
    expect(file.dropped()).toBe(3);
  });
});
