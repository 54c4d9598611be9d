import type { Turn } from '../openai/request.js';
import type { PromptView, Signal } from '../signals/contract.js';
import { feedbackSignal } from '../signals/feedback.js';
import { reaskSignal } from '../signals/reask.js';
import { conversationKey } from './conversation-key.js';
import type { Inquiry } from './inquiry.js';
import type { Sign } from './learning.js';

/** As the signals of these kinds have them where a policy says nothing. */
const FEEDBACK_THRESHOLD = 0.5;
const REASK_THRESHOLD = 0.6;

/**
 * Where a decision learns from how conversations go on: what the last user turn says of the answer before it is told to
 * whoever learns. The prompt itself is neither changed nor kept.
 */
export function hearSigns(inquiry: Inquiry, view: PromptView): void {
  const { learning } = inquiry.service;
  if (learning === undefined || learning.hears.size === 0) return;
  const answered = answeredTurns(view.turns);
  const conversation = answered && conversationKey(inquiry, answered);
  const id = conversation === undefined ? undefined : learning.answerTo(conversation);
  if (id === undefined) return;
  for (const sign of signsIn(view)) learning.sign(id, sign);
}

/** The turns to which the answer before the last user turn was given; undefined where there is no such answer. */
function answeredTurns(turns: readonly Turn[]): readonly Turn[] | undefined {
  const last = turns.findLastIndex(({ role }) => role === 'user');
  const before = turns.slice(0, Math.max(0, last)).findLastIndex(({ role }) => role === 'user');
  const isAnswered = turns.slice(before + 1, last).some(({ role }) => role === 'assistant');
  return before >= 0 && isAnswered ? turns.slice(0, before + 1) : undefined;
}

/** The surest first: who learns takes one of them. */
function signsIn(view: PromptView): readonly Sign[] {
  const [wrong, satisfied, reask] = listeners().map((signal) => heard(signal, view));
  const signs: Sign[] = [];
  if (wrong?.matched && wrong.score >= (satisfied?.score ?? 0)) signs.push({ kind: 'feedback', score: 0 });
  else if (satisfied?.matched) signs.push({ kind: 'feedback', score: 1 });
  // Who goes on without asking again says a little, too; else a model would only ever be blamed.
  signs.push({ kind: 'reask', score: reask?.matched ? 0 : 1 });
  return signs;
}

function heard(signal: Signal, view: PromptView): { readonly matched: boolean; readonly score: number } {
  const value = signal.evaluate(view, undefined);
  return value.state === 'known' ? value : { matched: false, score: 0 };
}

let built: readonly Signal[] | undefined;

/** Built when they are first needed: few policies learn from conversations, and the tables of phrases take their time. */
function listeners(): readonly Signal[] {
  built ??= [
    feedbackSignal({ name: 'wrong', kinds: ['wrong'], threshold: FEEDBACK_THRESHOLD }),
    feedbackSignal({ name: 'satisfied', kinds: ['satisfied'], threshold: FEEDBACK_THRESHOLD }),
    reaskSignal({ name: 'reask', threshold: REASK_THRESHOLD }),
  ];
  return built;
}
