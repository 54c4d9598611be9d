import type { Embedding } from '../signals/contract.js';
import { costWeightOf } from './dial.js';
import { type Corrections, learnedScorer } from './learned.js';
import type { ModelCard } from './model-card.js';
import { costUnitOf, requestCost } from './request-cost.js';
import { ANSWER_TOKENS_DEFAULT, type Needs, type Scorer, type WeighedScorer } from './scorers.js';
import type { Bar } from './select.js';

/** Expects of each of its models how well it will answer. Learnt from outcomes; never of the user's policy. */
export interface QualityRouter {
  readonly name: string;
  /** Changes whenever it may expect something else. */
  readonly hash: string;
  readonly models: readonly string[];
  /** In the order of `models`; undefined where the encoder says too little of the prompt. Must not throw. */
  expect(text: string, embedding: Embedding): Expectation | undefined;
  /** What it expects of prompts like those that it was trained on, to set a dial by. */
  readonly sample: ExpectationSample;
}

export interface Expectation {
  /** Probability of a good answer, 0 to 1. */
  readonly quality: Float32Array;
  /** Tokens of the answer; undefined where nobody told. */
  readonly outputTokens: Float32Array | undefined;
}

/** Rows × models; `outputTokens` is empty where nobody told. */
export interface ExpectationSample {
  readonly quality: Float32Array;
  readonly outputTokens: Float32Array;
  /** By row. */
  readonly promptTokens: Float32Array;
}

/** What to make of quality and cost. */
export type Goal =
  /** 0 takes the cheapest, 1 the best; between them that share of the way in spending, on the router's sample. */
  | { readonly kind: 'bias'; readonly bias: number }
  /** The cheapest of those whose expected quality is at most that much below the best one's. 0 to 1. */
  | { readonly kind: 'within'; readonly ofBest: number }
  /** The best of those that this request costs at most so much with, or else the cheapest. USD per 1,000 requests. */
  | { readonly kind: 'under'; readonly usdPer1000: number }
  /** The highest sum of expected quality, so much of it, and what the cards say. */
  | { readonly kind: 'weighed'; readonly weight: number };

/** How the models of one decision are chosen by what is expected of them. */
export interface ModelChoice {
  readonly router: QualityRouter;
  readonly goal: Goal;
  /** What one unit of cost weighs against a quality of 1; infinite where quality does not count. */
  readonly costWeight: number;
}

/** Sets the dial for these models. */
export function modelChoice(router: QualityRouter, goal: Goal, cards: readonly ModelCard[]): ModelChoice {
  const costWeight = goal.kind === 'bias' ? costWeightOf(goal.bias, sampledCards(router, cards)) : 0;
  return { router, goal, costWeight };
}

function sampledCards({ models, sample }: QualityRouter, cards: readonly ModelCard[]) {
  const unit = costUnitOf(cards);
  return Array.from(sample.promptTokens, (contextTokens, row) => {
    const from = row * models.length;
    const expected = {
      quality: sample.quality.subarray(from, from + models.length),
      outputTokens:
        sample.outputTokens.length === 0
          ? undefined
          : sample.outputTokens.subarray(from, from + models.length),
    };
    return cards.flatMap((card) => {
      const quality = qualityOf(card, { models, expected });
      if (quality === undefined) return [];
      const tokens = answerTokensOf(card, { models, expected }, { contextTokens, modalities: [] });
      return [
        { quality, cost: requestCost(card, unit, { promptTokens: contextTokens, answerTokens: tokens }) },
      ];
    });
  });
}

/** What is expected for one prompt. */
export interface Expected {
  readonly models: readonly string[];
  readonly expected: Expectation;
  /** What outcomes add to it; absent where nothing is learnt. */
  readonly corrections?: Corrections | undefined;
}

/** What is known for one choice. */
export interface Known extends Expected {
  /** Scorers, up to 1, that count beside quality and cost. */
  readonly beside?: readonly WeighedScorer[] | undefined;
  /** Those of the cards, for a goal that weighs them. */
  readonly byCards?: readonly WeighedScorer[] | undefined;
}

export interface ChoiceRule {
  readonly scorers: readonly WeighedScorer[];
  readonly bar: Bar;
}

/** Small enough never to outweigh what it breaks ties of. */
const TIE = 1e-9;

