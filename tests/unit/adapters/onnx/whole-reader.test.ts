import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ScanText } from '../../../../src/adapters/onnx/protocol.js';
import { createWholeReader } from '../../../../src/adapters/onnx/whole-reader.js';
import { without } from '../../../../src/adapters/onnx/windows.js';
import { SextantError } from '../../../../src/lib/sextant-error.js';
import type { Embedding, Passage, WholeReading } from '../../../../src/signals/contract.js';
import { readByWords } from '../../../support/heads.js';
import { smallHeads } from './small-heads.js';

const LONG_MS = 5_000;
const IN_FLIGHT_MAX = 2;
const prose = (chars: number) => 'The quarterly report is attached. '.repeat(1 + chars / 34).slice(0, chars);
const prompt = (text: string): Passage => ({ text, role: 'prompt' });

interface Behaviour {
  /** A longer text comes back as cut. UTF-16 units. */
  readonly charsMax?: number;
  readonly fails?: (text: string, call: number) => Error | undefined;
  readonly passMs?: number;
}

/** Encodes by words, remembers, and keeps count. Scans find the word `jailbreak`. */
class FakeQueue {
  readonly encoded: string[] = [];
  readonly scanned: ScanText[] = [];
  readonly memo = new Map<string, Embedding>();
  inFlight = 0;
  inFlightHighest = 0;
  readonly #behaviour: Behaviour;

  constructor(behaviour: Behaviour = {}) {
    this.#behaviour = behaviour;
  }

  recall(text: string): Embedding | undefined {
    return this.memo.get(text);
  }

  async encode(text: string, deadlineMs: number): Promise<Embedding> {
    const { fails, charsMax = 5000, passMs } = this.#behaviour;
    this.encoded.push(text);
    this.inFlight += 1;
    this.inFlightHighest = Math.max(this.inFlightHighest, this.inFlight);
    await new Promise((resolve) =>
      passMs === undefined ? setImmediate(resolve) : setTimeout(resolve, passMs),
    );
    this.inFlight -= 1;
    const failure = fails?.(text, this.encoded.length);
    if (failure !== undefined) throw failure;
    if (passMs !== undefined && passMs > deadlineMs) throw new SextantError('deadline_exceeded', 'late');
    const truncated = text.length > charsMax;
    const heads = readByWords(text);
    const embedding = { vector: Float32Array.of(1), tokens: 9, truncated, unknownShare: 0, heads };
    this.memo.set(text, embedding);
    return embedding;
  }

  async scan(texts: readonly ScanText[]): Promise<readonly number[]> {
    this.scanned.push(...texts);
    return texts.map(({ text }) => (text.includes('jailbreak') ? 0.9 : 0.1));
  }
}

function readerOf(queue: FakeQueue) {
  return createWholeReader({ queue, heads: smallHeads(), inFlightMax: IN_FLIGHT_MAX });
}

const read = (queue: FakeQueue, passages: readonly Passage[], windowsMax = 100, deadlineMs = LONG_MS) =>
  readerOf(queue).readWhole(passages, { windowsMax, deadlineMs });

/** Every character is in a window or in an unread stretch but blanks, and none is in both. */
function expectNothingLost({ windows, unread }: WholeReading, passages: readonly Passage[]): void {
  passages.forEach(({ text }, passage) => {
    const seen = windows.filter((window) => window.passage === passage);
    const missed = unread.filter((stretch) => stretch.passage === passage);
    for (const { start, end } of without({ start: 0, end: text.length }, [...seen, ...missed])) {
      expect(text.slice(start, end).trim()).toBe('');
    }
    missed.forEach(({ start, end, scanned }, index) => {
      expect(without({ start, end }, seen)).toEqual([{ start, end }]);
      expect(start).toBeGreaterThan(missed[index - 1]?.end ?? -1);
      expect(text.slice(start, end)).toBe(text.slice(start, end).trim());
      expect(scanned).toBeGreaterThan(0);
    });
  });
}

