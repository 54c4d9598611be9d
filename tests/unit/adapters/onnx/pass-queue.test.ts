import { describe, expect, test } from '@jest/globals';
import { createPassQueue } from '../../../../src/adapters/onnx/pass-queue.js';
import { createThreadPool } from '../../../../src/adapters/onnx/thread-pool.js';
import { noLogger } from '../../../../src/telemetry/contract.js';
import { headReadings } from '../../../support/heads.js';
import { EMBEDDING, FakeThread, turns } from './fake-threads.js';

const LONG_MS = 5_000;

function setUp(queueMax = 2) {
  const thread = new FakeThread();
  const pool = createThreadPool({ threads: [thread], start: async () => new FakeThread(), logger: noLogger });
  return { thread, pool, queue: createPassQueue({ pool, queueMax, memoMax: 2 }) };
}

/** Settles like the promise, without an unhandled rejection in between. */
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: { code?: string }) => error.code ?? String(error),
  );

describe('createPassQueue', () => {
  test('first come, first served', async () => {
    const { thread, queue } = setUp(3);
    const all = ['a', 'b', 'c'].map((text) => outcome(queue.encode(text, LONG_MS)));
    await turns();
    expect(queue.length()).toBe(2);
    for (let i = 0; i < 3; i += 1) await thread.answer();
    expect(await Promise.all(all)).toEqual(['answered', 'answered', 'answered']);
    expect(thread.seen).toEqual(['a', 'b', 'c']);
  });

  test('texts of like length that wait share a pass, others do not', async () => {
    const { thread, queue } = setUp(8);
    const longer = 'x'.repeat(50);
    const long = 'x'.repeat(900);
    const texts = ['first', 'a', longer, long, 'b', `${longer}y`, `${long}y`, 'c'];
    const all = texts.map((text) => outcome(queue.encode(text, LONG_MS)));
    await turns();
    for (let i = 0; i < 5; i += 1) await thread.answer();
    expect(await Promise.all(all)).toEqual(Array(8).fill('answered'));
    expect(thread.batches).toEqual([1, 3, 2, 1, 1]);
    expect(thread.seen).toEqual(['first', 'a', 'b', 'c', longer, `${longer}y`, long, `${long}y`]);
  });

  test('what nobody waits for any more takes no place in a pass', async () => {
    const { thread, queue } = setUp(4);
    const all = ['first', 'a', 'c'].map((text) => outcome(queue.encode(text, LONG_MS)));
    expect(await outcome(queue.encode('b', 10))).toBe('deadline_exceeded');
    await thread.answer();
    await thread.answer();
    expect(await Promise.all(all)).toEqual(['answered', 'answered', 'answered']);
    expect(thread.seen).toEqual(['first', 'a', 'c']);
  });

  test('a text that fails does not fail those of its pass', async () => {
    const { thread, queue } = setUp(4);
    const all = ['first', 'a', 'b'].map((text) => outcome(queue.encode(text, LONG_MS)));
    await turns();
    await thread.answer();
    await thread.answer('a');
    expect(await Promise.all(all)).toEqual(['answered', 'internal_error', 'answered']);
    expect([queue.recall('a'), queue.recall('b')]).toEqual([undefined, EMBEDDING]);
  });

  test('a full queue refuses at once, and takes again when there is room', async () => {
    const { thread, queue } = setUp(1);
    const first = [outcome(queue.encode('a', LONG_MS)), outcome(queue.encode('b', LONG_MS))];
    await expect(queue.encode('c', LONG_MS)).rejects.toMatchObject({ code: 'overloaded' });
    await thread.answer();
    const third = outcome(queue.encode('c', LONG_MS));
    await thread.answer();
    await thread.answer();
    expect(await Promise.all([...first, third])).toEqual(['answered', 'answered', 'answered']);
  });

  test('a queue of none still takes what a free thread can do', async () => {
    const { thread, queue } = setUp(0);
    const first = outcome(queue.encode('a', LONG_MS));
    expect(await outcome(queue.encode('b', LONG_MS))).toBe('overloaded');
    await thread.answer();
    expect(await first).toBe('answered');
  });

  test('equal texts in flight share one pass, waiting or running', async () => {
    const { thread, queue } = setUp(1);
    const all = ['a', 'a', 'b', 'b', 'a'].map((text) => outcome(queue.encode(text, LONG_MS)));
    await turns();
    await thread.answer();
    await thread.answer();
    expect(await Promise.all(all)).toEqual(Array(5).fill('answered'));
    expect(thread.seen).toEqual(['a', 'b']);
  });

  test('a text that waited too long is refused and never encoded', async () => {
    const { thread, queue } = setUp();
    const first = outcome(queue.encode('a', LONG_MS));
    expect(await outcome(queue.encode('b', 10))).toBe('deadline_exceeded');
    expect(queue.length()).toBe(0);
    await thread.answer();
    expect(await first).toBe('answered');
    expect(thread.seen).toEqual(['a']);
  });

  test('a text stays queued while one caller still waits for it', async () => {
    const { thread, queue } = setUp();
    const first = outcome(queue.encode('a', LONG_MS));
    const patient = outcome(queue.encode('b', LONG_MS));
    expect(await outcome(queue.encode('b', 10))).toBe('deadline_exceeded');
    expect(queue.length()).toBe(1);
    await thread.answer();
    await thread.answer();
    expect(await Promise.all([first, patient])).toEqual(['answered', 'answered']);
  });

  test('a late result answers nobody, but is remembered', async () => {
    const { thread, queue } = setUp();
    expect(await outcome(queue.encode('a', 10))).toBe('deadline_exceeded');
    await thread.answer();
    expect(await queue.encode('a', LONG_MS)).toBe(EMBEDDING);
    expect(thread.seen).toEqual(['a']);
  });

  test('a result that comes in the same turn as its deadline is late', async () => {
    const { thread, queue } = setUp();
    const slow = outcome(queue.encode('a', 20));
    await turns();
    const blockedUntil = performance.now() + 40;
    while (performance.now() < blockedUntil);
    await thread.answer();
    expect(await slow).toBe('deadline_exceeded');
  });

  test.each([0, -1, Number.NaN])('a deadline of %s is over at once', async (deadlineMs) => {
    const { thread, queue } = setUp();
    expect(await outcome(queue.encode('a', deadlineMs))).toBe('deadline_exceeded');
    expect(thread.seen).toEqual([]);
  });

  test('a deadline beyond what a timer holds does not fire at once', async () => {
    const { thread, queue } = setUp();
    const slow = outcome(queue.encode('a', 1e12));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await thread.answer();
    expect(await slow).toBe('answered');
  });

  test('the memo forgets the oldest', async () => {
    const { thread, queue } = setUp();
    for (const text of ['a', 'b', 'c', 'c', 'a']) {
      const pass = outcome(queue.encode(text, LONG_MS));
      await turns();
      await thread.answer();
      await pass;
    }
    expect(thread.seen).toEqual(['a', 'b', 'c', 'a']);
  });

  test('long texts with different ends are different', async () => {
    const { thread, queue } = setUp();
    const middle = 'x '.repeat(10_000);
    const all = [`${middle}one`, `${middle}two`].map((text) => outcome(queue.encode(text, LONG_MS)));
    await turns();
    await thread.answer();
    await thread.answer();
    expect(await Promise.all(all)).toEqual(['answered', 'answered']);
    expect(thread.seen).toHaveLength(2);
  });

  test('a failed pass fails its callers and is not remembered', async () => {
    const { thread, queue } = setUp();
    const first = outcome(queue.encode('a', LONG_MS));
    await turns();
    await thread.fail();
    expect(await first).toBe('internal_error');
    const again = outcome(queue.encode('a', LONG_MS));
    await turns();
    await thread.answer();
    expect(await again).toBe('answered');
  });

  test('what waits is served by the replacement of a dead thread', async () => {
    const [first, second] = [new FakeThread(), new FakeThread()];
    const pool = createThreadPool({
      threads: [first],
      start: async () => second,
      logger: noLogger,
      restartMsMin: 5,
    });
    const queue = createPassQueue({ pool, queueMax: 4, memoMax: 4 });
    const struck = outcome(queue.encode('a', LONG_MS));
    const waiting = outcome(queue.encode('b', LONG_MS));
    await turns();
    await first.die('boom');
    expect(await struck).toBe('internal_error');
    await new Promise((resolve) => setTimeout(resolve, 30));
    await second.answer();
    expect(await waiting).toBe('answered');
    expect([first.seen, second.seen]).toEqual([['a'], ['b']]);
  });

  test('close refuses what waits, what runs and what comes', async () => {
    const { queue } = setUp();
    const all = ['a', 'b'].map((text) => outcome(queue.encode(text, LONG_MS)));
    await turns();
    queue.close();
    expect(await Promise.all(all)).toEqual(['overloaded', 'overloaded']);
    expect(await outcome(queue.encode('c', LONG_MS))).toBe('overloaded');
  });
});

