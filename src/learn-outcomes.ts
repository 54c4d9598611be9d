import type { Config } from './config/config.js';
import type { GiveFeedback } from './exchange/feedback.js';
import type { Learning, LearningDesk, OutcomeEffect, SentAnswer } from './exchange/learning.js';
import { DecisionLearner, type ModelReport } from './learn/decision-learner.js';
import type { Clock } from './lib/clock.js';
import type { Random } from './lib/random.js';

/** Answers of which an outcome is taken, and for how long. */
const ANSWERS_MAX = 10_000;
const ANSWERS_TTL_MS = 3_600_000;
/** A verdict on a stored answer is about the answer to one question, given to another: half an outcome. */
const FEEDBACK_WEIGHT = 0.5;

export interface LearningFigures extends Pick<ModelReport, 'model' | 'requests' | 'explored' | 'outcomes'> {
  readonly decision: string;
  readonly correction: number;
  readonly outside: boolean;
}

/** All that learns from outcomes. */
export interface OutcomeLearning {
  /** Undefined where no decision learns. */
  readonly learning: Learning | undefined;
  readonly desk: LearningDesk;
  /** Verdicts are outcomes as well. */
  alsoFrom(feedback: GiveFeedback): GiveFeedback;
  /** Empty where no decision learns. */
  readonly gauges: { readonly learning?: () => readonly LearningFigures[] };
}

interface Remembered extends Omit<SentAnswer, 'id'> {
  readonly decision: string;
  readonly learner: DecisionLearner;
  readonly atMs: number;
  judged: boolean;
}

/** Builds it from plain config: part of the composition root, kept apart to stay readable. */
export function learnOutcomes(
  config: Pick<Config, 'learnings' | 'decisions'>,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): OutcomeLearning {
  const learners = learnersOf(config, { clock, random });
  const answers = new Map<string, Remembered>();
  const take = (id: string, score: number, weight: number): OutcomeEffect | undefined => {
    const answer = answers.get(id);
    if (answer === undefined || clock.monotonicMs() - answer.atMs > ANSWERS_TTL_MS) return undefined;
    const { decision, model, expected, learner } = answer;
    const learnt = !answer.judged;
    answer.judged = true;
    if (learnt) learner.learn({ id, model, expected, score, weight, atMs: clock.nowMs() });
    return { decision, model, learnt };
  };
  const ask: Learning['ask'] = (decision) => {
    const learner = learners.get(decision);
    if (learner === undefined) return undefined;
    const sent = ({ id, ...answer }: SentAnswer) => {
      learner.sent(answer.model, answer.explored);
      answers.set(id, { ...answer, decision, learner, atMs: clock.monotonicMs(), judged: false });
      if (answers.size > ANSWERS_MAX) forgetOldest(answers);
    };
    return { ...learner.ask(), sent };
  };
  const believed: Learning['believed'] = (decision) => learners.get(decision)?.believed();
  const figures = () => [...learners].flatMap(([decision, learner]) => figuresOf(decision, learner));
  return {
    learning: learners.size === 0 ? undefined : { ask, believed, forget: (id) => answers.delete(id) },
    desk: {
      outcome: (id, score) => take(id, score, 1),
      report: () => ({
        decisions: Object.fromEntries([...learners].map(([name, it]) => [name, it.report()])),
      }),
      rollBack: (decision, version) => {
        const learner = learners.get(decision);
        if (learner === undefined) return 'no-decision';
        return learner.rollBack(version, clock.nowMs()) ? 'done' : 'no-version';
      },
    },
    alsoFrom: (feedback) => async (id, verdict) => {
      const effect = await feedback(id, verdict);
      const taught = take(id, verdict === 'right' ? 1 : 0, FEEDBACK_WEIGHT)?.learnt === true;
      if (!taught) return effect;
      return { evicted: effect?.evicted ?? false, learnt: true };
    },
    gauges: learners.size === 0 ? {} : { learning: figures },
  };
}

function learnersOf(
  { learnings, decisions }: Pick<Config, 'learnings' | 'decisions'>,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): ReadonlyMap<string, DecisionLearner> {
  const learners = new Map<string, DecisionLearner>();
  for (const { name, action } of decisions) {
    const rule = learnings.get(name);
    if (rule === undefined || action.kind !== 'route') continue;
    learners.set(name, new DecisionLearner(rule, action.models, { random, nowMs: clock.nowMs() }));
  }
  return learners;
}

function forgetOldest(answers: Map<string, Remembered>): void {
  for (const oldest of answers.keys()) {
    answers.delete(oldest);
    return;
  }
}

function figuresOf(decision: string, learner: DecisionLearner): readonly LearningFigures[] {
  return learner.report().models.map(({ model, requests, explored, outcomes, correction, drift }) => {
    return { decision, model, requests, explored, outcomes, correction, outside: drift?.outside ?? false };
  });
}
