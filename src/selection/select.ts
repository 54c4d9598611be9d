import type { ModelCard } from './model-card.js';
import { whyElsewhere } from './regions.js';
import { ANSWER_TOKENS_DEFAULT, type Needs, type WeighedScorer, weightScorer } from './scorers.js';

export interface SelectOptions {
  /** Names of models, in the order of the policy; a name that occurs again is looked at once. */
  readonly candidates: readonly string[];
  readonly models: readonly ModelCard[];
  readonly needs: Needs;
  /** Without any, the weights on the cards decide. */
  readonly scorers?: readonly WeighedScorer[];
  /** What a candidate that fits must reach besides. */
  readonly bar?: Bar | undefined;
}

/** Says of each of these candidates, all of which fit, why it is out of the question, if it is. */
export type Bar = (cards: readonly ModelCard[], needs: Needs) => (card: ModelCard) => string | undefined;

export interface Selection {
  /** Undefined when no candidate can take the prompt. */
  readonly model: ModelCard | undefined;
  /** All candidates that can, the best first. */
  readonly ranked: readonly ModelCard[];
  /** Every candidate in the order of the policy, with the reason why it was kept or not. */
  readonly candidates: readonly CandidateTrace[];
}

export interface CandidateTrace {
  readonly model: string;
  readonly kept: boolean;
  readonly reason: string;
  /** Sum of the parts; 0 when not kept. */
  readonly score: number;
  /** What each scorer adds, its weight included. */
  readonly parts: Readonly<Record<string, number>>;
}

const BY_WEIGHT: readonly WeighedScorer[] = [{ scorer: weightScorer, weight: 1 }];

/** Filters the candidates by what the prompt needs, then by the bar, scores those left, and ranks them; ties go to the one named first. */
export function select(options: SelectOptions): Selection {
  const { needs, scorers = BY_WEIGHT } = options;
  const named = [...new Set(options.candidates)].map((name) => {
    const card = options.models.find((model) => model.name === name);
    return { name, card, obstacle: card === undefined ? 'there is no such model' : whyUnfit(card, needs) };
  });
  const fitting = named.flatMap(({ card, obstacle }) => (card && obstacle === undefined ? [card] : []));
  const whyBelow = options.bar?.(fitting, needs);
  const traces: CandidateTrace[] = [];
  const fit: { readonly card: ModelCard; readonly score: number }[] = [];
  for (const { name, card, obstacle } of named) {
    const reason = obstacle ?? (card && whyBelow?.(card));
    if (card === undefined || reason !== undefined) {
      traces.push({ model: name, kept: false, reason: reason ?? '', score: 0, parts: {} });
      continue;
    }
    const parts = scoreParts(card, needs, scorers);
    const score = Object.values(parts).reduce((sum, part) => sum + part, 0);
    traces.push({ model: name, kept: true, reason: 'fits', score, parts });
    fit.push({ card, score });
  }
  // The sort is stable, so that equals stay in the order of the policy.
  const ranked = fit.toSorted((a, b) => b.score - a.score).map(({ card }) => card);
  return { model: ranked[0], ranked, candidates: traces };
}

/** The first thing about the model that rules it out, if there is one. */
function whyUnfit(card: ModelCard, needs: Needs): string | undefined {
  const elsewhere = whyElsewhere(card, needs.regions ?? []);
  if (elsewhere !== undefined) return elsewhere;
  if (needs.tools === true && card.tools === false) return 'knows no tools';
  const missing = needs.modalities.find((modality) => !card.modalities.includes(modality));
  if (missing !== undefined) return `cannot read ${missing} parts`;
  const tokens = needs.contextTokens + (needs.answerTokens ?? ANSWER_TOKENS_DEFAULT);
  if (tokens <= card.contextWindow) return undefined;
  return `prompt and answer need about ${tokens} tokens, its context window has ${card.contextWindow}`;
}

function scoreParts(
  card: ModelCard,
  needs: Needs,
  scorers: readonly WeighedScorer[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    scorers.map(({ scorer, weight }) => [scorer.name, weight * scorer.score(card, needs)]),
  );
}
