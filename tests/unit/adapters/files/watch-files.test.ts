import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type FileWatch, watchFiles } from '../../../../src/adapters/files/watch-files.js';
import { HandTime } from '../../../support/hand-timers.js';

const INTERVAL_MS = 1000;

let folder: string;
let file: string;
let time: HandTime;
let changes: number;
let looks: number;
let watch: FileWatch;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-watch-'));
  file = join(folder, 'sextant.yaml');
  time = new HandTime();
  changes = 0;
  looks = 0;
  mount(1, 'one');
  symlinkSync(join('..data', 'sextant.yaml'), file);
  watch = watchFiles({
    paths: () => [file],
    intervalMs: INTERVAL_MS,
    timers: {
      // The next look is asked for once one is done.
      after: (ms, run) => {
        looks += 1;
        return time.after(ms, run);
      },
    },
    changed: async () => {
      changes += 1;
    },
  });
  await passed(2);
  expect(changes).toBe(1);
});
afterEach(() => {
  watch.close();
  rmSync(folder, { recursive: true });
});

/** As an orchestrator swaps what a mounted folder holds. */
function mount(version: number, text: string): void {
  mkdirSync(join(folder, `..${version}`));
  writeFileSync(join(folder, `..${version}`, 'sextant.yaml'), text);
  symlinkSync(`..${version}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
}

/** So many looks, each of which has read the disk. */
async function passed(count: number): Promise<void> {
  for (let look = 0; look < count; look += 1) {
    const before = looks;
    await time.pass(INTERVAL_MS);
    while (looks === before) await new Promise(setImmediate);
  }
}

test('a link that is swapped further up is a change, once', async () => {
  mount(2, 'two');
  await passed(1);
  expect(changes).toBe(1);
  await passed(3);
  expect(changes).toBe(2);
});

test('a file that is still being written is left alone', async () => {
  for (const text of ['a', 'ab', 'abc']) {
    writeFileSync(file, text);
    await passed(1);
  }
  expect(changes).toBe(1);
  await passed(1);
  expect(changes).toBe(2);
});

test('so is one that is put in the place of the old one, and one that is gone', async () => {
  writeFileSync(join(folder, 'new'), 'one');
  renameSync(join(folder, 'new'), file);
  await passed(2);
  expect(changes).toBe(2);
  unlinkSync(file);
  await passed(2);
  expect(changes).toBe(3);
});

test('nothing is looked at once it is closed', async () => {
  watch.close();
  mount(2, 'two');
  await time.pass(10 * INTERVAL_MS);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(changes).toBe(1);
});