describe('memo', () => {
  test('counts what was known already, and recalls without a pass', async () => {
    const { thread, queue } = setUp();
    expect([queue.recall('a'), queue.memoHits()]).toEqual([undefined, 0]);
    const first = queue.encode('a', LONG_MS);
    await turns();
    await thread.answer();
    await first;
    expect(queue.recall(' a\n')).toBe(EMBEDDING);
    await queue.encode('a', LONG_MS);
    expect([queue.memoHits(), thread.seen]).toEqual([2, ['a']]);
  });

  test('spans of a text with blanks before it count from its beginning', async () => {
    const { thread, queue } = setUp();
    const span = { type: 'PERSON', start: 0, end: 3, score: 0.9 };
    thread.embedding = { ...EMBEDDING, heads: headReadings({}, [span]) };
    const padded = queue.encode('  Ada', LONG_MS);
    await turns();
    await thread.answer();
    expect((await padded).heads?.spans).toMatchObject([{ start: 2, end: 5 }]);
    expect((await queue.encode('Ada', LONG_MS)).heads?.spans).toMatchObject([{ start: 0, end: 3 }]);
    expect(queue.recall('\n\n\nAda')?.heads?.spans).toMatchObject([{ start: 3, end: 6 }]);
  });
});

describe('scan', () => {
  const texts = (text: string) => [{ text, head: 'guard' as const }];

  test('gives what the thread found', async () => {
    const { thread, queue } = setUp();
    const scan = queue.scan(texts('an attack'), LONG_MS);
    await thread.answer();
    expect(await scan).toEqual([0.9]);
  });

  test('takes turns with the texts that wait', async () => {
    const { thread, queue } = setUp(4);
    const long = 'x'.repeat(2000);
    const all = ['first', 'a', long].map((text) => outcome(queue.encode(text, LONG_MS)));
    const scans = ['one', 'two'].map((text) => outcome(queue.scan(texts(text), LONG_MS)));
    await turns();
    const order: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      await thread.answer();
      order.push(`${thread.seen.length} ${thread.scans.length}`);
    }
    expect(order).toEqual(['1 1', '2 1', '2 2', '3 2', '3 2']);
    expect(await Promise.all([...all, ...scans])).toEqual(Array(5).fill('answered'));
    expect(queue.length()).toBe(0);
  });

  test('that no thread got to in time is refused and never done', async () => {
    const { thread, queue } = setUp();
    const first = outcome(queue.encode('a', LONG_MS));
    expect(await outcome(queue.scan(texts('b'), 10))).toBe('deadline_exceeded');
    await thread.answer();
    expect([await first, thread.scans]).toEqual(['answered', []]);
  });

  test('that failed says so, and the thread goes on', async () => {
    const { thread, queue } = setUp();
    const scan = outcome(queue.scan(texts('a'), LONG_MS));
    await thread.fail();
    expect(await scan).toBe('internal_error');
    const next = outcome(queue.encode('b', LONG_MS));
    await thread.answer();
    expect(await next).toBe('answered');
  });

  test('close refuses it', async () => {
    const { queue } = setUp();
    const running = outcome(queue.encode('a', LONG_MS));
    const waiting = outcome(queue.scan(texts('b'), LONG_MS));
    queue.close();
    expect(await Promise.all([running, waiting])).toEqual(['overloaded', 'overloaded']);
    expect(await outcome(queue.scan(texts('c'), LONG_MS))).toBe('overloaded');
  });
});

