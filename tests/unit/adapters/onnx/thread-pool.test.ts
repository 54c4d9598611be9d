import { describe, expect, test } from '@jest/globals';
import { createThreadPool } from '../../../../src/adapters/onnx/thread-pool.js';
import { noLogger } from '../../../../src/telemetry/contract.js';
import { FakeThread } from './fake-threads.js';

const window = [{ head: 'text', tail: '' }];
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function pool(threads: readonly FakeThread[], start: () => Promise<FakeThread>, lines: string[] = []) {
  const log = (_fields: unknown, message: string) => void lines.push(message);
  const logger = { info: log, warn: log, error: log };
  return createThreadPool({ threads, start, logger, restartMsMin: 5, restartMsMax: 20 });
}

describe('createThreadPool', () => {
  test('a thread is free again after its pass', async () => {
    const thread = new FakeThread();
    const threads = pool([thread], async () => new FakeThread());
    let freed = 0;
    threads.onFree(() => {
      freed += 1;
    });
    const pass = threads.encode(window);
    expect([threads.free(), threads.alive()]).toEqual([false, 1]);
    await expect(threads.encode(window)).rejects.toThrow('no encoder thread is free');
    await thread.answer();
    expect(await pass).toMatchObject([{ ok: true, value: { tokens: 3 } }]);
    expect([threads.free(), freed]).toEqual([true, 1]);
  });

  test('a thread that scans is as busy as one that encodes', async () => {
    const thread = new FakeThread();
    const threads = pool([thread], async () => new FakeThread());
    const scan = threads.scan([{ text: 'an attack', head: 'guard' }]);
    expect(threads.free()).toBe(false);
    await thread.answer();
    expect([await scan, threads.free()]).toEqual([[0.9], true]);
  });

  test('a dead thread is replaced, and its pass is failed once', async () => {
    const [first, second] = [new FakeThread(), new FakeThread()];
    const lines: string[] = [];
    let start = () => {};
    const started = new Promise<FakeThread>((resolve) => {
      start = () => resolve(second);
    });
    const threads = pool([first], () => started, lines);
    const pass = threads.encode(window);
    const failed = expect(pass).rejects.toMatchObject({ code: 'internal_error' });
    await first.die('boom');
    await failed;
    expect([threads.free(), threads.alive()]).toEqual([false, 0]);
    start();
    await wait(30);
    expect([threads.free(), threads.alive()]).toEqual([true, 1]);
    const next = threads.encode(window);
    await second.answer();
    expect(await next).toMatchObject([{ ok: true, value: { tokens: 3 } }]);
    expect(lines).toEqual(['an encoder thread ended and is started again', 'an encoder thread is up again']);
    expect(first.seen).toEqual(['text']);
  });

  test('an idle thread that dies is given no text', async () => {
    const [first, second] = [new FakeThread(), new FakeThread()];
    const threads = pool([first, second], () => new Promise(() => {}));
    await second.die('boom');
    expect(threads.alive()).toBe(1);
    void threads.encode(window);
    expect([first.seen, second.seen]).toEqual([['text'], []]);
    await first.answer();
    await threads.close();
  });

  test('starts are tried again with a growing wait', async () => {
    const first = new FakeThread();
    const lines: string[] = [];
    let tries = 0;
    const threads = pool(
      [first],
      async () => {
        tries += 1;
        if (tries < 4) throw new Error('no memory');
        return new FakeThread();
      },
      lines,
    );
    await first.die('boom');
    await wait(15);
    expect(tries).toBeLessThan(4);
    await wait(150);
    expect([tries, threads.alive()]).toEqual([4, 1]);
    expect(lines.filter((line) => line.includes('could not be started'))).toHaveLength(3);
  });

  test('after close nothing is started, and a start under way is ended', async () => {
    const [first, late] = [new FakeThread(), new FakeThread()];
    let release: (thread: FakeThread) => void = () => {};
    const threads = pool([first], () => new Promise<FakeThread>((resolve) => (release = resolve)));
    await first.die('boom');
    await wait(30);
    await threads.close();
    release(late);
    await wait(5);
    expect([late.closed, threads.alive(), threads.free()]).toEqual([true, 0, false]);
  });

  test('close drops a restart that waits', async () => {
    const first = new FakeThread();
    let tries = 0;
    const threads = createThreadPool({
      threads: [first],
      start: async () => {
        tries += 1;
        return new FakeThread();
      },
      logger: noLogger,
      restartMsMin: 20,
    });
    await first.die('boom');
    await threads.close();
    await wait(50);
    expect(tries).toBe(0);
  });
});
