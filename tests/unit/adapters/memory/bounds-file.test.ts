import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openBoundsFile } from '../../../../src/adapters/memory/bounds-file.js';
import { createErrorBound, type ErrorBound } from '../../../../src/cache/bound.js';
import { seededRandom } from '../../../../src/lib/random.js';
import type { Logger } from '../../../../src/telemetry/contract.js';

const folder = mkdtempSync(join(tmpdir(), 'sextant-bounds-'));
afterAll(() => rmSync(folder, { recursive: true }));

let warned: string[] = [];
let path = '';
let files = 0;
beforeEach(() => {
  warned = [];
  files += 1;
  path = join(folder, `${files}`, 'cache.bounds');
});

const logger: Logger = { info: () => {}, error: () => {}, warn: (_, message) => void warned.push(message) };

function newBound(): ErrorBound {
  return createErrorBound({ maxErrorRate: 0.05, verifySampleRate: 0, random: seededRandom(1) });
}

function open(
  bounds: Readonly<Record<string, ErrorBound>>,
  change: { models?: string; judge?: string } = {},
) {
  const kept = Object.entries(bounds).map(([route, bound]) => {
    return [route, { bound, judge: change.judge ?? 'pair' }] as const;
  });
  const models = change.models ?? 'models';
  return openBoundsFile({ path, bounds: new Map(kept), models, intervalMs: 3_600_000, logger });
}

/** Has seen so many right answers that it serves. */
function teach(bound: ErrorBound): void {
  for (let at = 0; at < 200; at += 1) {
    const { basis } = bound.decide(`entry-${at}`, { similarity: 0.95 });
    bound.observe(`entry-${at}`, basis, true);
    if (at % 5 === 0) bound.join(`entry-${at}`, `fresh-${at}`);
  }
}

async function saved(bound: ErrorBound): Promise<void> {
  const file = await open({ a: bound });
  teach(bound);
  await file.close();
}

describe('what a bound has learnt', () => {
  test('outlasts a restart', async () => {
    const [before, after] = [newBound(), newBound()];
    await saved(before);
    expect(before.servedFrom()).toBeLessThan(1);
    await open({ a: after, other: newBound() });
    expect(after.servedFrom()).toBe(before.servedFrom());
    expect(after.sameFamily('entry-5', 'fresh-5')).toBe(true);
    const evidence = { similarity: 0.93 };
    const [was, is] = [before, after].map((bound) => bound.decide('entry-7', evidence).probability);
    expect(is).toBeCloseTo(was ?? Number.NaN, 3);
    expect(warned).toEqual([]);
  });

  test('is for its owner alone to read, and holds no text of a question', async () => {
    await saved(newBound());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const kinds = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (line.startsWith('{') ? Object.keys(JSON.parse(line)).join() : line.slice(0, 6)));
    expect(new Set(kinds)).toEqual(
      new Set([
        'format,version,models',
        'route,judge,weights,covariance,counts',
        'family,rows,entries',
        'sha256',
      ]),
    );
  });

  test('is written only when something was learnt', async () => {
    const bound = newBound();
    await (await open({ a: bound })).close();
    expect(() => statSync(path)).toThrow('ENOENT');
    await saved(bound);
    const { ino } = statSync(path);
    await (await open({ a: bound })).close();
    expect(statSync(path).ino).toBe(ino);
    const file = await open({ a: bound });
    bound.forget('entry-1');
    await file.close();
    expect(statSync(path).ino).not.toBe(ino);
  });

  test('of a route whose answers another judge compares now is left out', async () => {
    await saved(newBound());
    const bound = newBound();
    await open({ a: bound }, { judge: 'exact' });
    expect(bound.servedFrom()).toBe(2);
    expect(warned).toEqual([]);
  });
});

describe('a file is not taken up', () => {
  const refused = async () => {
    const bound = newBound();
    await open({ a: bound });
    expect(bound.servedFrom()).toBe(2);
    return warned[0];
  };

  test('of other models', async () => {
    await saved(newBound());
    const bound = newBound();
    await open({ a: bound }, { models: 'others' });
    expect(bound.servedFrom()).toBe(2);
    expect(warned).toEqual(['the error bounds start anew: they were learnt with other models']);
  });

  test('that was cut or altered', async () => {
    await saved(newBound());
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.slice(0, -40));
    expect(await refused()).toContain('checksum is wrong');
  });

  test('that is something else', async () => {
    await saved(newBound());
    rmSync(path);
    const { createHash } = await import('node:crypto');
    for (const text of [
      '{"format":"other"}\n',
      '{"format":"sextant-bounds","version":1,"models":"models"}\nx\n',
    ]) {
      warned = [];
      writeFileSync(path, `${text}sha256 ${createHash('sha256').update(text).digest('hex')}\n`);
      expect(await refused()).toContain('another format');
    }
  });

  test('that cannot be read, and the next write says so too', async () => {
    const bound = newBound();
    path = '/proc/self/mem/cache.bounds';
    const file = await open({ a: bound });
    teach(bound);
    await file.close();
    expect(warned).toEqual([
      'the error bounds start anew: their file cannot be read',
      'the error bounds could not be written; it is tried again',
    ]);
  });
});
