import { summarise } from './stats.js';

/** What is read of an embedding; the same shape as the encoder gives. */
export interface Answer {
  readonly vector: Float32Array;
  readonly tokens: number;
  readonly heads?: { readonly probabilities: Readonly<Record<string, Float32Array>> };
}

export interface HeadRule {
  readonly answers: 'one' | 'each';
  readonly threshold?: number;
}

/** One text on one provider. */
export interface Measured {
  readonly answer: Answer;
  readonly ms: number;
}

export interface Comparison {
  readonly cosineMin: number;
  readonly cosineMean: number;
  /** Texts whose vectors are further apart than `COSINE_MIN`. */
  readonly far: number;
  /** Per head, the share of texts on which both providers decide alike. */
  readonly agreement: Readonly<Record<string, number>>;
  readonly texts: number;
}

/**
 * Both sides use the same weights, but sum in another order, so activations differ in their last bits. Where they are
 * quantised on the way (8 bits, one scale for a tensor) such a bit can move a value by one of 255 steps. These moves are
 * few and have no common direction: over 384 dimensions they stay far below a thousandth of the cosine, while a wrong
 * kernel, a lost mask or other weights cost several hundredths at once.
 */
export const COSINE_MIN = 0.999;
/** A decision flips only where it stood on the edge: one text of 200. */
export const AGREEMENT_MIN = 0.995;

/** Compares the answers to the same texts, in the same order. */
export function compare(
  cpu: readonly Measured[],
  gpu: readonly Measured[],
  heads: Readonly<Record<string, HeadRule>>,
): Comparison {
  const cosines = cpu.map(({ answer }, at) => cosine(answer.vector, gpu[at]?.answer.vector));
  const agreement: Record<string, number> = {};
  for (const [name, rule] of Object.entries(heads)) {
    const same = cpu.filter(({ answer }, at) => {
      const decided = decisionOf(answer, name, rule);
      return decided !== undefined && decided === decisionOf(gpu[at]?.answer, name, rule);
    });
    agreement[name] = same.length / cpu.length;
  }
  return {
    cosineMin: Math.min(...cosines),
    cosineMean: cosines.reduce((sum, each) => sum + each, 0) / cosines.length,
    // So that a cosine that is not a number counts as far.
    far: cosines.filter((each) => !(each >= COSINE_MIN)).length,
    agreement,
    texts: cpu.length,
  };
}

export function isSame({ far, agreement, texts }: Comparison): boolean {
  return texts > 0 && far === 0 && Object.values(agreement).every((share) => share >= AGREEMENT_MIN);
}

/** Latency by length, both providers side by side. Lengths are those that the texts really have. */
export function latencyTable(cpu: readonly Measured[], gpu: readonly Measured[]): string {
  const rows = [['tokens', 'texts', 'cpu p50', 'cpu p99', 'cuda p50', 'cuda p99', 'cpu / cuda']];
  let above = 0;
  for (const upTo of UP_TO) {
    const here = (side: readonly Measured[]) =>
      side.filter(({ answer }) => answer.tokens > above && answer.tokens <= upTo).map(({ ms }) => ms);
    const [left, right] = [here(cpu), here(gpu)].map((each) => summarise(Float64Array.from(each)));
    if (left !== undefined && right !== undefined && left.count > 0 && right.count > 0) {
      const times = [left.p50Ms, left.p99Ms, right.p50Ms, right.p99Ms].map((ms) => `${ms.toFixed(2)} ms`);
      rows.push([
        `${above + 1}–${upTo}`,
        String(left.count),
        ...times,
        `${(left.p50Ms / right.p50Ms).toFixed(2)} x`,
      ]);
    }
    above = upTo;
  }
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ')).join('\n');
}

const UP_TO = [16, 32, 64, 128, 256, 512];

/** The label that wins; for a guard whether its text is an attack; for labels of their own which ones hold. */
function decisionOf(answer: Answer | undefined, name: string, rule: HeadRule): string | undefined {
  const probabilities = answer?.heads?.probabilities[name];
  if (probabilities === undefined || probabilities.some(Number.isNaN)) return undefined;
  if (rule.threshold !== undefined) return String(1 - (probabilities[0] ?? 0) >= rule.threshold);
  if (rule.answers === 'each') return Array.from(probabilities, (share) => share >= 0.5).join();
  return String(probabilities.indexOf(Math.max(...probabilities)));
}

function cosine(left: Float32Array, right: Float32Array | undefined): number {
  if (right?.length !== left.length) return Number.NaN;
  let dot = 0;
  let leftSquare = 0;
  let rightSquare = 0;
  for (const [at, value] of left.entries()) {
    const other = right[at] ?? Number.NaN;
    dot += value * other;
    leftSquare += value * value;
    rightSquare += other * other;
  }
  return dot / Math.sqrt(leftSquare * rightSquare);
}
