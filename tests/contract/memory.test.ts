import { createMemoryStore } from '../../src/adapters/memory/store.js';
import { describeCacheBackend } from './cache-backend.js';

describeCacheBackend('the memory backend', createMemoryStore, {
  bounded: true,
  weighs: true,
  modelRuns: 300,
});
