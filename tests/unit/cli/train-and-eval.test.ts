import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { confusionLines } from '../../../src/cli/confusion-text.js';
import { figureLines } from '../../../src/cli/figures-text.js';
import { ensureBuilt } from '../../support/built.js';
import { sextant } from '../../support/sextant.js';

const TIMEOUT_MS = 60_000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-train-'));
  ensureBuilt();
}, TIMEOUT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const EXAMPLES = `text,intent
"where is my parcel, please",shipping
when does my order arrive,shipping
track the delivery for me,shipping
has it been shipped yet,shipping
the package is late again,shipping
i want my money back,refund
how do i return these shoes for a refund,refund
give me a refund,refund
send the money back to my card,refund
can i get reimbursed for this,refund
`;

describe('train head', () => {
  test(
    'trains from CSV, prints how good it is, and the head serves eval',
    async () => {
      const out = join(folder, 'mine');
      const data = file('mine.csv', EXAMPLES);
      const {
        status,
        out: said,
        err,
      } = await sextant('train', 'head', '--data', data, '--label', 'intent', '--out', out);
      expect({ status, err: err.replaceAll(/training \d of \d\n?/g, '') }).toEqual({ status: 0, err: '' });
      expect(said).toMatch(
        /^10 rows, 2 labels; measured by heads that were trained without each row\naccuracy +\d\.\d{3} /,
      );
      expect(said).toContain('Confusion matrix');
      expect(said).toContain(`{ name: mine, type: intent, head: "${out}", any_of: ["refund"] }`);
      expect(existsSync(join(out, 'weights.bin'))).toBe(true);
      const rows = file(
        'rows.jsonl',
        '{"text":"i would like a refund","intent":"refund"}\n{"text":"my parcel is late","intent":"shipping"}\n',
      );
      const { out: line } = await sextant('eval', 'intent', '--data', rows, '--head', out, '--json');
      expect(JSON.parse(line)).toMatchObject({ n: 2, accuracy: 1, macro_f1: 1, oos_recall: null });
    },
    TIMEOUT_MS,
  );

  test(
    'prints one line of JSON where it is asked to',
    async () => {
      const argv = ['train', 'head', '--data', file('again.csv', EXAMPLES), '--label', 'intent', '--json'];
      const { out } = await sextant(...argv, '--out', join(folder, 'first'), '--name', 'mine');
      expect(JSON.parse(out)).toMatchObject({
        name: 'mine',
        n: 10,
        labels: 2,
        oos_recall: null,
        warnings: [],
      });
    },
    TIMEOUT_MS,
  );

  test.each([
    [['--label', 'kind'], ':1: there is no column "kind" (--label)'],
    [['--label', 'intent', '--text', 'body'], ':1: there is no column "body" (--text)'],
  ])('says where the file is wrong: %j', async (more, complaint) => {
    const data = file('bad.csv', EXAMPLES);
    const { status, err } = await sextant(
      'train',
      'head',
      '--data',
      data,
      '--out',
      join(folder, 'bad'),
      ...more,
    );
    expect(status).toBe(1);
    expect(err).toContain(`${data}${complaint}`);
    expect(existsSync(join(folder, 'bad'))).toBe(false);
  });

  test.each([
    [['--keep', '1.5'], 'share above 0'],
    [['--name', 'a/b'], 'give one with --name'],
  ])('is called wrongly with %j', async (more, complaint) => {
    const data = file('good.csv', EXAMPLES);
    const argv = ['train', 'head', '--data', data, '--label', 'intent', '--out', join(folder, 'x'), ...more];
    const { status, err } = await sextant(...argv);
    expect(status).toBe(2);
    expect(err).toContain(complaint);
  });
});

describe('eval', () => {
  test.each([
    [
      'domain',
      '{"question":"Solve the integral of x squared.","category":"math"}',
      ['n', 'accuracy', 'macro_f1'],
    ],
    [
      'intent',
      '{"text":"Write a Python function that sorts.","intent":"code"}',
      ['n', 'accuracy', 'macro_f1', 'oos_recall'],
    ],
    ['guard', '{"text":"hello there","label":"benign"}', ['n', 'recall', 'fpr', 'auc']],
    [
      'pii',
      '{"text":"mail me at ada@example.com","spans":[{"type":"EMAIL_ADDRESS","start":11,"end":26}]}',
      ['n', 'precision', 'recall', 'f1', 'f1_overlap', 'structured_f1', 'by_type'],
    ],
    ['difficulty', '{"question":"What is two and two?","correct":{"gemma-7b":1}}', ['n', 'ece']],
  ])(
    '%s prints one line of JSON with its figures, or a table',
    async (kind, row, keys) => {
      const data = file(`${kind}.jsonl`, row);
      const { status, out } = await sextant('eval', kind, '--data', data, '--json');
      expect(status).toBe(0);
      expect(out.split('\n')).toHaveLength(1);
      expect(Object.keys(JSON.parse(out))).toEqual(expect.arrayContaining(keys));
      const { out: table } = await sextant('eval', kind, '--data', data);
      expect(table).toMatch(/ms per row +[\d.]+ +n 1$/m);
    },
    TIMEOUT_MS,
  );

  test(
    'all measures our own texts without any data, beside the targets, and says what it leaves out',
    async () => {
      const { status, out, err } = await sextant('eval', 'all');
      expect(status).toBe(0);
      expect(err).toContain('note: without --data-dir');
      expect(out).toMatch(
        /^domain, everyday questions: accuracy +\d\.\d{3} +\d\.\d{3} to \d\.\d{3} +\d+ +≥ 0\.94 /m,
      );
      expect(out).toMatch(/^size of all artefacts, MB +\d+\.\d+ +1 +≤ 60 +met$/m);
      expect(out).not.toContain('MMLU-Pro');
    },
    2 * TIMEOUT_MS,
  );

  test('says where a file is wrong, and which models cannot be opened', async () => {
    const data = file('wrong.jsonl', '{"question":"a"}');
    const wrong = await sextant('eval', 'domain', '--data', data);
    expect(wrong).toMatchObject({ status: 1, err: `${data}:1: there is no "category"` });
    const missing = await sextant('eval', 'domain', '--data', data, '--models', folder);
    expect(missing.status).toBe(1);
    expect(missing.err).toContain('the models cannot be opened');
  });
});

describe('the text', () => {
  test('of figures is a table with aligned numbers, and a dash where nothing is known', () => {
    const figures = [
      { name: 'accuracy', value: 0.5, interval: [0.25, 0.75], n: 10, unit: 'share' },
      { name: 'AUC', value: null, n: 3, unit: 'share' },
      { name: 'ms per row', value: 12.345, n: 3, unit: 'ms' },
    ] as const;
    expect(figureLines(figures)).toEqual([
      'accuracy    0.500  0.250 to 0.750  n 10',
      'AUC         –                      n 3',
      'ms per row  12.35                  n 3',
    ]);
  });

  test('of a confusion matrix of many labels names the largest confusions', () => {
    const names = Array.from({ length: 30 }, (_, index) => `label ${index}`);
    const counts = names.map((_, is) =>
      Uint32Array.from(names, (_name, said) =>
        is === said ? 9 : is === 3 && said === 4 ? 7 : said === 0 ? 1 : 0,
      ),
    );
    const [head, first, ...rest] = confusionLines({ counts, names });
    expect(head).toBe('Most frequent confusions, of 30');
    expect(first).toMatch(/^7 {2}label 3 +said to be label 4$/);
    expect(rest).toHaveLength(19);
  });
});
