import type { SignalValue } from '../signals/contract.js';
import type { Decision } from './rule.js';
import { compileRule, SignalSlots, TRUE, truthOf } from './tree.js';

/**
 * Characters that would have had to be read to say whether a decision holds, or 0 where it does so whatever stands in
 * them. Asked of a decision that won because a signal which left text unread counted for it.
 */
export function hangsOnUnread(decision: Decision, values: ReadonlyMap<string, SignalValue>): number {
  const slots = new SignalSlots();
  const root = compileRule(decision.when, slots);
  let chars = 0;
  // Pending is what the signal is as long as its text may say either.
  const reading = slots.names.map((name) => {
    const value = values.get(name);
    if (value?.state !== 'unknown' || value.unreadChars === undefined) return value;
    chars = Math.max(chars, value.unreadChars);
    return undefined;
  });
  return chars > 0 && truthOf(root, reading) !== TRUE ? chars : 0;
}
