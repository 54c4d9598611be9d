import { describe, expect, test } from '@jest/globals';
import { inTurns, type Steps } from '../../../src/lib/turns.js';

/** Work that notes its name at each of `count` steps. */
function work(name: string, count: number, notes: string[]): Steps {
  let left = count;
  return {
    step: () => {
      if (left === 0) return false;
      left -= 1;
      notes.push(name);
      return true;
    },
  };
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('work in turns', () => {
  test('is done to its end', async () => {
    const notes: string[] = [];
    await inTurns(work('a', 3, notes));
    await inTurns(work('b', 0, notes));
    expect(notes).toEqual(['a', 'a', 'a']);
  });

  test('does nothing before the caller goes on, and one step a turn after that, whoever else works', async () => {
    const notes: string[] = [];
    const done = Promise.all(['a', 'b', 'c'].map((name) => inTurns(work(name, 4, notes))));
    expect(notes).toEqual([]);
    for (let turn = 1; turn <= 12; turn += 1) {
      await turnOfLoop();
      expect(notes).toHaveLength(turn);
    }
    await done;
    expect(notes.join('')).toBe('abcabcabcabc');
  });

  test('takes one step a turn even when a step brings more work', async () => {
    const notes: string[] = [];
    let inner: Promise<void> | undefined;
    const outer = work('a', 3, notes);
    const both = inTurns({
      step: () => {
        inner ??= inTurns(work('b', 3, notes));
        return outer.step();
      },
    });
    for (let turn = 1; turn <= 6; turn += 1) {
      await turnOfLoop();
      expect(notes).toHaveLength(turn);
    }
    await both;
    await inner;
  });

  test('ends early when it may not go on', async () => {
    const notes: string[] = [];
    await inTurns(work('a', 5, notes), () => notes.length < 2);
    expect(notes).toEqual(['a', 'a']);
  });

  test('that breaks fails alone', async () => {
    const notes: string[] = [];
    const broken = inTurns({
      step: () => {
        throw new Error('no more');
      },
    });
    const other = inTurns(work('a', 2, notes));
    await expect(broken).rejects.toThrow('no more');
    await other;
    expect(notes).toEqual(['a', 'a']);
  });
});