/** The scorers and the bar by which `select` chooses for one prompt. */
export function choiceRule(choice: ModelChoice, said: Known, cards: readonly ModelCard[]): ChoiceRule {
  const unit = costUnitOf(cards);
  const costOf = (card: ModelCard, needs: Needs) =>
    requestCost(card, unit, {
      promptTokens: needs.contextTokens,
      answerTokens: answerTokensOf(card, said, needs),
    });
  const quality: Scorer = { name: 'quality', score: (card) => qualityOf(card, said) ?? 0 };
  const cost: Scorer = { name: 'cost', score: (card, needs) => -costOf(card, needs) };
  const dearest = (needs: Needs) => Math.max(...cards.map((card) => costOf(card, needs))) || 1;
  const beside = scaled(said.beside ?? [], countsCostAlone(choice) ? dearest : () => 1);
  const scorers = [...weigh(choice, { quality, cost, byCards: said.byCards ?? [] }), ...beside];
  const bar = barOf(choice.goal, { said, costOf });
  if (said.corrections === undefined) return { scorers, bar };
  const weight = scorers.find(({ scorer }) => scorer === quality)?.weight ?? 0;
  return { scorers: [...scorers, { scorer: learnedScorer(said.corrections), weight }], bar };
}

function countsCostAlone({ goal, costWeight }: ModelChoice): boolean {
  return goal.kind === 'within' || costWeight === Number.POSITIVE_INFINITY;
}

/** Beside a quality of up to 1 scorers count as they are; beside costs, as shares of the greatest one. */
function scaled(
  scorers: readonly WeighedScorer[],
  unitOf: (needs: Needs) => number,
): readonly WeighedScorer[] {
  return scorers.map(({ scorer, weight }) => {
    const score: Scorer['score'] = (card, needs) => unitOf(needs) * scorer.score(card, needs);
    return { scorer: { name: scorer.name, score }, weight };
  });
}

function weigh(
  choice: ModelChoice,
  {
    quality,
    cost,
    byCards,
  }: { readonly quality: Scorer; readonly cost: Scorer; readonly byCards: readonly WeighedScorer[] },
): readonly WeighedScorer[] {
  const { goal, costWeight } = choice;
  if (goal.kind === 'weighed') return [...byCards, { scorer: quality, weight: goal.weight }];
  const byQuality = goal.kind === 'under' || costWeight === 0;
  if (countsCostAlone(choice)) {
    return [
      { scorer: cost, weight: 1 },
      { scorer: quality, weight: TIE },
    ];
  }
  return [
    { scorer: quality, weight: 1 },
    { scorer: cost, weight: byQuality ? TIE : costWeight },
  ];
}

function barOf(
  goal: Goal,
  { said, costOf }: { readonly said: Expected; costOf(card: ModelCard, needs: Needs): number },
): Bar {
  return (cards, needs) => {
    const known = cards.filter((card) => qualityOf(card, said) !== undefined);
    const best = Math.max(...known.map((card) => correctedQuality(card, said) ?? 0));
    const cheapest = Math.min(...known.map((card) => costOf(card, needs)));
    return (card) => {
      const quality = correctedQuality(card, said);
      if (quality === undefined)
        return 'nothing is expected of it: the router does not know it, and its card says no quality';
      if (goal.kind === 'within' && quality < best - goal.ofBest)
        return `its expected quality ${quality.toFixed(3)} is more than ${goal.ofBest} below the best, ${best.toFixed(3)}`;
      const per1000 = 1000 * costOf(card, needs);
      if (goal.kind === 'under' && per1000 > goal.usdPer1000 && per1000 > 1000 * cheapest)
        return `would cost ${per1000.toFixed(3)} USD per 1,000 requests like this, more than ${goal.usdPer1000}`;
      return undefined;
    };
  };
}

function correctedQuality(card: ModelCard, said: Expected): number | undefined {
  const quality = qualityOf(card, said);
  return quality === undefined ? undefined : quality + (said.corrections?.get(card.name) ?? 0);
}

/** What the router says of a model, or else its card; undefined where neither does. */
export function qualityOf(card: ModelCard, { models, expected }: Expected): number | undefined {
  const place = models.indexOf(card.routerModel ?? card.name);
  return place < 0 ? card.quality : expected.quality[place];
}

function answerTokensOf(card: ModelCard, { models, expected }: Expected, needs: Needs): number {
  const place = models.indexOf(card.routerModel ?? card.name);
  const usual = (place < 0 ? undefined : expected.outputTokens?.[place]) ?? ANSWER_TOKENS_DEFAULT;
  return Math.min(usual, needs.answerTokens ?? usual);
}
