import {
  type FittedPart,
  type FoldedRows,
  indicesWithout,
  leastError,
  type PartLearner,
  type PartWeights,
} from './part-learner.js';
import { promptWords, type SparseRow } from './prompt-words.js';
import type { RoutedPrompt } from './routed-prompt.js';
import type { RouterTargets } from './router-targets.js';
import { wordsPartOf } from './router-words.js';
import { fitSparseRidge, scoreOf } from './sparse-ridge.js';

/** More places keep words apart, and cost a byte each for every model. */
const BUCKETS_OF_FEW = 1 << 17;
const BUCKETS_OF_MANY = 1 << 16;
const FEW_MODELS = 4;
const PULLS = [1, 3, 10, 30];

/** What words, pairs and triples of words tell. */
export class WordsLearner implements PartLearner {
  readonly #rows: readonly SparseRow[];
  readonly #targets: RouterTargets;
  readonly #folded: FoldedRows;
  readonly #buckets: number;
  readonly #pulls: PartWeights;

  constructor(prompts: readonly RoutedPrompt[], targets: RouterTargets, folded: FoldedRows) {
    this.#buckets = targets.models <= FEW_MODELS ? BUCKETS_OF_FEW : BUCKETS_OF_MANY;
    this.#rows = prompts.map(({ text }) => promptWords(text, this.#buckets));
    this.#targets = targets;
    this.#folded = folded;
    this.#pulls = { common: this.#bestPull([0]), own: this.#bestPull(this.#ownOutputs().slice(0, PULLS_BY)) };
  }

  fit(without?: number): FittedPart {
    const weights = [
      this.#fitOutput(0, { without, pull: this.#pulls.common }),
      ...this.#ownOutputs().map((output) => this.#fitOutput(output, { without, pull: this.#pulls.own })),
    ];
    return {
      say: (row) => Float32Array.from(weights, (each) => scoreOf(this.#rows[row], each)),
      part: ({ common, own }) => {
        const [all = new Float64Array(), ...others] = weights;
        const mixed = others.map((each) => each.map((value, at) => own * value + common * (all[at] ?? 0)));
        return wordsPartOf(mixed, this.#buckets);
      },
    };
  }

  #ownOutputs(): readonly number[] {
    return Array.from({ length: this.#targets.models }, (_, model) => 1 + model);
  }

  #fitOutput(
    output: number,
    { without, pull }: { readonly without: number | undefined; readonly pull: number },
  ): Float64Array {
    const fit = { rows: this.#rows, places: this.#buckets, indices: indicesWithout(this.#folded, without) };
    return fitSparseRidge(fit, (row) => this.#target(row, output), pull);
  }

  #target(row: number, output: number): number {
    return this.#targets.values[row * (1 + this.#targets.models) + output] ?? Number.NaN;
  }

  /** By the first fold alone: how much words are to be believed hardly differs from fold to fold. */
  #bestPull(outputs: readonly number[]): number {
    const held = [...this.#folded.foldOf.keys()].filter((row) => this.#folded.foldOf[row] === 0);
    const best = leastError(PULLS, (pull) => {
      let error = 0;
      for (const output of outputs) {
        const weights = this.#fitOutput(output, { without: 0, pull });
        for (const row of held) {
          const target = this.#target(row, output);
          if (!Number.isNaN(target)) error += (scoreOf(this.#rows[row], weights) - target) ** 2;
        }
      }
      return error;
    });
    return best ?? 1;
  }
}

/** Of many models a few tell as well. */
const PULLS_BY = 3;
