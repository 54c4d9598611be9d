import { basename, resolve } from 'node:path';
import { rounded, share } from '../evaluation/evaluation.js';
import { writeHead } from '../evaluation/head-files.js';
import { type FinishedHead, runHeadJob } from '../evaluation/head-job.js';
import { readLabelledTexts } from '../evaluation/labelled-texts.js';
import { confusionLines } from './confusion-text.js';
import { figureLines } from './figures-text.js';
import { CliError, OK, type Output, USAGE } from './output.js';
import { withClassifier, worded } from './with-classifier.js';

export interface TrainHeadOptions {
  readonly data: string;
  /** Name of the column or field with the label. */
  readonly label: string;
  readonly text: string;
  readonly outOfScope: string;
  readonly out: string;
  /** Default: the last part of `out`. */
  readonly name?: string;
  /** Share of the rows in scope that must keep their label, 0 to 1. */
  readonly keep: number;
  readonly chooseBy?: string;
  readonly models?: string;
  readonly json?: boolean;
}

const NAME = /^[\w.-]{1,64}$/;

/** `sextant train head`: categories of one's own, from examples, without anything but Node. */
export async function trainHead(options: TrainHeadOptions, output: Output): Promise<number> {
  const name = options.name ?? basename(resolve(options.out));
  if (!NAME.test(name))
    throw new CliError(
      'The name of a head has letters, digits, dots and dashes alone: give one with --name.',
      USAGE,
    );
  const startMs = performance.now();
  const read = (path: string) => readLabelledTexts(path, { text: options.text, label: options.label });
  const { examples, chooseBy } = await worded(async () => ({
    examples: await read(options.data),
    chooseBy: options.chooseBy === undefined ? undefined : await read(options.chooseBy),
  }));
  const finished = await withClassifier(options.models, async (encoder, workers) => {
    const found = await runHeadJob({
      path: options.data,
      examples,
      name,
      outOfScopeLabel: options.outOfScope,
      keep: options.keep,
      encoder,
      workers,
      ...(chooseBy === undefined ? {} : { chooseBy }),
      progress: (done, of) => output.err(`encoded ${done} of ${of} texts`),
      onFit: (fit, of) => output.err(`training ${fit} of ${of}`),
    });
    await writeHead(options.out, found.head, found.origin);
    return found;
  });
  for (const warning of finished.warnings) output.err(`warning: ${warning}`);
  const seconds = (performance.now() - startMs) / 1000;
  output.out(
    options.json === true
      ? JSON.stringify(jsonOf(finished, options.out, seconds))
      : textOf(finished, options, seconds),
  );
  return OK;
}

function jsonOf({ head, figures, origin, warnings }: FinishedHead, out: string, seconds: number) {
  return {
    name: head.name,
    out,
    n: figures.n,
    labels: head.labels.length,
    rows: origin.rows,
    accuracy: rounded(figures.accuracy),
    macro_f1: rounded(figures.macroF1),
    oos_recall: rounded(figures.outOfScopeRecall),
    ece: rounded(figures.ece),
    ci: {
      accuracy: figures.accuracyInterval.map((end) => rounded(end)),
      macro_f1: figures.macroF1Interval.map((end) => rounded(end)),
      oos_recall: figures.outOfScopeInterval?.map((end) => rounded(end)) ?? null,
    },
    threshold: rounded(head.outOfScope.threshold),
    warnings,
    seconds: Number(seconds.toFixed(1)),
  };
}

function textOf({ head, figures, origin }: FinishedHead, options: TrainHeadOptions, seconds: number): string {
  const outside = figures.confusion.at(-1)?.reduce((sum, count) => sum + count, 0) ?? 0;
  const inside = figures.n - outside;
  const from =
    options.chooseBy === undefined ? 'by heads that were trained without each row' : `on ${options.chooseBy}`;
  const [first = ''] = head.labels;
  return [
    `${origin.rows} rows, ${head.labels.length} labels; measured ${from}`,
    ...figureLines([
      share('accuracy', figures.accuracy, { n: inside, interval: figures.accuracyInterval }),
      share('macro F1', figures.macroF1, { n: inside, interval: figures.macroF1Interval }),
      share('out-of-scope recall', figures.outOfScopeRecall, {
        n: outside,
        interval: figures.outOfScopeInterval,
      }),
      share('calibration error', figures.ece, { n: inside }),
    ]),
    '',
    ...confusionLines({ counts: figures.confusion, names: [...figures.labels, '(out of scope)'] }),
    '',
    `Written to ${options.out} in ${seconds.toFixed(0)} s. Use it in sextant.yaml:`,
    '',
    'signals:',
    `  - { name: ${head.name}, type: intent, head: ${JSON.stringify(options.out)}, any_of: [${JSON.stringify(first)}] }`,
  ].join('\n');
}
