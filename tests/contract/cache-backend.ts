import { afterEach, beforeEach, describe } from '@jest/globals';
import type { CacheBackend } from '../../src/cache/contract.js';
import {
  type BackendSetup,
  type Capabilities,
  DIMENSION,
  HandClock,
  type MakeBackend,
  settled,
} from './backend-setup.js';
import { describeBounds, describeEviction, describePins, describeShares } from './cache-bounds.js';
import { describeBrowser } from './cache-browser.js';
import { describeAgainstModel } from './cache-model.js';
import { describeLife, describeOperations, describeReads } from './cache-reads.js';

/** The suite that every backend of the cache must pass. A slow one calls `jest.setTimeout` in its test file. */
export function describeCacheBackend(name: string, make: MakeBackend, capabilities: Capabilities): void {
  const { settle } = capabilities;
  describe(`${name} keeps the contract of a cache backend`, () => {
    let clock: HandClock;
    const opened: CacheBackend[] = [];
    beforeEach(() => {
      clock = new HandClock();
    });
    afterEach(async () => {
      for (const backend of opened.splice(0)) await backend.close();
    });
    const open = async (given: Partial<BackendSetup> = {}) => {
      const setup: BackendSetup = {
        maxEntries: 100,
        bytesMax: 1e6,
        evictionPolicy: 'fifo',
        dimension: DIMENSION,
        clock,
        ...given,
      };
      const backend = await make(setup);
      opened.push(backend);
      return settled(backend, settle);
    };
    const parts = { open, clock: () => clock, capabilities };

    describeReads(parts);
    describeLife(parts);
    describeOperations(parts);
    describeBrowser(parts);
    if (capabilities.bounded) {
      describeBounds(parts);
      describeEviction(parts);
      describeShares(parts);
      describePins(parts);
    }
    describeAgainstModel(parts);
  });
}
