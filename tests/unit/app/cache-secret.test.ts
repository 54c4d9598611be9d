import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cacheSecret, type SecretSources } from '../../../src/app/cache-secret.js';

const folder = mkdtempSync(join(tmpdir(), 'sextant-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
});

const nothing: SecretSources = {
  fromEnvironment: undefined,
  file: undefined,
  persistPath: undefined,
  logger: { info: () => {}, error: () => {}, warn: (_fields, message) => void warnings.push(message) },
};
const from = (sources: Partial<SecretSources>) => cacheSecret({ ...nothing, ...sources });

function file(name: string, text: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const LONG = 'x'.repeat(16);

describe('cacheSecret', () => {
  test('the environment comes before a file, a file before the store, the store before what stands beside the entries', async () => {
    const path = file('one', `${LONG}\n`);
    const shared = async () => Buffer.from('s'.repeat(32));
    const all = { fromEnvironment: 'e'.repeat(20), file: path, shared, persistPath: join(folder, 'never') };
    expect(Buffer.from(await from(all)).toString()).toBe('e'.repeat(20));
    expect(Buffer.from(await from({ ...all, fromEnvironment: '' })).toString()).toBe(LONG);
    expect(warnings).toEqual([]);
    expect(Buffer.from(await from({ ...all, fromEnvironment: undefined, file: undefined })).toString()).toBe(
      's'.repeat(32),
    );
    expect(warnings.join()).toContain('kept with its entries');
  });

  test('a store that is not there keeps nobody from serving', async () => {
    const shared = () => Promise.reject(new Error('down'));
    expect((await from({ shared })).length).toBe(32);
    expect(warnings.join()).toContain('shares no hits');
  });

  test('without any it is random, and another one each time', async () => {
    const [one, other] = [await from({}), await from({})];
    expect(one.length).toBe(32);
    expect(Buffer.from(one).equals(other)).toBe(false);
  });

  test('beside kept entries it is made once, for its owner alone, and said once', async () => {
    const persistPath = join(folder, 'entries.bin');
    const [one, other] = [await from({ persistPath }), await from({ persistPath })];
    expect(Buffer.from(one).equals(other)).toBe(true);
    expect(one.length).toBeGreaterThanOrEqual(32);
    expect(statSync(`${persistPath}.secret`).mode & 0o777).toBe(0o600);
    expect(warnings.length).toBe(1);
    expect(warnings[0]).not.toContain(readFileSync(`${persistPath}.secret`, 'utf8').trim());
  });

  // Only the superuser may give a file away.
  (process.getuid?.() === 0 ? test : test.skip)(
    'in a mounted volume it is given to us by its group',
    async () => {
      const path = file('volume', LONG, 0o440);
      chownSync(path, 12_345, 0);
      expect(Buffer.from(await from({ file: path })).toString()).toBe(LONG);
    },
  );

  test.each<[string, () => Promise<Uint8Array>, string]>([
    [
      'a short one in the environment',
      () => from({ fromEnvironment: 'short' }),
      'SEXTANT_CACHE_SECRET: a secret needs 16 bytes',
    ],
    ['a short one in a file', () => from({ file: file('short', `${'x'.repeat(15)}\n`) }), 'has 15; make one'],
    ['a short one in the store', () => from({ shared: async () => new Uint8Array(3) }), 'has 3'],
    ['no file', () => from({ file: join(folder, 'none') }), 'cannot be read (ENOENT)'],
    ['a file that its group may read', () => from({ file: file('group', LONG, 0o640) }), 'run chmod 600'],
    ['a file that all may read', () => from({ file: file('world', LONG, 0o604) }), 'run chmod 600'],
    ['a large file', () => from({ file: file('large', 'x'.repeat(4097)) }), 'larger than 4096 bytes'],
    [
      'a folder that cannot be made',
      () => from({ persistPath: join(file('plain', ''), 'deep', 'x') }),
      'cannot be written (ENOTDIR)',
    ],
  ])('%s is refused', async (_what, make, says) => {
    const said = await make().catch((thrown: Error) => thrown.message);
    expect(said).toContain(says);
    expect(said).not.toContain('xxx');
  });
});
