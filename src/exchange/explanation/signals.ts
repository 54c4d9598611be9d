import type { SignalValue } from '../../signals/contract.js';
import { digits } from './digits.js';
import type { Explained } from './explained.js';
import type { ExplainedSignal } from './value.js';

/** Every signal of the policy; those that were asked come first, in the order of their asking. */
export function explainSignals({ inquiry, trail, signalMs }: Explained): readonly ExplainedSignal[] {
  const values = trail.board?.values ?? new Map<string, SignalValue>();
  const asked = Array.from(values, ([name, value]) => signalOf(name, value, signalMs.get(name)));
  const rest = [...inquiry.policy.signals.keys()].filter((name) => !values.has(name));
  return [...asked, ...rest.map((name): ExplainedSignal => ({ ...NOTHING, name, state: 'not-asked' }))];
}

const NOTHING = { score: null, threshold: null, margin: null, detail: '', ms: null } as const;

function signalOf(name: string, value: SignalValue, ms: number | undefined): ExplainedSignal {
  const took = ms === undefined ? null : digits(ms, 3);
  if (value.state === 'unknown')
    return { ...NOTHING, name, state: 'unknown', detail: value.reason, ms: took };
  const { matched, score, threshold, detail } = value;
  return {
    name,
    state: matched ? 'match' : 'no-match',
    score: digits(score, 4),
    threshold: threshold === undefined ? null : digits(threshold, 4),
    margin: threshold === undefined ? null : digits(score - threshold, 4),
    detail,
    ms: took,
  };
}
