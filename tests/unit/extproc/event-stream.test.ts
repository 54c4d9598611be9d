import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { streamEvents } from '../../../src/extproc/event-stream.js';
import { HandTime } from '../../support/hand-timers.js';

interface Sent {
  readonly text: string;
  readonly last: boolean;
  readonly atMs: number;
}

/** A sink that is full after every `room` pieces until it is drained by hand. */
function play(body: string, eventsPerSecond: number | undefined, room = Number.POSITIVE_INFINITY) {
  const time = new HandTime();
  const startMs = time.monotonicMs();
  const sent: Sent[] = [];
  const failures: unknown[] = [];
  let drained: (() => void) | undefined;
  const sink = {
    write: (piece: Uint8Array, last: boolean) => {
      sent.push({ text: Buffer.from(piece).toString(), last, atMs: time.monotonicMs() - startMs });
      return sent.length % room !== 0;
    },
    onceDrained: (run: () => void) => {
      drained = run;
    },
    failed: (thrown: unknown) => void failures.push(thrown),
  };
  const stop = streamEvents(Buffer.from(body), { eventsPerSecond }, { sink, time });
  const drain = (): boolean => {
    const run = drained;
    drained = undefined;
    run?.();
    return run !== undefined;
  };
  return { time, sent, sink, failures, stop, drain };
}

const events = (count: number, chars = 3) =>
  Array.from({ length: count }, (_, at) => `data: ${String(at).padStart(chars, '0')}\n\n`).join('');

describe('a stream of events', () => {
  test('goes at its pace, the first event at once, and ends with its last', async () => {
    const { time, sent } = play(events(5), 10);
    expect(sent).toHaveLength(1);
    await time.pass(1000);
    expect(sent.map(({ atMs }) => Math.round(atMs))).toEqual([0, 100, 200, 300, 400]);
    expect(sent.map(({ last }) => last)).toEqual([false, false, false, false, true]);
    expect(sent[1]?.text).toBe('data: 001\n\n');
  });

  test('without a pace goes at once, in messages that are not too large', () => {
    const { sent } = play(events(1000, 40), undefined);
    expect(sent.length).toBeGreaterThan(2);
    expect(Math.max(...sent.map(({ text }) => text.length))).toBeLessThanOrEqual(16 * 1024);
    expect(sent.filter(({ last }) => last)).toEqual([sent.at(-1)]);
  });

  test('takes 25 seconds at most, however slow it is meant to be', async () => {
    const { time, sent } = play(events(500), 1);
    await time.pass(25_000);
    expect(sent.at(-1)?.last).toBe(true);
  });

  test('waits while nobody takes it, then sends together what has come due', async () => {
    const { time, sent, drain } = play(events(10), 10, 1);
    await time.pass(500);
    expect(sent).toHaveLength(1);
    drain();
    expect(sent[1]?.text.match(/data/g)).toHaveLength(5);
    await time.pass(2000);
    expect(sent).toHaveLength(2);
    drain();
    expect(sent.at(-1)?.last).toBe(true);
    expect(drain()).toBe(false);
  });

  test('stopped, sends nothing more, drained or not', async () => {
    const paced = play(events(5), 10);
    paced.stop();
    await paced.time.pass(1000);
    expect(paced.sent).toHaveLength(1);
    const full = play(events(5), 10, 1);
    full.stop();
    full.drain();
    expect(full.sent).toHaveLength(1);
  });

  test('tells when a piece cannot be sent, and stops', async () => {
    const { time, sent, sink, failures } = play(events(5), 10);
    sink.write = () => {
      throw new Error('no more');
    };
    await time.pass(1000);
    expect([sent.length, failures.length]).toEqual([1, 1]);
  });

  test('is the body, byte for byte, cut between events only', async () => {
    const data = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 40 });
    const pace = fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined });
    const room = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(
        data,
        pace,
        room,
        fc.constantFrom('', 'data: cut'),
        async (texts, perSecond, free, rest) => {
          const body = texts.map((text) => `data: ${JSON.stringify(text)}\n\n`).join('') + rest;
          const { time, sent, drain } = play(body, perSecond, free);
          do await time.pass(30_000);
          while (drain());
          expect(sent.map(({ text }) => text).join('')).toBe(body);
          for (const { text, last } of sent) if (!last) expect(text.endsWith('\n\n')).toBe(true);
          expect(sent.filter(({ last }) => last)).toEqual([sent.at(-1)]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
