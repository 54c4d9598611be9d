import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { stringify } from 'yaml';
import * as memory from '../../src/adapters/memory/store.js';
import { loadConfig } from '../../src/config/load.js';
import { noLogger } from '../../src/telemetry/contract.js';
import { ensureBuilt } from '../support/built.js';
import { goodOf } from '../support/config.js';
import { listening } from '../support/ports.js';
import { POLICY } from '../support/stack-config.js';

/** The real store, which tells when it was closed. */
let closed = 0;
jest.unstable_mockModule('../../src/adapters/memory/store.js', () => ({
  ...memory,
  createMemoryStore: (options: memory.MemoryStoreOptions) =>
    memory.createMemoryStore({
      ...options,
      onClose: async () => {
        closed += 1;
      },
    }),
}));

const folder = mkdtempSync(join(tmpdir(), 'sextant-app-'));
let occupant: Server;
let port: number;

beforeAll(async () => {
  ensureBuilt();
  occupant = createServer();
  port = await listening(occupant);
}, 120_000);

afterAll(() => {
  occupant.close();
  rmSync(folder, { recursive: true });
});

test.each(['admin', 'extproc'])(
  'closes the cache when the port of %s is taken',
  async (edge) => {
    const { startSextant } = await import('../../src/app.js');
    const path = join(folder, `${edge}.yaml`);
    const free = {
      admin: { address: '127.0.0.1', port: 0 },
      extproc: { socket: join(folder, 'extproc.sock') },
    };
    const models = ['small', 'large', 'coder'].map((name) => ({
      name,
      endpoints: ['127.0.0.1:9'],
      context_window: 32_000,
    }));
    const taken = { address: '127.0.0.1', port };
    writeFileSync(path, stringify({ ...POLICY, models, ...free, [edge]: taken }));
    const loaded = goodOf(loadConfig(path));
    const before = closed;
    await expect(startSextant(loaded, { logger: noLogger })).rejects.toThrow();
    expect(closed).toBe(before + 1);
  },
  60_000,
);
