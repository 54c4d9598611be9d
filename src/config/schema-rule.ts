import { z } from 'zod';
import { name, section } from './fields.js';

/** A rule as it is written: a signal's name, or an object that holds exactly one of the four kinds. */
export type RuleText = string | RuleObject;

export interface RuleObject {
  readonly all?: RuleText[] | undefined;
  readonly any?: RuleText[] | undefined;
  readonly not?: RuleText | undefined;
  readonly signal?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly on_unknown?: 'match' | 'no-match' | undefined;
}

/** Written in place of a rule: it holds for every prompt. No signal may be called so. */
export const ALWAYS = 'always';

const kinds = ['all', 'any', 'not', 'signal'] as const;

/**
 * One object for all kinds, and a check that one of them is there, rather than a union of four: a union reports every
 * branch that did not fit, so a slip deep in a nested rule would end in a message as long as the file.
 */
const ruleObject: z.ZodType<RuleObject> = section({
  get all() {
    return z.array(rule).min(1).max(256).optional();
  },
  get any() {
    return z.array(rule).min(1).max(256).optional();
  },
  get not() {
    return rule.optional();
  },
  signal: name.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  on_unknown: z.enum(['match', 'no-match']).optional(),
}).check((context) => {
  const given = kinds.filter((kind) => context.value[kind] !== undefined);
  const problem = kindProblem(given) ?? stray(context.value) ?? crossed(context.value);
  if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
});

export const rule: z.ZodType<RuleText> = z.union([name, ruleObject]);

function kindProblem(given: readonly string[]): string | undefined {
  if (given.length === 1) return undefined;
  if (given.length === 0) return 'is an empty rule; write one of all, any, not or signal into it';
  return `holds ${given.join(' and ')} side by side; nest one in the other, so that the order is clear`;
}

function stray(value: RuleObject): string | undefined {
  const leafKeys = [value.min, value.max, value.on_unknown];
  if (value.signal !== undefined || leafKeys.every((key) => key === undefined)) return undefined;
  return 'has "min", "max" or "on_unknown" without a signal; write {signal: name, min: …} where the signal is named';
}

function crossed({ min, max }: RuleObject): string | undefined {
  if (min === undefined || max === undefined || min <= max) return undefined;
  return `has min ${min} above max ${max}; it could never hold, swap them`;
}
