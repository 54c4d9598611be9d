import type { Decision, Rule } from '../../src/decision/rule.js';
import type { SignalValue } from '../../src/signals/contract.js';

/** A rule that asks for one signal. */
export function has(
  signal: string,
  change: { min?: number; max?: number; onUnknown?: 'match' | 'no-match' } = {},
): Rule {
  return { kind: 'signal', signal, onUnknown: 'no-match', ...change };
}

export function all(...rules: readonly Rule[]): Rule {
  return { kind: 'all', rules };
}

export function any(...rules: readonly Rule[]): Rule {
  return { kind: 'any', rules };
}

export function not(rule: Rule): Rule {
  return { kind: 'not', rule };
}

export const ALWAYS: Rule = { kind: 'always' };

export function route(name: string, priority: number, when: Rule): Decision {
  return { name, priority, when, action: { kind: 'route', models: ['small'] }, cache: true };
}

export function block(name: string, priority: number, when: Rule): Decision {
  return { name, priority, when, action: { kind: 'block', message: 'No.' }, cache: true };
}

export function known(matched: boolean, score = matched ? 1 : 0): SignalValue {
  return { state: 'known', matched, score, detail: 'seen' };
}

export const UNKNOWN: SignalValue = { state: 'unknown', reason: 'it failed' };

export function valuesOf(values: Readonly<Record<string, SignalValue>>): Map<string, SignalValue> {
  return new Map(Object.entries(values));
}
