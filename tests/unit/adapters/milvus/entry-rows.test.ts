import { expect, test } from '@jest/globals';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { digestOf } from '../../../../src/adapters/milvus/digest.js';
import { EntryRows, ROWS_MAX } from '../../../../src/adapters/milvus/entry-rows.js';
import { equals } from '../../../../src/adapters/milvus/filter.js';
import { milvusSettings } from '../../../support/milvus.js';

/** More keys than Milvus gives at once, in no order; only its limit and the two bounds on keys are played. */
function collectionOf(keys: readonly string[]) {
  let asked = 0;
  const client = {
    query: async ({ filter, limit }: { readonly filter: string; readonly limit: number }) => {
      asked += 1;
      const above = /pk > "([0-9a-z]+)"/.exec(filter)?.[1] ?? '';
      const below = /pk < "([0-9a-z]+)"/.exec(filter)?.[1] ?? 'g';
      const data = keys.filter((key) => key > above && key < below).slice(0, limit);
      return { data: data.map((pk) => ({ pk })) };
    },
  } as unknown as MilvusClient;
  const connection = {
    call: async <T>(_: string, run: (given: MilvusClient) => Promise<T>) => run(client),
    readMs: 1000,
    quickMs: 1000,
  };
  return { rows: new EntryRows(connection, milvusSettings(1)), asked: () => asked };
}

test('walks a collection larger than one answer, each key once and in order', async () => {
  const keys = Array.from({ length: 3 * ROWS_MAX }, (_, index) => digestOf(String(index)));
  const { rows, asked } = collectionOf(keys);
  const walked: string[] = [];
  let after = '';
  for (;;) {
    const page = await rows.firstKeys(equals('semantic', true), after, 9000);
    walked.push(...page);
    if (page.length < 9000) break;
    after = page.at(-1) ?? '';
  }
  expect(walked).toEqual(keys.toSorted());
  // Never all stretches for one page.
  expect(asked()).toBeLessThan(60);
}, 60_000);
