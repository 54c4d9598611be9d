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

/** What of the last user turn can be measured. */
export const STRUCTURE_FEATURES = [
  'code',
  'json',
  'list',
  'table',
  'cjk',
  'math',
  'urls',
  'questions',
  'words',
] as const;
export type StructureFeature = (typeof STRUCTURE_FEATURES)[number];

/** What of a conversation, and of the request that carries it, can be measured. */
export const CONVERSATION_FEATURES = [
  'turns',
  'messages',
  'tools',
  'tool_results',
  'images',
  'audio',
  'files',
  'system_prompt',
  'stream',
  'max_tokens',
] as const;
export type ConversationFeature = (typeof CONVERSATION_FEATURES)[number];

/** What may be said of a caller. */
export const IDENTITY_KINDS = ['user', 'group', 'tenant', 'role'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** What a user may say of the answer before. */
export const FEEDBACK_KINDS = ['satisfied', 'wrong', 'unclear', 'different'] as const;
export type FeedbackKind = (typeof FEEDBACK_KINDS)[number];

/** How a user may ask to be answered. */
export const PREFERENCES = ['brief', 'detailed', 'simple', 'step_by_step', 'fast', 'careful'] as const;
export type Preference = (typeof PREFERENCES)[number];
