import { type Random, shuffledIndices } from '../lib/random.js';
import type { LabelledRows } from './rows.js';

/** Logits of a row: `weights` × row + `biases`. */
export interface SoftmaxModel {
  /** One row of the input's width for each class. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

export interface SoftmaxFitOptions {
  /** What the weights are drawn towards, and start from: zero when left out. Classes × width. */
  readonly towards?: Float32Array;
  /** Strength of that pull: half of it times the squared distance is added to the mean loss of a row. */
  readonly l2: number;
  /** How often every row is seen, at most. */
  readonly passes: number;
  /** Steps, at least; few rows are seen more often for it. */
  readonly stepsMin: number;
  readonly random: Random;
  /** Which rows to learn from; each must have a class. Copying them would double the memory. */
  readonly indices: Uint32Array;
}

const BATCH = 64;
const RATE = 0.02;
const RATE_LAST = 0.01;
const MOMENTUM = 0.9;
const VARIANCE = 0.995;
/** What a class gets of a row's probability before it takes part in that row's step: most classes get none. */
const NEGLIGIBLE = 1e-4;

/**
 * Multinomial logistic regression by Adam over mini-batches. The loss is convex and the rate falls to nothing, so the
 * order of the rows hardly shows in the result; with the same `random` it is the same to the last bit.
 */
export function fitSoftmax(rows: LabelledRows, options: SoftmaxFitOptions): SoftmaxModel {
  const { width, classes } = rows;
  const { indices, random } = options;
  const count = indices.length;
  const state = startState(classes, width, options.towards);
  const batchesPerPass = Math.max(1, Math.ceil(count / BATCH));
  const passes = Math.max(options.passes, Math.ceil(options.stepsMin / batchesPerPass));
  const steps = passes * batchesPerPass;
  let step = 0;
  for (let pass = 0; pass < passes && count > 0; pass++) {
    const order = shuffledIndices(count, random).map((at) => indices[at] ?? 0);
    for (let start = 0; start < count; start += BATCH) {
      const batch = order.subarray(start, Math.min(start + BATCH, count));
      addGradient(state, rows, batch);
      step++;
      takeStep(state, { l2: options.l2, step, rate: rateAt(step / steps) });
    }
  }
  return { weights: Float32Array.from(state.weights), biases: Float32Array.from(state.biases) };
}

/** The numbers are kept in double precision: that is what JavaScript calculates in, and converting costs half the speed. */
interface State {
  readonly classes: number;
  readonly width: number;
  readonly weights: Float64Array;
  readonly biases: Float64Array;
  readonly towards: Float64Array;
  readonly gradient: Float64Array;
  readonly biasGradient: Float64Array;
  readonly mean: Float64Array;
  readonly square: Float64Array;
  readonly biasMean: Float64Array;
  readonly biasSquare: Float64Array;
  readonly inputs: Float64Array;
  readonly logits: Float64Array;
}

function startState(classes: number, width: number, towards: Float32Array | undefined): State {
  const size = classes * width;
  const anchor = towards === undefined ? new Float64Array(size) : Float64Array.from(towards);
  return {
    classes,
    width,
    weights: Float64Array.from(anchor),
    biases: new Float64Array(classes),
    towards: anchor,
    gradient: new Float64Array(size),
    biasGradient: new Float64Array(classes),
    mean: new Float64Array(size),
    square: new Float64Array(size),
    biasMean: new Float64Array(classes),
    biasSquare: new Float64Array(classes),
    inputs: new Float64Array(BATCH * width),
    logits: new Float64Array(BATCH * classes),
  };
}

function rateAt(share: number): number {
  return RATE * Math.max(RATE_LAST, 0.5 * (1 + Math.cos(Math.PI * share)));
}

