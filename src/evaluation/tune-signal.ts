import {
  bestThreshold,
  figuresAt,
  type Scored,
  type Side,
  type ThresholdFigures,
} from '../learn/threshold.js';
import type { Encoder, PromptView, Signal } from '../signals/contract.js';
import { estimateTokens } from '../signals/view.js';
import { DataError } from './data-error.js';
import { encodeAll } from './encode-all.js';
import type { LabelledText } from './labelled-texts.js';

export interface TuneOptions {
  readonly signal: Signal;
  /** On which side of its threshold the signal matches. */
  readonly side: Side;
  /** What it goes by now. */
  readonly current: number;
  readonly rows: readonly LabelledText[];
  /** Labels of the rows for which the signal should match. */
  readonly positive: readonly string[];
  /** Least precision that the tuned threshold must have on these rows; without it the highest F1 is looked for. 0 to 1. */
  readonly precisionMin?: number | undefined;
  readonly encoder: Encoder;
  /** Threads of the encoder. */
  readonly workers: number;
}

export interface Tuned {
  readonly rows: number;
  /** Rows for which the signal should match. */
  readonly ones: number;
  /** Rows of which the signal could say nothing, such as texts in a language that the encoder does not know. */
  readonly unknown: number;
  readonly current: ThresholdFigures;
  /** Undefined where no threshold has the precision that was asked for. */
  readonly tuned: ThresholdFigures | undefined;
}

/**
 * Looks for the threshold with which a signal best tells rows apart.
 * @throws DataError where all rows are alike, or the signal knows none of them
 */
export async function tuneSignal(options: TuneOptions): Promise<Tuned> {
  const { rows, positive, side, current, precisionMin } = options;
  const wanted = new Set(positive);
  const isOne = rows.map(({ label }) => wanted.has(label));
  const ones = isOne.filter(Boolean).length;
  if (ones === 0 || ones === rows.length) throw new DataError(allAlike(rows, positive, ones));
  const scores = await scoresOf(options);
  const scored: Scored[] = scores.flatMap((score, index) =>
    score === undefined ? [] : [{ score, isOne: isOne[index] === true }],
  );
  const threshold = bestThreshold(scored, { side, precisionMin });
  return {
    rows: rows.length,
    ones,
    unknown: rows.length - scored.length,
    current: figuresAt(scored, current, side),
    tuned: threshold === undefined ? undefined : figuresAt(scored, threshold, side),
  };
}

async function scoresOf({
  signal,
  rows,
  encoder,
  workers,
}: TuneOptions): Promise<readonly (number | undefined)[]> {
  const texts = rows.map(({ text }) => text);
  if (signal.cost === 'rule') return texts.map((text) => scoreOf(signal.evaluate(viewOf(text), undefined)));
  return encodeAll(texts, { encoder, workers }, (embedding, index) =>
    scoreOf(signal.evaluate(viewOf(texts[index] ?? ''), embedding)),
  );
}

function scoreOf(value: ReturnType<Signal['evaluate']>): number | undefined {
  return value.state === 'known' ? value.score : undefined;
}

/** A text as the only turn of a conversation. */
function viewOf(text: string): PromptView {
  const turns = [{ role: 'user' as const, text, modalities: [] }];
  const contextTokens = estimateTokens({ turns });
  return { ask: text, turns, contextTokens, modalities: [], hasTools: false, headers: new Map() };
}

function allAlike(rows: readonly LabelledText[], positive: readonly string[], ones: number): string {
  const labels = [...new Set(rows.map(({ label }) => label))]
    .slice(0, 10)
    .map((label) => JSON.stringify(label));
  const wanted = positive.map((label) => JSON.stringify(label)).join(' or ');
  const said = ones === 0 ? 'no row' : 'every row';
  return `${said} has the label ${wanted}; name the label of rows that should match with --positive, of ${labels.join(', ')}`;
}
