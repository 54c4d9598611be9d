import { afterEach, describe, expect, test } from '@jest/globals';
import {
  abandonPreparedThread,
  type EncoderThread,
  prepareEncoderThread,
  startEncoderThread,
} from '../../../../src/adapters/onnx/encoder-thread.js';

const FAKE = new URL('../../../support/fake-encoder-worker.mjs', import.meta.url);
const started: EncoderThread[] = [];

interface More {
  readonly script?: URL;
  readonly loadMsMax?: number;
  readonly passMsMax?: number;
  readonly closeMsMax?: number;
  readonly deaf?: boolean;
}

async function start(mode: string, more: More = {}) {
  const thread = await startEncoderThread({
    thread: prepareEncoderThread(more.script ?? FAKE),
    session: {
      modelPath: mode,
      tokenizerPath: more.deaf === true ? 'deaf' : '',
      provider: 'cpu',
      dimension: 2,
      tokensMax: 8,
    },
    loadMsMax: more.loadMsMax ?? 10_000,
    passMsMax: more.passMsMax ?? 10_000,
    closeMsMax: more.closeMsMax ?? 10_000,
  });
  started.push(thread);
  return thread;
}

const text = (...heads: readonly string[]) => heads.map((head) => ({ head, tail: '' }));

async function tokensOf(thread: EncoderThread, head: string): Promise<number | undefined> {
  const [result] = await thread.encode(text(head));
  return result?.ok === true ? result.value.tokens : undefined;
}

afterEach(async () => {
  for (const thread of started.splice(0)) await thread.close();
});

describe('startEncoderThread', () => {
  test('encodes one text after the other', async () => {
    const thread = await start('ready');
    expect(await tokensOf(thread, 'one')).toBe(3);
    const [result] = await thread.encode(text('two'));
    expect(result).toMatchObject({ ok: true, value: { vector: new Float32Array([1, 0]) } });
  });

  test('encodes several at once, and one that fails leaves the others', async () => {
    const thread = await start('ready');
    const results = await thread.encode(text('one', 'bad', 'three'));
    expect(results).toMatchObject([
      { ok: true },
      { ok: false, error: { code: 'internal_error' } },
      { ok: true },
    ]);
  });

  test('judges pairs', async () => {
    const thread = await start('ready');
    const pair = (one: string, other: string) => ({ one, other, features: new Float32Array(1) });
    expect(await thread.judge([pair('a', 'a'), pair('a', 'b')])).toEqual([4, -4]);
    await expect(thread.judge([])).rejects.toMatchObject({ code: 'internal_error' });
  });

  test('scans', async () => {
    const thread = await start('ready');
    const texts = ['an attack', 'nothing'].map((each) => ({ text: each, head: 'guard' as const }));
    expect(await thread.scan(texts)).toEqual([0.9, 0.1]);
  });

  test('an answer to something else is an error', async () => {
    const thread = await start('ready');
    await expect(thread.encode(text('confuse'))).rejects.toMatchObject({ code: 'internal_error' });
  });

  test('refuses a second text while the first one runs', async () => {
    const thread = await start('ready');
    const first = thread.encode(text('one'));
    await expect(thread.encode(text('two'))).rejects.toMatchObject({ code: 'internal_error' });
    expect(await first).toMatchObject([{ ok: true, value: { tokens: 3 } }]);
  });

  test('a script that cannot be loaded fails the start with its reason', async () => {
    const script = new URL('no-such-worker.mjs', FAKE);
    await expect(start('ready', { script })).rejects.toThrow('no-such-worker.mjs');
  });

  test('a thread that ended before it got its model fails the start', async () => {
    const thread = prepareEncoderThread(FAKE);
    await thread.worker.terminate();
    const session = {
      modelPath: 'ready',
      tokenizerPath: '',
      provider: 'cpu',
      dimension: 2,
      tokensMax: 8,
    } as const;
    const start = startEncoderThread({ thread, session, loadMsMax: 10_000, passMsMax: 10_000 });
    await expect(start).rejects.toThrow('its thread ended: exit code');
  });

  test('a prepared thread that nobody needs ends by itself', async () => {
    const thread = prepareEncoderThread(FAKE);
    thread.worker.ref();
    abandonPreparedThread(thread);
    expect(await thread.ended).toBe('exit code 0');
  });

  test('a failed pass is an error without text, and the thread stays', async () => {
    const thread = await start('ready');
    await expect(thread.encode(text('fail'))).rejects.toMatchObject({ code: 'internal_error' });
    expect(await tokensOf(thread, 'next')).toBe(3);
  });

  test('a crash fails the pass and is told', async () => {
    const thread = await start('ready');
    await expect(thread.encode(text('crash'))).rejects.toMatchObject({ code: 'internal_error' });
    expect(await thread.ended).toContain('segmentation fault');
    expect(thread.isUp()).toBe(false);
    await expect(thread.encode(text('next'))).rejects.toMatchObject({ code: 'internal_error' });
  });

  test('a pass that is stuck ends its thread', async () => {
    const thread = await start('ready', { passMsMax: 50 });
    await expect(thread.encode(text('hang'))).rejects.toMatchObject({ code: 'internal_error' });
    await thread.ended;
  });

  test('closing ends a thread that does not listen', async () => {
    const thread = await start('ready', { deaf: true, closeMsMax: 50 });
    await thread.close();
    await thread.ended;
  });

  test.each([
    ['unavailable', 'no such device'],
    ['dies', 'out of memory'],
    ['silent', 'not ready after 300 ms'],
  ])('a start that is %s fails with its reason', async (mode, reason) => {
    await expect(start(mode, { loadMsMax: mode === 'silent' ? 300 : 10_000 })).rejects.toThrow(reason);
  });
});
