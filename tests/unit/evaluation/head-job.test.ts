import { describe, expect, test } from '@jest/globals';
import { type HeadJob, runHeadJob } from '../../../src/evaluation/head-job.js';
import { wordEncoder } from '../../support/word-encoder.js';

const TOPICS = { refund: 'money', parcel: 'delivery', account: 'password' } as const;
const FRAMES = ['about my', 'question on', 'help with', 'please check', 'where is', 'I want'];

function examplesOf(labels: readonly (keyof typeof TOPICS)[], perLabel: number) {
  return labels.flatMap((label, at) =>
    FRAMES.slice(0, perLabel).map((frame, row) => {
      return {
        line: at * perLabel + row + 2,
        text: `${frame} ${label} ${TOPICS[label]}`,
        label: label as string,
      };
    }),
  );
}

function job(change: Partial<HeadJob>): HeadJob {
  return {
    path: 'mine.csv',
    examples: examplesOf(['refund', 'parcel', 'account'], 6),
    name: 'mine',
    outOfScopeLabel: 'oos',
    keep: 1,
    encoder: wordEncoder(),
    workers: 1,
    ...change,
  };
}

describe('training a head', () => {
  test('gives a head for this encoder with figures of rows that it had not seen', async () => {
    const fits: string[] = [];
    const { head, origin, figures, warnings } = await runHeadJob(
      job({ onFit: (fit, of) => fits.push(`${fit}/${of}`) }),
    );
    expect(head).toMatchObject({
      name: 'mine',
      labels: ['account', 'parcel', 'refund'],
      encoderHash: 'e'.repeat(64),
    });
    expect(origin).toMatchObject({ rows: 18, labelCounts: { account: 6, parcel: 6, refund: 6 } });
    expect(figures.accuracy).toBeGreaterThan(0.9);
    expect(figures.outOfScopeRecall).toBeNull();
    expect(origin.metrics['accuracy']).toBeCloseTo(figures.accuracy, 3);
    expect(warnings).toEqual([]);
    expect(fits.at(-1)).toBe('6/6');
  });

  test('chooses and measures by other rows where it is told to', async () => {
    const strays = [{ line: 1, text: 'volcanoes under glaciers', label: 'oos' }];
    const chooseBy = [...examplesOf(['refund', 'parcel'], 2), ...strays];
    const { figures, origin } = await runHeadJob(job({ chooseBy }));
    expect(figures.n).toBe(5);
    expect(origin.metrics['oos_recall']).toBe(figures.outOfScopeRecall);
  });

  test('warns of few rows, of doubles, of texts with two labels, and of long texts', async () => {
    const examples = [
      ...examplesOf(['refund', 'parcel'], 6),
      ...examplesOf(['account'], 2),
      { line: 30, text: 'about my refund money', label: 'refund' },
      { line: 31, text: 'about my refund money', label: 'parcel' },
      { line: 32, text: 'parcel '.repeat(100), label: 'parcel' },
    ];
    const { warnings } = await runHeadJob(job({ examples }));
    expect(warnings).toEqual([
      '1 labels have fewer than 5 rows: account (2)',
      '1 texts have two labels, at mine.csv:31',
      '1 rows stand there twice and count once',
      '1 texts are longer than the encoder reads: head and tail stand for them',
    ]);
  });

  test.each([
    ['one label', examplesOf(['refund'], 6), 'mine.csv: has 1 labels beside oos'],
    [
      'more labels than a head can have',
      Array.from({ length: 1001 }, (_, line) => ({ line, text: 'a', label: `label ${line}` })),
      'is --label the right column?',
    ],
  ])('refuses %s', async (_, examples, complaint) => {
    await expect(runHeadJob(job({ examples }))).rejects.toThrow(complaint);
  });

  test('names a few of many labels that are short of rows', async () => {
    const words = ['fire', 'water', 'earth', 'air', 'wood', 'metal', 'stone', 'glass', 'cloth', 'paper'];
    const examples = words.flatMap((label, at) => [
      { line: 2 * at, text: `${label} one`, label },
      { line: 2 * at + 1, text: `${label} two`, label },
    ]);
    const { warnings } = await runHeadJob(job({ examples }));
    expect(warnings[0]).toMatch(/^10 labels have fewer than 5 rows: .* and 2 more$/);
  });

  test('needs a model with heads', async () => {
    const { heads: _none, ...bare } = wordEncoder();
    const encode = async (text: string) => {
      const { heads: _unread, ...embedding } = await bare.encode(text, 1000);
      return embedding;
    };
    await expect(runHeadJob(job({ encoder: { ...bare, encode } }))).rejects.toThrow('has no heads');
  });
});
