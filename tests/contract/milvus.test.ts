import { afterAll, beforeAll, jest } from '@jest/globals';
import { ROOT_AUTH, startMilvus, type TestMilvus } from '../support/milvus.js';
import { describeCacheBackend } from './cache-backend.js';
import { emptyMilvus } from './empty-milvus.js';

jest.setTimeout(300_000);

let milvus: TestMilvus;
beforeAll(async () => {
  milvus = await startMilvus({ auth: true });
}, 1_200_000);
afterAll(() => milvus?.stop());

describeCacheBackend(
  'the Milvus backend on the full server',
  (setup) => emptyMilvus(milvus.port, setup, { auth: ROOT_AUTH }),
  { bounded: false, weighs: true, modelRuns: 3 },
);
