import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { rememberBounds } from '../../../src/app/remember-bounds.js';
import { createErrorBound } from '../../../src/cache/bound.js';
import { noLogger } from '../../../src/telemetry/contract.js';

const folder = mkdtempSync(join(tmpdir(), 'sextant-remember-'));
afterAll(() => rmSync(folder, { recursive: true }));

const persistPath = join(folder, 'cache.jsonl');
const cache = { persistPath, persistIntervalS: 300, milvus: undefined };

function parts(judgeHash?: string) {
  const bound = createErrorBound({ maxErrorRate: 0.05, verifySampleRate: 0, random: () => 0.5 });
  const bounds = new Map([['a', { bound, judge: 'pair' }]]);
  return { bound, bounds, encoderHash: 'e', judgeHash, logger: noLogger };
}

test('keeps bounds beside the entries, for the same judge', async () => {
  const before = parts('j');
  const file = await rememberBounds(cache, before);
  for (let at = 0; at < 200; at += 1) {
    before.bound.observe('x', before.bound.decide('x', { similarity: 0.95 }).basis, true);
  }
  await file?.close();
  expect(existsSync(`${persistPath}.bounds`)).toBe(true);
  const [after, other] = [parts('j'), parts('k')];
  await rememberBounds(cache, after);
  await rememberBounds(cache, other);
  expect(after.bound.servedFrom()).toBeLessThan(1);
  expect(other.bound.servedFrom()).toBe(2);
});

test('keeps nothing where there is nothing to keep, or nowhere', async () => {
  expect(await rememberBounds({ ...cache, persistPath: undefined }, parts())).toBeUndefined();
  expect(await rememberBounds(cache, { ...parts(), bounds: new Map() })).toBeUndefined();
});
