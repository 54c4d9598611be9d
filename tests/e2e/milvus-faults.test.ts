import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { startMilvus, type TestMilvus } from '../support/milvus.js';
import { milvusStackConfig } from '../support/milvus-file.js';
import { waitUntil } from '../support/ports.js';
import { type Stack, startStack } from '../support/stack.js';
import { type BadNetwork, hasToxiproxy, startBadNetwork, type Toxic } from '../support/toxiproxy.js';

const WAIT_MS = 90_000;
/** Asked while the fault lasts: enough to go through a breaker that is closed, open and probed. */
const QUESTIONS = 24;

let folder: string;
let milvus: TestMilvus;
let network: BadNetwork;
/** Reaches Milvus through the bad network. */
let victim: Stack;
/** Reaches it directly, and so shows that Milvus itself is well. */
let witness: Stack;
let asked = 0;

/** No two questions of the tests are the same, or the same in other words: the numbers differ. */
function question(): string {
  asked += 1;
  return `What is known about the asteroid with the number ${10_000 + 7 * asked}?`;
}

/** What the witness has in Milvus, the victim serves without having been asked before. */
async function sharesHits(): Promise<boolean> {
  const prompt = question();
  const told = await witness.chat(prompt);
  expect(told.status).toBe(200);
  // The victim's first word on it decides: a second one would come from its own memory.
  await new Promise((resolve) => setTimeout(resolve, 700));
  const answer = await victim.chat(prompt);
  expect(answer.status).toBe(200);
  return answer.headers['x-sextant-cache'] === 'hit-exact';
}

async function nobodyNotices(): Promise<void> {
  const repeated = question();
  for (let count = 0; count < QUESTIONS; count += 1) {
    const answer = await victim.chat(count % 3 === 2 ? repeated : question());
    expect([answer.status, answer.headers['x-sextant-path']]).toEqual([
      200,
      expect.stringMatching(/^(upstream|cache)$/),
    ]);
  }
  const again = await victim.chat(repeated);
  expect(again.headers['x-sextant-cache']).toBe('hit-exact');
}

(hasToxiproxy ? describe : describe.skip)('a Milvus that fails costs no client an error', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sextant-faults-'));
    milvus = await startMilvus();
    network = await startBadNetwork(milvus.port);
    const collection = { name: 'faults' };
    const start = async (port: number, deadlineMs: number) => {
      const config = await milvusStackConfig(folder, { port, deadlineMs, more: { collection } });
      // Longer than a user's: a Milvus that starts takes the machine to itself, which is not to be taken for a fault.
      const patience = { limits: { message_timeout_ms: 20_000 }, encoder: { deadline_ms: 15_000 } };
      return startStack({ config: { ...config, ...patience } });
    };
    witness = await start(milvus.port, 900);
    victim = await start(network.port, 250);
    await waitUntil('hits to be shared', sharesHits, WAIT_MS);
  }, 1_200_000);
  afterAll(async () => {
    await victim?.close();
    await witness?.close();
    await network?.stop();
    await milvus?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const toxics: readonly (readonly [string, Toxic])[] = [
    ['slow', { type: 'latency', attributes: { latency: 300 } }],
    ['a black hole', { type: 'timeout', attributes: { timeout: 0 } }],
    ['resetting connections', { type: 'reset_peer', attributes: { timeout: 0 } }],
    ['at one kilobyte a second', { type: 'bandwidth', attributes: { rate: 1 } }],
  ];
  test.each(toxics)(
    '%s, and well again',
    async (_, toxic) => {
      await network.poison(toxic);
      await nobodyNotices();
      await network.heal();
      await waitUntil('hits to be shared again', sharesHits, WAIT_MS);
    },
    240_000,
  );

  test('down, and up again', async () => {
    await network.listen(false);
    await nobodyNotices();
    await network.listen(true);
    await waitUntil('hits to be shared again', sharesHits, WAIT_MS);
  }, 240_000);

  test('emptied, and filled again', async () => {
    const client = new MilvusClient({ address: `127.0.0.1:${milvus.port}`, telemetry: { enabled: false } });
    for (const name of ['faults', 'faults_control']) await client.dropCollection({ collection_name: name });
    await client.closeConnection();
    await nobodyNotices();
    await waitUntil('hits to be shared again', sharesHits, WAIT_MS);
  }, 240_000);

  test('restarted, and there again', async () => {
    const restarted = milvus.restart();
    await nobodyNotices();
    await restarted;
    await waitUntil('hits to be shared again', sharesHits, WAIT_MS);
  }, 400_000);
});
