import { describe, expect, test } from '@jest/globals';
import type { ScanText } from '../../../../src/adapters/onnx/protocol.js';
import { createScanner } from '../../../../src/adapters/onnx/scanner.js';
import type { Passage } from '../../../../src/signals/contract.js';
import { smallHeads } from './small-heads.js';

const heads = smallHeads();
const filler = 'all is quiet on the western front. ';

function scannerOf(passages: readonly Passage[], scan = answering()) {
  return { scan, scanner: createScanner({ queue: { scan: scan.scan }, heads, passages }) };
}

/** Threads that find attacks by one word. */
function answering() {
  const tasks: (readonly ScanText[])[] = [];
  return {
    tasks,
    scan: async (texts: readonly ScanText[]): Promise<readonly number[]> => {
      tasks.push(texts);
      return texts.map(({ text }) => (text.includes('jailbreak') ? 0.9 : 0.1));
    },
  };
}

function refusing() {
  const tasks: (readonly ScanText[])[] = [];
  return {
    tasks,
    scan: async (texts: readonly ScanText[]): Promise<readonly number[]> => {
      tasks.push(texts);
      throw new Error('no thread');
    },
  };
}

const passageOf = (text: string, role: Passage['role'] = 'prompt'): Passage => ({ text, role });
const whole = ({ text }: Passage, passage = 0) => ({ passage, start: 0, end: text.length });

describe('createScanner', () => {
  test('asks the head that judges the passage, with some text around the place', async () => {
    const passages = [passageOf(filler.repeat(40)), passageOf('a document', 'document')];
    const { scan, scanner } = scannerOf(passages);
    const places = [
      { passage: 0, start: 500, end: 510 },
      { passage: 1, start: 2, end: 10 },
    ];
    expect(await scanner.scan(places)).toEqual(places.map((place) => ({ ...place, attack: 0.1 })));
    expect(scan.tasks).toEqual([
      [
        { text: filler.repeat(40).slice(300, 710), head: 'guard' },
        { text: 'a document', head: 'document' },
      ],
    ]);
  });

  test('cuts long places, so that no task holds a thread for long, and leaves nothing out', async () => {
    const text = `${filler.repeat(20_000)}jailbreak${filler.repeat(10_000)}`;
    const { scan, scanner } = scannerOf([passageOf(text)]);
    const scanned = await scanner.scan([{ passage: 0, start: 7, end: text.length }]);
    let at = 7;
    for (const { start, end } of scanned) {
      expect(start).toBe(at);
      at = end;
    }
    expect(at).toBe(text.length);
    expect(scanned.filter(({ attack }) => attack > 0.5)).toHaveLength(1);
    for (const task of scan.tasks) {
      expect(task.reduce((sum, each) => sum + each.text.length, 0)).toBeLessThan(300_000);
    }
  });

  test('puts many short places into one task, up to a bound', async () => {
    const passages = Array.from({ length: 1100 }, (_, index) => passageOf(`turn ${index}`));
    const { scan, scanner } = scannerOf(passages);
    expect(await scanner.scan(passages.map(whole))).toHaveLength(1100);
    expect(scan.tasks.map(({ length }) => length)).toEqual([512, 512, 76]);
  });

  test('does itself what the threads do not, and asks them no more', async () => {
    const text = `${filler.repeat(8000)}jailbreak jailbreak ${filler}`;
    const { scan, scanner } = scannerOf([passageOf(text), passageOf('inject', 'document')], refusing());
    const scanned = await scanner.scan([
      { passage: 0, start: 0, end: text.length },
      { passage: 1, start: 0, end: 6 },
    ]);
    const quiet = await scannerOf([passageOf(filler)], refusing()).scanner.scan([whole(passageOf(filler))]);
    const worst = Math.max(...scanned.filter(({ passage }) => passage === 0).map(({ attack }) => attack));
    expect(worst).toBeGreaterThan((quiet[0]?.attack ?? 1) + 0.1);
    expect(scanned.at(-1)).toMatchObject({ passage: 1 });
    expect(scanned.at(-1)?.attack).toBeGreaterThan(0.97);
    expect(scan.tasks).toHaveLength(1);
  });

  test('lets others have a turn while it scans itself', async () => {
    const text = filler.repeat(10_000);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await scannerOf([passageOf(text)], refusing()).scanner.scan([whole(passageOf(text))]);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  test('without heads it knows nothing', async () => {
    const { scan } = answering();
    const scanner = createScanner({ queue: { scan }, heads: undefined, passages: [passageOf('jailbreak')] });
    expect(await scanner.scan([{ passage: 0, start: 0, end: 9 }])).toMatchObject([{ attack: 0 }]);
  });
});