describe('readWhole', () => {
  test('reads short turns in one window each', async () => {
    const passages = [prompt('Ask Ms Lovelace.'), { text: 'She said no.', role: 'document' as const }];
    const { windows, unread } = await read(new FakeQueue(), passages);
    expect(windows).toMatchObject([
      { passage: 0, start: 0, end: 16, heads: { spans: [{ start: 4, end: 15 }] } },
      { passage: 1, start: 0, end: 12 },
    ]);
    expect(unread).toEqual([]);
  });

  test('tells offsets of the passage, and each span once', async () => {
    const name = 'Ms Lovelace';
    const text = `${prose(2000)} ${name} ${prose(790)} ${name} ${prose(1500)}`;
    const { windows } = await read(new FakeQueue(), [prompt(text)]);
    const spans = windows.flatMap(({ heads }) => heads.spans);
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual([name, name]);
    expect(windows.length).toBeGreaterThan(4);
  });

  test('reads the newest turn first, and its ends before its middle', async () => {
    const queue = new FakeQueue();
    const passages = [prompt('oldest'), prompt('older'), prompt(`first ${prose(3500)} last`)];
    await read(queue, passages);
    const [first, second, third] = queue.encoded;
    expect([first?.slice(0, 5), second?.slice(-4)]).toEqual(['first', 'last']);
    expect(third).not.toMatch(/first|last/);
    expect(queue.encoded.slice(-2)).toEqual(['older', 'oldest']);
  });

  test('says what the budget did not reach, with what a scan of it finds', async () => {
    const text = `${prose(4000)} jailbreak ${prose(1000)}`;
    const passages = [prompt('Has jailbreak anything to do with phones?'), prompt(text)];
    const reading = await read(new FakeQueue(), passages, 2);
    expect(reading.windows.map(({ start, end }) => [start, end === text.length])).toEqual([
      [0, false],
      [expect.any(Number), true],
    ]);
    expect(reading.unread).toMatchObject([
      { passage: 0, start: 0, scanned: 0.9 },
      { passage: 1, scanned: 0.9 },
    ]);
    expectNothingLost(reading, passages);
  });

  test('without a budget everything is scanned and nothing read', async () => {
    const queue = new FakeQueue();
    const reading = await read(queue, [prompt(prose(3000)), prompt(' \n')], 0);
    expect(reading).toEqual({ windows: [], unread: [{ passage: 0, start: 0, end: 3000, scanned: 0.1 }] });
    expect(queue.encoded).toEqual([]);
  });

  test('windows read lately cost nothing of the budget', async () => {
    const queue = new FakeQueue();
    const passages = [prompt(prose(3000)), prompt('a short one')];
    const first = await read(queue, passages);
    const passes = queue.encoded.length;
    expect(await read(queue, passages, 0)).toEqual(first);
    const more = await read(queue, [...passages, prompt('and another turn')], 1);
    expect([more.unread, queue.encoded.length]).toEqual([[], passes + 1]);
  });

  test('reads a window that was too dense in halves', async () => {
    const queue = new FakeQueue({ charsMax: 300 });
    const passages = [prompt(prose(1000))];
    const reading = await read(queue, passages);
    expect(reading.unread).toEqual([]);
    expect(reading.windows.length).toBeGreaterThan(3);
    expect(Math.max(...reading.windows.map(({ start, end }) => end - start))).toBeLessThanOrEqual(300);
    expectNothingLost(reading, passages);
    // Known to be too dense, the window itself costs no pass again.
    expect(await read(queue, passages, 0)).toEqual(reading);
  });

  test('gives up a window that stays too dense', async () => {
    const passages = [prompt(prose(400))];
    const reading = await read(new FakeQueue({ charsMax: 10 }), passages);
    expect(reading.windows).toEqual([]);
    expectNothingLost(reading, passages);
  });

  test('a window that fails is unread, and the rest is read', async () => {
    const fails = (text: string) => (text.includes('bad') ? new Error('broken') : undefined);
    const passages = [prompt(`${prose(900)} `), prompt('bad turn'), prompt('good turn')];
    const reading = await read(new FakeQueue({ fails }), passages);
    expect(reading.windows.map(({ passage }) => passage)).toEqual([0, 2]);
    expect(reading.unread).toEqual([{ passage: 1, start: 0, end: 8, scanned: 0.1 }]);
  });

  test('tries again while too many others wait', async () => {
    const overloaded = new SextantError('overloaded', 'too many');
    const queue = new FakeQueue({ fails: (_text, call) => (call <= 2 ? overloaded : undefined) });
    expect((await read(queue, [prompt('a turn')])).unread).toEqual([]);
    expect(queue.encoded).toHaveLength(3);
  });

  test('does not try beyond its deadline', async () => {
    const overloaded = new SextantError('overloaded', 'too many');
    const queue = new FakeQueue({ fails: () => overloaded });
    const reading = await read(queue, [prompt('a turn'), prompt('another')], 100, 60);
    expect([reading.windows, reading.unread.length]).toEqual([[], 2]);
  });

  test('is over at its deadline, with what was read until then', async () => {
    const queue = new FakeQueue({ passMs: 30 });
    const passages = [prompt(prose(20_000))];
    const reading = await read(queue, passages, 100, 100);
    expect(reading.windows.length).toBeGreaterThan(0);
    expect(queue.encoded.length).toBeLessThanOrEqual(IN_FLIGHT_MAX * 4);
    expectNothingLost(reading, passages);
  });

  test('has few windows on their way at once', async () => {
    const queue = new FakeQueue();
    await read(queue, [prompt(prose(20_000))]);
    expect(queue.inFlightHighest).toBe(IN_FLIGHT_MAX);
  });

  test('scans what the budget cannot reach while it reads', async () => {
    const queue = new FakeQueue({ passMs: 20 });
    const reading = read(queue, [prompt(prose(20_000))], 2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.scanned.length).toBeGreaterThan(0);
    await reading;
  });

  test('without heads nothing is read and nothing known', async () => {
    const queue = new FakeQueue();
    const reader = createWholeReader({ queue, heads: undefined, inFlightMax: IN_FLIGHT_MAX });
    expect(await reader.readWhole([prompt('a turn')], { windowsMax: 9, deadlineMs: LONG_MS })).toEqual({
      windows: [],
      unread: [{ passage: 0, start: 0, end: 6, scanned: 0 }],
    });
    expect([queue.encoded, queue.scanned]).toEqual([[], []]);
  });

  test('many short turns are no burden', async () => {
    const passages = Array.from({ length: 20_000 }, (_, index) => prompt(`turn ${index}`));
    const reading = await read(new FakeQueue(), passages, 10);
    expect([reading.windows.length, reading.unread.length]).toEqual([10, 19_990]);
  });

  test('for any texts and budget, what is read and what is unread is everything', async () => {
    const part = fc.constantFrom(
      prose(600),
      'x'.repeat(700),
      '可再生能源'.repeat(50),
      '\u{1f600}'.repeat(90),
      ' '.repeat(300),
      'fail ',
      '한국어 ',
      '\n',
    );
    const text = fc.array(part, { maxLength: 7 }).map((parts) => parts.join(''));
    const passages = fc.array(
      fc.record({ text, role: fc.constantFrom<Passage['role']>('prompt', 'document') }),
      { maxLength: 5 },
    );
    const fails = (each: string) => (each.includes('fail') ? new Error('broken') : undefined);
    await fc.assert(
      fc.asyncProperty(
        passages,
        fc.nat(12),
        fc.integer({ min: 20, max: 1500 }),
        async (all, windowsMax, charsMax) => {
          const queue = new FakeQueue({ charsMax, fails });
          const reading = await read(queue, all, windowsMax);
          expectNothingLost(reading, all);
          expect(queue.encoded.length).toBeLessThanOrEqual(windowsMax);
          expect(queue.inFlightHighest).toBeLessThanOrEqual(IN_FLIGHT_MAX);
        },
      ),
      { numRuns: 200 },
    );
  });
});
