import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CacheEntry } from '../../../src/cache/contract.js';
import {
  type ExportOrigin,
  entriesOfFooter,
  exportedEntry,
  exportFooter,
  exportHeader,
  headerFlaw,
  importedEntry,
  withVector,
} from '../../../src/cache/transfer.js';
import { entryBytes } from '../../../src/cache/weigh.js';
import type { Json, JsonObject } from '../../../src/lib/json.js';

const ORIGIN: ExportOrigin = { secret: Buffer.from('one secret'), encoderHash: 'encoder-1' };

/** What a line is once it was written and read again. */
function sent(line: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(line)) as JsonObject;
}

function entry(over: Partial<CacheEntry> = {}): CacheEntry {
  const ask = 'What is the capital of France?';
  const vector = Float32Array.of(0.6, -0.8, 0);
  const object: JsonObject = { choices: [{ message: { content: 'Paris.' }, finish_reason: 'stop' }] };
  const made = {
    ...{ id: 'id-1', partition: 'p', tenant: 't', exactKey: 'k', ask, vector },
    completion: {
      api: 'chat' as const,
      object,
      usage: { promptTokens: 3, completionTokens: 4 },
      finishReasons: ['stop'],
    },
    ...{ model: 'small', decision: 'default', createdAtMs: 5, expiresAtMs: 90_000, pinned: true },
    ...over,
  };
  return { bytes: entryBytes(made), ...made };
}

describe('an entry', () => {
  test('with its vector comes back as it was', () => {
    const line = sent(exportedEntry(entry(), ORIGIN, true));
    expect(importedEntry(line, ORIGIN)).toEqual({ ok: true, value: { entry: entry(), lacksVector: false } });
  });

  test('without its vector says that it lacks it, and gets another', () => {
    const line = sent(exportedEntry(entry(), ORIGIN, false));
    const imported = importedEntry(line, ORIGIN);
    if (!imported.ok) throw new Error(imported.error);
    expect(imported.value.lacksVector).toBe(true);
    expect(imported.value.entry.vector).toBeUndefined();
    expect(withVector(imported.value.entry, Float32Array.of(0.6, -0.8, 0))).toEqual(entry());
  });

  test('that has none lacks none', () => {
    const bare = entry({ vector: undefined, completion: { ...entry().completion, usage: undefined } });
    const line = sent(exportedEntry(bare, ORIGIN, true));
    expect(importedEntry(line, ORIGIN)).toEqual({ ok: true, value: { entry: bare, lacksVector: false } });
  });

  test('of any text and any answer comes back as it was', () => {
    const vector = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), vector, (ask, value, numbers) => {
        const object = { choices: [], value: value as Json };
        const made = entry({
          ask,
          vector: Float32Array.from(numbers),
          completion: { api: 'completions', object: sent(object), usage: undefined, finishReasons: [null] },
        });
        const imported = importedEntry(sent(exportedEntry(made, ORIGIN, true)), ORIGIN);
        expect(imported).toEqual({ ok: true, value: { entry: made, lacksVector: false } });
      }),
    );
  });
});

describe('a line is refused', () => {
  const line = sent(exportedEntry(entry(), ORIGIN, true));

  test.each(Object.keys(line).filter((name) => name !== 'seal'))('when its %s was changed', (name) => {
    expect(importedEntry({ ...line, [name]: 'changed' }, ORIGIN)).toEqual({
      ok: false,
      error: expect.stringContaining('changed after'),
    });
  });

  test.each<[string, JsonObject, ExportOrigin, string]>([
    ['without a seal', { id: 'id-1' }, ORIGIN, 'not an entry'],
    ['with a seal cut short', { ...line, seal: 'abc' }, ORIGIN, 'changed after'],
    ['with a field more', { ...line, more: 1 }, ORIGIN, 'changed after'],
    ['under another secret', line, { ...ORIGIN, secret: Buffer.from('another') }, 'another export'],
    ['for another encoder', line, { ...ORIGIN, encoderHash: 'encoder-2' }, 'another export'],
  ])('%s', (_, given, origin, message) => {
    expect(importedEntry(given, origin)).toEqual({ ok: false, error: expect.stringContaining(message) });
  });
});

describe('the first line', () => {
  test.each<[string, JsonObject, ExportOrigin, string | undefined]>([
    ['of an export from here', exportHeader(ORIGIN), ORIGIN, undefined],
    ['of something else', { question: 'a' }, ORIGIN, 'not that of an export'],
    ['of another format', { ...exportHeader(ORIGIN), sextant_cache: 2 }, ORIGIN, 'another format'],
    ['under another secret', exportHeader(ORIGIN), { ...ORIGIN, secret: Buffer.from('x') }, 'another secret'],
    ['of another encoder', exportHeader(ORIGIN), { ...ORIGIN, encoderHash: 'x' }, 'another encoder'],
  ])('%s', (_, line, origin, flaw) => {
    const found = headerFlaw(sent(line), origin);
    expect(found).toEqual(flaw === undefined ? undefined : expect.stringContaining(flaw));
  });

  test('does not tell the secret', () => {
    expect(JSON.stringify(exportHeader(ORIGIN))).not.toContain('one secret');
  });
});

test('the last line tells how many entries there are', () => {
  expect(entriesOfFooter(sent(exportFooter(12)))).toBe(12);
  expect(entriesOfFooter({ entries: 12 })).toBeUndefined();
  expect(entriesOfFooter({ sextant_cache_end: 1 })).toBeUndefined();
});
