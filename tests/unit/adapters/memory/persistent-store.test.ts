import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  openPersistentStore,
  type PersistentStoreOptions,
} from '../../../../src/adapters/memory/persistent-store.js';
import { entryLine, entryOf } from '../../../../src/adapters/memory/snapshot-line.js';
import type { MemoryStore } from '../../../../src/adapters/memory/store.js';
import type { JsonObject } from '../../../../src/lib/json.js';
import { at, DIMENSION, entry, HandClock } from '../../../contract/backend-setup.js';

let folder: string;
let path: string;
let clock: HandClock;
let said: string[];
const opened: MemoryStore[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sextant-snapshot-'));
  path = join(folder, 'state', 'cache.snapshot');
  clock = new HandClock();
  said = [];
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close().catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

async function open(given: Partial<PersistentStoreOptions> = {}): Promise<MemoryStore> {
  const note = (fields: Readonly<Record<string, unknown>>, message: string) => {
    said.push(`${message} ${JSON.stringify(fields)}`);
  };
  const store = await openPersistentStore({
    maxEntries: 1000,
    bytesMax: 1e6,
    evictionPolicy: 'fifo',
    dimension: DIMENSION,
    clock,
    path,
    intervalMs: 3_600_000,
    encoderHash: 'e1',
    logger: { info: note, warn: note, error: note },
    ...given,
  });
  opened.push(store);
  return store;
}

test('what was kept at the end is there at the next start, in the same order, and only the living', async () => {
  const first = await open();
  for (let count = 0; count < 150; count += 1) {
    first.put(entry(`${count}`, { partition: count % 2 === 0 ? 'p' : 'q', vector: at(count / 2) }));
  }
  first.put(entry('exact only', { pinned: true }));
  first.put(entry('dies', { expiresAtMs: clock.ms + 5 }));
  const before = first.list({ limit: 1000 }).entries.filter(({ exactKey }) => exactKey !== 'dies');
  await first.close();
  clock.ms += 5;
  const again = await open();
  expect(again.list({ limit: 1000 }).entries).toEqual(before);
  expect(again.findNearest('p', at(0), 1)[0]?.entry.exactKey).toBe('0');
  expect(again.findExact('p', 'exact only')?.pinned).toBe(true);
});

test('only the owner may read the file, and nothing else is left beside it', async () => {
  const store = await open();
  store.put(entry('a'));
  await store.close();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'state'))).toEqual(['cache.snapshot']);
});

test('a flush is written at once', async () => {
  const store = await open();
  store.put(entry('secret question'));
  await store.close();
  expect(await readFile(path, 'utf8')).toContain('secret question');
  const again = await open();
  again.flush();
  await until(async () => !(await readFile(path, 'utf8')).includes('secret question'));
});

test('what has changed is written at the interval, and nothing is when nothing has', async () => {
  const store = await open({ intervalMs: 5 });
  store.put(entry('a'));
  await until(async () => (await readdir(join(folder, 'state'))).includes('cache.snapshot'));
  const { ino } = await stat(path);
  await new Promise((resolve) => setTimeout(resolve, 30));
  await store.close();
  // A new snapshot is another file under the same name.
  expect((await stat(path)).ino).toBe(ino);
});

test.each([
  ['another encoder', async () => undefined, { encoderHash: 'e2' }, /another encoder/],
  ['a byte that changed', () => alter(100), {}, /checksum/],
  ['an end that is missing', async () => truncate(path, (await stat(path)).size - 9), {}, /checksum/],
  ['no snapshot at all', () => writeFile(path, 'hello'), {}, /checksum/],
])('a file with %s is put aside, and the cache starts empty', async (_, spoil, given, why) => {
  const store = await open();
  store.put(entry('a', { vector: at(1) }));
  await store.close();
  await spoil();
  const spoilt = await readFile(path);
  const again = await open(given);
  expect(again.stats().entries).toBe(0);
  expect(said.join('\n')).toMatch(why);
  expect(await readFile(`${path}.rejected`)).toEqual(spoilt);
});

test('a second refused file does not replace the first one', async () => {
  for (let count = 0; count < 2; count += 1) {
    await (await open()).close();
    await writeFile(path, `broken ${count}`);
    await (await open()).close();
  }
  expect(await readFile(`${path}.rejected`, 'utf8')).toBe('broken 0');
  expect(await readFile(`${path}.rejected.2`, 'utf8')).toBe('broken 1');
});

test('a file that cannot be read stops the start, and says which', async () => {
  await expect(open({ path: folder })).rejects.toThrow(new RegExp(`${folder}.*persist_path`));
});

test('a write that fails says so, and is tried again', async () => {
  const store = await open();
  await rm(join(folder, 'state'), { recursive: true });
  store.put(entry('a'));
  store.flush();
  await until(async () => said.some((line) => line.includes('tried again') && line.includes('ENOENT')));
});

test('every entry is read as it was written', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, fc.jsonValue(), fc.option(fc.float({ noNaN: true })), (ask, answer, number) => {
      const given = entry('k', {
        ask,
        vector: number === null ? undefined : Float32Array.of(number, 0, 1, -1),
        completion: {
          api: 'chat',
          // Through JSON, as every answer came: it knows no negative zero.
          object: JSON.parse(JSON.stringify({ answer })) as JsonObject,
          usage: { promptTokens: 1, completionTokens: 2 },
          finishReasons: ['stop', null],
        },
      });
      expect(entryOf(entryLine(given) ?? '', DIMENSION)).toEqual(given);
    }),
  );
});

test('a line that is no entry is none', () => {
  const whole = JSON.parse(entryLine(entry('k', { vector: at(0) })) ?? '') as JsonObject;
  expect(entryOf(JSON.stringify(whole), DIMENSION)).toBeDefined();
  for (const name of Object.keys(whole).filter((each) => each !== 'vector')) {
    expect(entryOf(JSON.stringify({ ...whole, [name]: undefined }), DIMENSION)).toBeUndefined();
  }
  expect(entryOf(JSON.stringify({ ...whole, vector: 'AAAA' }), DIMENSION)).toBeUndefined();
  expect(entryOf(JSON.stringify({ ...whole, completion: { object: {} } }), DIMENSION)).toBeUndefined();
  expect(entryOf('[]', DIMENSION)).toBeUndefined();
  expect(entryOf('{', DIMENSION)).toBeUndefined();
});

test('an answer that is nested too deep to be written is left out', () => {
  let object: JsonObject = {};
  for (let depth = 0; depth < 100_000; depth += 1) object = { object };
  const deep = { api: 'chat' as const, object, usage: undefined, finishReasons: ['stop'] };
  expect(entryLine(entry('k', { completion: deep }))).toBeUndefined();
});

async function alter(place: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

/** The test's own time limit ends a wait for what never comes. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