describe('judge', () => {
  const pair = (one: string, other: string) => ({ one, other, features: new Float32Array(0) });

  test('takes turns with the texts, and gives the logits of its pairs', async () => {
    const { thread, queue } = setUp();
    const text = outcome(queue.encode('a', LONG_MS));
    await turns();
    const judged = queue.judge([pair('x', 'x'), pair('x', 'y')], LONG_MS);
    await thread.answer();
    expect(await text).toBe('answered');
    await thread.answer();
    expect(await judged).toEqual([4, -4]);
  });

  test('is refused when it comes too late, or too many wait', async () => {
    const { thread, queue } = setUp(2);
    expect(await outcome(queue.judge([pair('x', 'y')], 0))).toBe('deadline_exceeded');
    const first = outcome(queue.encode('a', LONG_MS));
    await turns();
    expect(await outcome(queue.judge([pair('x', 'y')], 5))).toBe('deadline_exceeded');
    const waiting = ['b', 'c'].map((other) => outcome(queue.judge([pair('x', other)], LONG_MS)));
    expect(await outcome(queue.judge([pair('x', 'd')], LONG_MS))).toBe('overloaded');
    for (let i = 0; i < 3; i += 1) await thread.answer();
    expect([await first, ...(await Promise.all(waiting))]).toEqual(Array(3).fill('answered'));
    expect(thread.pairs).toHaveLength(2);
  });
});
