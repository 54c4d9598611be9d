/** The names that the shipped heads answer with, for policies to choose from; a test holds them against the model. */

export const DOMAINS = [
  'biology',
  'business',
  'chemistry',
  'computer science',
  'economics',
  'engineering',
  'health',
  'history',
  'law',
  'math',
  'other',
  'philosophy',
  'physics',
  'psychology',
] as const;

export const INTENTS = [
  'everyday',
  'customer_service',
  'arithmetic_logic',
  'code',
  'knowledge',
  'writing',
  'text_task',
  'translation',
  'conversation',
  'planning',
] as const;

/** What a head that a user trained says of a text that belongs to none of its labels. */
export const OUT_OF_SCOPE = 'out_of_scope';

/** Classes of models by size: up to 9 thousand million parameters, up to 47, and above. */
export const SIZES = ['small', 'medium', 'large'] as const;
export type Size = (typeof SIZES)[number];

/** What a guard can find. */
export const GUARD_KINDS = ['jailbreak', 'injection'] as const;
export type GuardKind = (typeof GUARD_KINDS)[number];
