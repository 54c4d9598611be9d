import { createMemoryStore } from '../../src/adapters/memory/store.js';
import { describeCacheStore } from './cache-store.js';
import { describeAgainstModel } from './cache-store-model.js';

describeCacheStore('the memory store', createMemoryStore);
describeAgainstModel('the memory store', createMemoryStore);
