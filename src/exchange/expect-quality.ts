import { type ChoiceRule, choiceRule, qualityOf } from '../selection/expected-quality.js';
import type { Corrections } from '../selection/learned.js';
import type { ModelCard } from '../selection/model-card.js';
import type { WeighedScorer } from '../selection/scorers.js';
import { UNKNOWN_SHARE_MAX } from '../signals/embedding.js';
import type { Embed } from './classify.js';
import type { Inquiry } from './inquiry.js';
import { timed } from './timed.js';
import { note } from './trail.js';

export interface Question {
  /** The decision that won. */
  readonly decision: string;
  readonly ask: string;
  /** The models that it names. */
  readonly cards: readonly ModelCard[];
}

export interface OtherScorers {
  readonly beside: readonly WeighedScorer[];
  readonly byCards: readonly WeighedScorer[];
}

/** What a router said of one prompt. */
export interface RouterSaid {
  /** By what is chosen, with what outcomes add to it, and what counts beside it. */
  rule(corrections: Corrections | undefined, others?: OtherScorers): ChoiceRule;
  /** Without what outcomes add. 0 to 1; undefined where nothing is expected of the model. */
  quality(card: ModelCard): number | undefined;
}

/**
 * By what the models of a decision are chosen where a router knows them. Undefined where none is asked, and where it
 * cannot say: then the cards alone decide, since an answer by the wrong size of model is better than none.
 */
export async function expectQuality(
  inquiry: Inquiry,
  { decision, ask, cards }: Question,
  embed: Embed,
): Promise<RouterSaid | undefined> {
  const choice = inquiry.policy.choices.get(decision);
  if (choice === undefined || cards.length < 2) return undefined;
  const embedding = await embed();
  if (!embedding.ok || embedding.value.unknownShare > UNKNOWN_SHARE_MAX) return undefined;
  const { router } = choice;
  const expected = await timed(inquiry, 'expect', () => router.expect(ask, embedding.value));
  if (expected === undefined) return undefined;
  note(inquiry, { expected: { router: router.hash, expected } });
  const said = { models: router.models, expected };
  return {
    rule: (corrections, others) => choiceRule(choice, { ...said, corrections, ...others }, cards),
    quality: (card) => qualityOf(card, said),
  };
}