function addGradient(state: State, rows: LabelledRows, batch: Uint32Array): void {
  const { width, inputs, gradient, biasGradient } = state;
  for (let at = 0; at < batch.length; at++) {
    const from = (batch[at] ?? 0) * width;
    inputs.set(rows.values.subarray(from, from + width), at * width);
  }
  fillLogits(state, batch.length);
  gradient.fill(0);
  biasGradient.fill(0);
  for (let at = 0; at < batch.length; at++) {
    addRow(state, at, rows.labels[batch[at] ?? 0] ?? 0, 1 / batch.length);
  }
}

/** Four classes at once: each number of a row is then read once for four products. */
function fillLogits({ classes, width, weights, biases, inputs, logits }: State, count: number): void {
  for (let c = 0; c < classes; c += 4) {
    const w0 = c * width;
    // Past the last class the last one is calculated again, and thrown away.
    const w1 = Math.min(c + 1, classes - 1) * width;
    const w2 = Math.min(c + 2, classes - 1) * width;
    const w3 = Math.min(c + 3, classes - 1) * width;
    for (let row = 0; row < count; row++) {
      const x = row * width;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let d = 0; d < width; d++) {
        const value = inputs[x + d] ?? 0;
        s0 += value * (weights[w0 + d] ?? 0);
        s1 += value * (weights[w1 + d] ?? 0);
        s2 += value * (weights[w2 + d] ?? 0);
        s3 += value * (weights[w3 + d] ?? 0);
      }
      const at = row * classes + c;
      logits[at] = s0 + (biases[c] ?? 0);
      if (c + 1 < classes) logits[at + 1] = s1 + (biases[c + 1] ?? 0);
      if (c + 2 < classes) logits[at + 2] = s2 + (biases[c + 2] ?? 0);
      if (c + 3 < classes) logits[at + 3] = s3 + (biases[c + 3] ?? 0);
    }
  }
}

function addRow(state: State, row: number, label: number, share: number): void {
  const { classes, width, inputs, logits, gradient, biasGradient } = state;
  const scores = logits.subarray(row * classes, (row + 1) * classes);
  let top = Number.NEGATIVE_INFINITY;
  for (const score of scores) top = Math.max(top, score);
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += Math.exp((scores[c] ?? 0) - top);
  const x = row * width;
  for (let c = 0; c < classes; c++) {
    const off = Math.exp((scores[c] ?? 0) - top) / sum - (c === label ? 1 : 0);
    if (Math.abs(off) < NEGLIGIBLE) continue;
    const w = c * width;
    const factor = off * share;
    biasGradient[c] = (biasGradient[c] ?? 0) + factor;
    for (let d = 0; d < width; d++) gradient[w + d] = (gradient[w + d] ?? 0) + factor * (inputs[x + d] ?? 0);
  }
}

interface Step {
  readonly l2: number;
  /** Counted from 1. */
  readonly step: number;
  readonly rate: number;
}

function takeStep(state: State, step: Step): void {
  const { weights, towards, gradient } = state;
  if (step.l2 > 0) {
    for (let at = 0; at < weights.length; at++) {
      gradient[at] = (gradient[at] ?? 0) + step.l2 * ((weights[at] ?? 0) - (towards[at] ?? 0));
    }
  }
  adam(weights, gradient, { mean: state.mean, square: state.square }, step);
  adam(state.biases, state.biasGradient, { mean: state.biasMean, square: state.biasSquare }, step);
}

function adam(
  values: Float64Array,
  gradient: Float64Array,
  { mean, square }: { readonly mean: Float64Array; readonly square: Float64Array },
  { step, rate }: Step,
): void {
  const meanShare = 1 - MOMENTUM ** step;
  const squareShare = 1 - VARIANCE ** step;
  for (let at = 0; at < values.length; at++) {
    const slope = gradient[at] ?? 0;
    const m = MOMENTUM * (mean[at] ?? 0) + (1 - MOMENTUM) * slope;
    const v = VARIANCE * (square[at] ?? 0) + (1 - VARIANCE) * slope * slope;
    mean[at] = m;
    square[at] = v;
    values[at] = (values[at] ?? 0) - (rate * (m / meanShare)) / (Math.sqrt(v / squareShare) + 1e-8);
  }
}
