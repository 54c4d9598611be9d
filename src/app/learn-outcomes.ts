import type { Config } from '../config/config.js';
import type { GiveFeedback } from '../exchange/feedback.js';
import type { Learning, LearningDesk, OutcomeEffect, SentAnswer, SignKind } from '../exchange/learning.js';
import { SentAnswers } from '../exchange/sent-answers.js';
import { DecisionLearner, type ModelReport } from '../learn/decision-learner.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';

const ANSWERS = { answersMax: 10_000, ttlMs: 3_600_000 };
/** How much something that is said of an answer counts beside an outcome. */
const WEIGHTS = {
  /** Of a stored answer, which answered one question and was given to another. */
  verdict: 0.5,
  /** People thank for wrong answers, and call right ones wrong. */
  feedback: 0.3,
  /** Who asks again may want more, and who goes on may have given up. */
  reask: 0.2,
  /** Signs of weakness are rarely wrong, and miss much. */
  cascade: 0.3,
} as const;

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
  /** By the name of the decision. */
  readonly learners: ReadonlyMap<string, DecisionLearner>;
  /** On which outcomes are taken, whatever config they were given by. */
  readonly answers: SentAnswers<Remembered>;
  /** Verdicts are outcomes as well. */
  alsoFrom(feedback: GiveFeedback): GiveFeedback;
  figures(): readonly LearningFigures[];
}

/** An answer, and who learns of it. */
export interface Remembered extends Omit<SentAnswer, 'id' | 'conversation'> {
  readonly decision: string;
  readonly learner: DecisionLearner;
  /** What was learnt of it: a judgement still counts after a mere sign. */
  told: 'nothing' | 'sign' | 'judgement';
}

type Learnings = Pick<Config, 'learnings' | 'decisions'>;

/** What learnt by the config before. */
export interface LearntBefore {
  readonly taught: OutcomeLearning;
  /** Whether the decision of this name goes on with what it knows. */
  keeps(decision: string): boolean;
}

/** Builds it from plain config. */
export function learnOutcomes(
  config: Learnings,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  before?: LearntBefore,
): OutcomeLearning {
  const { learnings } = config;
  const learners = learnersOf(config, { clock, random }, before);
  const answers = before?.taught.answers ?? new SentAnswers<Remembered>(ANSWERS, clock);
  const judge = (id: string, score: number, weight: number): OutcomeEffect | undefined => {
    const answer = answers.get(id);
    if (answer === undefined) return undefined;
    const { decision, model, expected, learner } = answer;
    const learnt = answer.told !== 'judgement' && hears(learnings, decision, 'outcomes');
    if (learnt) {
      answer.told = 'judgement';
      learner.learn({ id, model, expected, score, weight, atMs: clock.nowMs() });
    }
    return { decision, model, learnt };
  };
  const sign: Learning['sign'] = (id, { kind, score }) => {
    const answer = answers.get(id);
    if (answer?.told !== 'nothing' || !hears(learnings, answer.decision, kind)) return;
    answer.told = 'sign';
    const { model, expected, learner } = answer;
    learner.learnSign(kind, { id, model, expected, score, weight: WEIGHTS[kind], atMs: clock.nowMs() });
  };
  const ask: Learning['ask'] = (decision) => {
    const learner = learners.get(decision);
    if (learner === undefined) return undefined;
    const sent = ({ id, conversation, ...answer }: SentAnswer) => {
      learner.sent(answer.model, answer.explored);
      answers.note(id, { ...answer, decision, learner, told: 'nothing' }, conversation);
    };
    return { ...learner.ask(), sent };
  };
  const learning: Learning = {
    ask,
    believed: (decision) => learners.get(decision)?.believed(),
    forget: (id) => answers.forget(id),
    hears: signsHeard(learnings),
    answerTo: (conversation) => answers.idOf(conversation),
    sign,
  };
  return {
    learning: learners.size === 0 ? undefined : learning,
    learners,
    answers,
    desk: { outcome: (id, score) => judge(id, score, 1), ...deskOf(learners, clock) },
    alsoFrom: (feedback) => async (id, verdict) => {
      const effect = await feedback(id, verdict);
      const taught = judge(id, verdict === 'right' ? 1 : 0, WEIGHTS.verdict)?.learnt === true;
      if (!taught) return effect;
      return { evicted: effect?.evicted ?? false, learnt: true };
    },
    figures: () => [...learners].flatMap(([decision, learner]) => figuresOf(decision, learner)),
  };
}

type Learners = ReadonlyMap<string, DecisionLearner>;

function deskOf(learners: Learners, clock: Clock): Pick<LearningDesk, 'report' | 'rollBack'> {
  return {
    report: () => ({
      decisions: Object.fromEntries([...learners].map(([name, it]) => [name, it.report()])),
    }),
    rollBack: (decision, version) => {
      const learner = learners.get(decision);
      if (learner === undefined) return 'no-decision';
      return learner.rollBack(version, clock.nowMs()) ? 'done' : 'no-version';
    },
  };
}

function hears(learnings: Learnings['learnings'], decision: string, source: 'outcomes' | SignKind): boolean {
  return learnings.get(decision)?.from.has(source) === true;
}

function signsHeard(learnings: Learnings['learnings']): ReadonlySet<SignKind> {
  const all = [...learnings.values()].flatMap(({ from }) => [...from]);
  // What an answer shows itself is not heard of in conversations.
  return new Set(all.filter((source) => source !== 'outcomes' && source !== 'cascade'));
}

function learnersOf(
  { learnings, decisions }: Learnings,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  before: LearntBefore | undefined,
): Learners {
  const learners = new Map<string, DecisionLearner>();
  for (const { name, action } of decisions) {
    const rule = learnings.get(name);
    if (rule === undefined || action.kind !== 'route') continue;
    const kept = before?.keeps(name) === true ? before.taught.learners.get(name) : undefined;
    learners.set(name, kept ?? new DecisionLearner(rule, action.models, { random, nowMs: clock.nowMs() }));
  }
  return learners;
}

function figuresOf(decision: string, learner: DecisionLearner): readonly LearningFigures[] {
  return learner.report().models.map(({ model, requests, explored, outcomes, correction, drift }) => {
    return { decision, model, requests, explored, outcomes, correction, outside: drift?.outside ?? false };
  });
}
