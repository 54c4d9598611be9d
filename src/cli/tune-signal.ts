import { signalFor } from '../app.js';
import { suggestion } from '../config/names.js';
import type { SignalConfig } from '../config/signal-config.js';
import { readLabelledTexts } from '../evaluation/labelled-texts.js';
import { type Tuned, tuneSignal } from '../evaluation/tune-signal.js';
import { openConfig } from './config-option.js';
import { confusionLines } from './confusion-text.js';
import { CliError, FAILED, OK, type Output, USAGE } from './output.js';
import { withClassifier, worded } from './with-classifier.js';

export interface TuneSignalOptions {
  readonly config: string;
  readonly set: readonly string[];
  readonly signal: string;
  readonly data: string;
  readonly text: string;
  readonly label: string;
  /** Empty: the usual words for yes, and the signal's own name. */
  readonly positive: readonly string[];
  readonly precision?: number;
  readonly json?: boolean;
}

/** `sextant tune signal`: which threshold tells labelled rows apart, beside what the present one does. */
export async function tune(options: TuneSignalOptions, output: Output): Promise<number> {
  const config = openConfig(options.config, options.set);
  const signal = config.signals.find(({ name }) => name === options.signal);
  if (signal === undefined) {
    const known = suggestion(
      options.signal,
      config.signals.map(({ name }) => name),
    );
    throw new CliError(`No signal is called ${JSON.stringify(options.signal)}; ${known}`, USAGE);
  }
  const dial = dialOf(signal);
  const rows = await worded(() =>
    readLabelledTexts(options.data, { text: options.text, label: options.label }),
  );
  const tuned = await withClassifier(config.encoder.path, async (encoder, workers) =>
    tuneSignal({
      signal: await signalFor(config, signal, encoder),
      side: dial.key === 'below' ? 'below' : 'from',
      current: dial.current,
      rows,
      positive: options.positive.length > 0 ? options.positive : [...YES, signal.name],
      precisionMin: options.precision,
      encoder,
      workers,
    }),
  );
  output.out(
    options.json === true
      ? JSON.stringify(jsonOf(signal.name, dial.key, tuned))
      : textOf(signal, dial, tuned),
  );
  return tuned.tuned === undefined ? FAILED : OK;
}

const YES = ['1', 'true', 'yes', 'match'];

/** The key that holds the threshold, and where it stands. */
interface Dial {
  readonly key: 'threshold' | 'below' | 'min';
  readonly current: number;
}

function dialOf(signal: SignalConfig): Dial {
  switch (signal.type) {
    case 'embedding':
    case 'domain':
    case 'intent':
    case 'bm25':
    case 'preference':
    case 'fact_check':
      return { key: 'threshold', current: signal.threshold };
    case 'difficulty':
      return { key: 'below', current: signal.below };
    case 'structure':
      if (signal.min !== undefined && signal.max === undefined) return { key: 'min', current: signal.min };
      throw new CliError(
        `The signal ${signal.name} has an upper bound; only a lower one can be tuned.`,
        USAGE,
      );
    default:
      throw new CliError(
        `A signal of type ${signal.type} cannot be tuned by single texts; embedding, domain, intent, difficulty, bm25, ` +
          'structure, preference and fact_check can.',
        USAGE,
      );
  }
}

function jsonOf(name: string, key: Dial['key'], { rows, ones, unknown, current, tuned }: Tuned) {
  const figures = (of: typeof current) => ({
    [key]: of.threshold,
    precision: of.precision,
    recall: of.recall,
    f1: of.f1,
    confusion: of.confusion.map((line) => [...line]),
  });
  return {
    signal: name,
    n: rows,
    positive: ones,
    unknown,
    current: figures(current),
    tuned: tuned ? figures(tuned) : null,
  };
}

function textOf(signal: SignalConfig, { key }: Dial, { rows, ones, unknown, current, tuned }: Tuned): string {
  const section = (title: string, of: typeof current) => [
    `${title}: ${key} ${of.threshold}   precision ${of.precision.toFixed(3)}   recall ${of.recall.toFixed(3)}   F1 ${of.f1.toFixed(3)}`,
    ...confusionLines({ counts: of.confusion, names: ['no match', 'match'] }),
    '',
  ];
  return [
    `${rows} rows, ${ones} of which should match${unknown > 0 ? `; ${unknown} could not be told and are left out` : ''}`,
    '',
    ...section('now', current),
    ...(tuned === undefined
      ? ['no threshold has the precision that was asked for; take more telling examples, or ask for less']
      : [...section('tuned', tuned), `write ${key}: ${tuned.threshold} to the signal ${signal.name}`]),
  ].join('\n');
}
