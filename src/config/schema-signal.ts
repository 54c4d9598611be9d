import { RE2JS } from 're2js';
import { z } from 'zod';
import { LANGUAGES } from '../signals/languages.js';
import { deadlineMs, name, section, text } from './fields.js';
import { difficulty, domain, guard, intent, pii } from './schema-signal-heads.js';
import { bm25, conversation, identitySignal, structure } from './schema-signal-shape.js';
import { factCheck, feedback, preference, reask } from './schema-signal-talk.js';

const keywords = z
  .array(text(200).regex(/\S/, { error: 'is blank; write a word into it' }))
  .max(10_000)
  .default([]);

const regex = text(1000).refine(compiles, {
  error: 'is no RE2 pattern; RE2 runs in linear time and has no lookaround and no backreferences',
});

const keyword = section({
  name,
  type: z.literal('keyword'),
  any_of: keywords,
  all_of: keywords,
  none_of: keywords,
  case_sensitive: z.boolean().default(false),
  fuzzy: z
    .boolean()
    .default(false)
    .describe('true: words of five letters and more are found with one letter wrong, too.'),
  regex: z.array(regex).max(256).default([]),
}).check(({ value, issues }) => {
  if ([value.any_of, value.all_of, value.none_of, value.regex].every((list) => list.length === 0)) {
    const message = 'looks for nothing; give it any_of, all_of, none_of or regex';
    issues.push({ code: 'custom', message, input: value });
  }
});

const tokens = z.int().min(0).max(100_000_000);

const contextLength = section({
  name,
  type: z.literal('context_length'),
  min_tokens: tokens.optional(),
  max_tokens: tokens.optional(),
}).check(({ value, issues }) => {
  const { min_tokens: min, max_tokens: max } = value;
  if (min === undefined && max === undefined) {
    issues.push({ code: 'custom', message: 'has no bound; give it min_tokens or max_tokens', input: value });
  }
  if (min !== undefined && max !== undefined && min > max) {
    const message = `has min_tokens ${min} above max_tokens ${max}; it could never match, swap them`;
    issues.push({ code: 'custom', message, input: value });
  }
});

const language = section({
  name,
  type: z.literal('language'),
  languages: z.array(z.enum(LANGUAGES)).min(1).max(200),
});

const embedding = section({
  name,
  type: z.literal('embedding'),
  deadline_ms: deadlineMs,
  threshold: z.number().min(0).max(1),
  examples: z.array(text(4000)).max(1000).default([]),
  examples_file: z
    .string()
    .min(1)
    .optional()
    .describe('CSV with a column "text", or a YAML list: further examples.'),
}).check(({ value, issues }) => {
  if (value.examples.length > 0 || value.examples_file !== undefined) return;
  const message = 'has no example; give it examples, or examples_file';
  issues.push({ code: 'custom', message, input: value });
});

export const signal = z.discriminatedUnion('type', [
  keyword,
  contextLength,
  language,
  embedding,
  domain,
  intent,
  difficulty,
  guard,
  pii,
  structure,
  conversation,
  identitySignal,
  bm25,
  feedback,
  reask,
  factCheck,
  preference,
]);

/** The engine that runs the pattern judges it; nothing else knows what it accepts. */
function compiles(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}
