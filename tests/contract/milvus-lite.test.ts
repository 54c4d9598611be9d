import { afterAll, beforeAll, jest } from '@jest/globals';
import { startMilvusLite, type TestMilvus } from '../support/milvus.js';
import { describeCacheBackend } from './cache-backend.js';
import { emptyMilvus } from './empty-milvus.js';

jest.setTimeout(300_000);

let milvus: TestMilvus;
beforeAll(async () => {
  milvus = await startMilvusLite();
}, 1_200_000);
afterAll(() => milvus?.stop());

describeCacheBackend('the Milvus backend on Milvus Lite', (setup) => emptyMilvus(milvus.port, setup), {
  bounded: false,
  weighs: true,
  modelRuns: 4,
});
