import type { Turn } from '../openai/request.js';
import { bothBars } from '../selection/ceilings.js';
import { type Corrections, learnedScorer } from '../selection/learned.js';
import type { ModelCard } from '../selection/model-card.js';
import { type Selection, type SelectOptions, select } from '../selection/select.js';
import { conversationKey } from './conversation-key.js';
import type { RouterSaid } from './expect-quality.js';
import type { Inquiry } from './inquiry.js';

export interface Choosing extends Pick<SelectOptions, 'candidates' | 'models' | 'needs' | 'bar'> {
  readonly decision: string;
  /** What is to be answered. */
  readonly turns: readonly Turn[];
  /** Undefined where no router is asked, or none could say. */
  readonly said: RouterSaid | undefined;
  /** What decides then. */
  readonly scorers: NonNullable<SelectOptions['scorers']>;
  /** What counts beside either. */
  readonly beside: NonNullable<SelectOptions['scorers']>;
}

export interface LearntChoice {
  readonly choice: Selection;
  /** Must be called with the model that is asked first: one that failed of late may have to stand back. */
  sent(model: ModelCard): void;
}

/**
 * The model that is expected to answer best, by what outcomes have taught; now and then, where the decision learns,
 * another one that fits, to see how it does.
 */
export function chooseLearnt(inquiry: Inquiry, choosing: Choosing): LearntChoice {
  const { learning } = inquiry.service;
  const turn = learning?.ask(choosing.decision);
  const believed = chooseBy(choosing, turn?.corrections);
  if (turn === undefined || believed.model === undefined) return { choice: believed, sent: () => undefined };
  const tried = turn.drawn && chooseBy(choosing, turn.drawn);
  const explores = tried?.model !== undefined && tried.model !== believed.model;
  const choice = explores ? tried : believed;
  const sent = (model: ModelCard) => {
    const expected = choosing.said === undefined ? model.quality : choosing.said.quality(model);
    const explored = explores && model === choice.model;
    const listens = learning !== undefined && learning.hears.size > 0;
    const conversation = listens ? conversationKey(inquiry, choosing.turns) : undefined;
    turn.sent({ id: inquiry.ledger.id, model: model.name, expected, explored, conversation });
  };
  return { choice, sent };
}

function chooseBy(
  { said, scorers, beside, ...named }: Choosing,
  corrections: Corrections | undefined,
): Selection {
  const rule = said?.rule(corrections, { beside, byCards: scorers });
  const expected = rule && select({ ...named, ...rule, bar: bothBars(named.bar, rule.bar) });
  if (expected?.model !== undefined) return expected;
  const learned = corrections === undefined ? [] : [{ scorer: learnedScorer(corrections), weight: 1 }];
  return select({ ...named, scorers: [...scorers, ...beside, ...learned] });
}
