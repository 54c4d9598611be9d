import type { PromptView, Signal, SignalValue } from './contract.js';
import { FEEDBACK_KINDS, type FeedbackKind } from './labels.js';
import { PhraseScorer, type PhraseTable, strongest } from './phrases.js';

export interface FeedbackOptions {
  readonly name: string;
  readonly kinds: readonly FeedbackKind[];
  /** Score at or above which the signal matches. 0 to 1. */
  readonly threshold: number;
}

/** Whoever comments on an answer does so first, and goes on to something else then. UTF-16 units. */
const READ_CHARS_MAX = 240;
/** Above this many characters a turn is more than a comment. */
const COMMENT_CHARS_MAX = 120;
const LONG_FACTOR = 0.8;

/**
 * Whether the last user turn comments on the answer before: it was wrong, unclear, not what was wanted, or fine. Score: 0
 * to 1, by English phrases alone, so it hears plain words only. Never matches before there was an answer.
 */
export function feedbackSignal({ name, kinds, threshold }: FeedbackOptions): Signal {
  const scorer = phraseScorer();
  return {
    name,
    cost: 'rule',
    evaluate(view): SignalValue {
      if (!followsAnswer(view)) return known(0, threshold, 'nothing was answered yet');
      const { kind, score } = strongest(scorer.score(view.ask.slice(0, READ_CHARS_MAX)), kinds);
      const weighed = view.ask.length > COMMENT_CHARS_MAX ? score * LONG_FACTOR : score;
      return known(
        weighed,
        threshold,
        kind === undefined ? 'no word of the answer before' : `sounds ${kind}`,
      );
    },
  };
}

/** Whether a model has spoken before the last user turn. */
export function followsAnswer({ turns }: PromptView): boolean {
  const last = turns.findLastIndex(({ role }) => role === 'user');
  return turns.slice(0, Math.max(0, last)).some(({ role }) => role === 'assistant');
}

function known(score: number, threshold: number, detail: string): SignalValue {
  return { state: 'known', matched: score >= threshold, score, threshold, detail };
}

let built: PhraseScorer<FeedbackKind> | undefined;

/** The table is the same for all signals, and takes its time to build. */
function phraseScorer(): PhraseScorer<FeedbackKind> {
  built ??= new PhraseScorer(FEEDBACK_KINDS, PHRASES);
  return built;
}

const PHRASES: PhraseTable<FeedbackKind> = {
  wrong: {
    "that's wrong": 0.95,
    'that is wrong': 0.95,
    "that's not right": 0.95,
    'that is not right': 0.95,
    "that's incorrect": 0.95,
    'that is incorrect': 0.95,
    "that's not correct": 0.95,
    'that is not correct': 0.95,
    "that's not true": 0.9,
    'that is not true': 0.9,
    "you're wrong": 0.95,
    'you are wrong': 0.95,
    'you got it wrong': 0.95,
    'you made a mistake': 0.9,
    'you made an error': 0.9,
    'your answer is wrong': 0.95,
    'the answer is wrong': 0.95,
    'wrong answer': 0.85,
    'are you sure': 0.6,
    "doesn't work": 0.6,
    'does not work': 0.6,
    "didn't work": 0.7,
    'did not work': 0.7,
    'still not working': 0.8,
    "still doesn't work": 0.85,
    'still wrong': 0.95,
    'still fails': 0.7,
    'still getting': 0.5,
    'same error': 0.6,
    'not correct': 0.75,
    incorrect: 0.7,
    wrong: 0.6,
    nope: 0.55,
    'no,': 0.35,
    'you misunderstood': 0.8,
    hallucinating: 0.8,
    'made that up': 0.85,
    'try again': 0.6,
    'check again': 0.65,
    useless: 0.6,
    'terrible answer': 0.9,
    'bad answer': 0.9,
  },
  unclear: {
    "i don't understand": 0.85,
    'i do not understand': 0.85,
    "didn't understand": 0.7,
    'what do you mean': 0.85,
    'not clear': 0.7,
    unclear: 0.7,
    confusing: 0.6,
    'i am confused': 0.8,
    "i'm confused": 0.8,
    'can you clarify': 0.85,
    'could you clarify': 0.85,
    'please clarify': 0.85,
    'explain that': 0.6,
    'explain it again': 0.8,
    'explain again': 0.8,
    'makes no sense': 0.75,
    "doesn't make sense": 0.75,
    'what does that mean': 0.8,
  },
  different: {
    'something else': 0.6,
    'another one': 0.65,
    'another answer': 0.8,
    'another way': 0.65,
    'a different': 0.55,
    'different approach': 0.75,
    'different answer': 0.85,
    "that's not what i": 0.9,
    'that is not what i': 0.9,
    'not what i asked': 0.9,
    'not what i meant': 0.9,
    'not what i want': 0.9,
    'not what i wanted': 0.9,
    "i don't like": 0.6,
    'make it': 0.5,
    'rewrite it': 0.7,
    rephrase: 0.65,
    instead: 0.4,
    'i asked for': 0.7,
    'i meant': 0.7,
  },
  satisfied: {
    'thank you': 0.8,
    thanks: 0.8,
    thx: 0.8,
    perfect: 0.75,
    'great answer': 0.9,
    great: 0.5,
    awesome: 0.65,
    excellent: 0.65,
    'that helps': 0.85,
    'that helped': 0.85,
    'very helpful': 0.85,
    'that works': 0.85,
    'it works': 0.75,
    'works now': 0.85,
    'it worked': 0.85,
    'that worked': 0.85,
    'makes sense': 0.7,
    'got it': 0.7,
    'exactly what i': 0.85,
    'good answer': 0.9,
    'well done': 0.8,
    'nice one': 0.75,
    "that's right": 0.7,
    "you're right": 0.5,
  },
  none: {
    'not bad': 0,
    'no problem': 0,
    'what is wrong with': 0,
    "what's wrong with": 0,
    'thanks in advance': 0,
    'no thanks': 0,
    'great britain': 0,
    'wrong with my': 0,
    'is it wrong': 0,
    'right or wrong': 0,
  },
};
