import type { Corrections } from '../selection/learned.js';

/** What the decisions that learn have learnt so far. */
export interface Learning {
  /** Counts a request that a decision has claimed; undefined where that decision does not learn. */
  ask(decision: string): LearningTurn | undefined;
  /** What is believed, for who only looks: nothing is counted, and nothing is tried out. */
  believed(decision: string): Corrections | undefined;
  /** Another model than the one that was asked first has answered: an outcome would be laid at the wrong door. */
  forget(id: string): void;
  /** What some decision wants to hear of in conversations; empty where none does. */
  readonly hears: ReadonlySet<SignKind>;
  /** The exchange that answered these turns, as `conversationKey` names them; undefined where that is not known for sure. */
  answerTo(conversation: string): string | undefined;
  /** Takes a sign of how good an answer was. One of each answer counts, and only where its decision wants to hear of that kind. */
  sign(id: string, sign: Sign): void;
}

/**
 * `feedback`: the user says so. `reask`: the user asks the same again, or goes on without. `cascade`: the answer shows it
 * itself.
 */
export type SignKind = 'feedback' | 'reask' | 'cascade';

/** Less than an outcome: it hints at how good an answer was. */
export interface Sign {
  readonly kind: SignKind;
  /** 0 for a bad one, 1 for a good one. */
  readonly score: number;
}

/** One request of a decision that learns. */
export interface LearningTurn {
  /** What is believed. */
  readonly corrections: Corrections;
  /** What might be, for a request that may find out; undefined while enough others do. */
  readonly drawn: Corrections | undefined;
  /** Must be called before the next request is counted, once it is known who answers. */
  sent(answer: SentAnswer): void;
}

export interface SentAnswer {
  /** Of the exchange. */
  readonly id: string;
  readonly model: string;
  /** Quality expected of this model for this prompt, 0 to 1; undefined where nothing was. */
  readonly expected: number | undefined;
  /** True when the expectation would have chosen another model. */
  readonly explored: boolean;
  /** Names the turns that it answers, as `conversationKey` does; undefined where nothing is heard of them later. */
  readonly conversation?: string | undefined;
}

/** How outcomes come in, and what is shown of them. */
export interface LearningDesk {
  /**
   * Takes what somebody says of an answer, once.
   *
   * @param score 0 to 1
   * @returns undefined when no answer of a decision that learns is remembered under this id
   */
  outcome(id: string, score: number): OutcomeEffect | undefined;
  report(): { readonly decisions: Readonly<Record<string, object>> };
  /** Goes back to a version that is kept; says which of the two it does not know, if it does not. */
  rollBack(decision: string, version: number): 'done' | 'no-decision' | 'no-version';
}

export interface OutcomeEffect {
  readonly decision: string;
  readonly model: string;
  /** False when an outcome of this answer is known already: the first one counts. */
  readonly learnt: boolean;
}
