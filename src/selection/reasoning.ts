import type { Json } from '../lib/json.js';
import type { Size } from '../signals/labels.js';

/** By whose spelling a model is told to think or not to. */
export const REASONING_FAMILIES = [
  'qwen3',
  'glm',
  'deepseek',
  'granite',
  'gpt-oss',
  'openai',
  'anthropic',
] as const;
export type ReasoningFamily = (typeof REASONING_FAMILIES)[number];

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type Effort = (typeof EFFORTS)[number];

/** What a model card says of thinking. */
export interface ReasoningCard {
  readonly family: ReasoningFamily;
  /** The efforts that the model knows, for families that have any; the least of them stands for "off". */
  readonly efforts: readonly Effort[] | undefined;
}

/** What a decision wants of the thinking of whichever model answers. */
export interface ReasoningPolicy {
  /** `auto` thinks where the difficulty head expects a bad answer of a model of that size. */
  readonly mode: 'on' | 'off' | 'auto';
  readonly effort: 'low' | 'medium' | 'high' | undefined;
  readonly budgetTokens: number | undefined;
  /** For `auto`: probability of a good answer, 0 to 1, below which the model thinks. */
  readonly difficultyBelow: number;
  /** True: the policy goes before what the client asked for. */
  readonly override: boolean;
}

/** A member of the request's body that shall have a value: its name, or its name in a member that is an object. */
export interface BodyEdit {
  readonly path: readonly [string] | readonly [string, string];
  readonly value: Json;
}

/** Where vLLM's chat templates look whether to think. */
const SWITCHES: Partial<Record<ReasoningFamily, string>> = {
  qwen3: 'enable_thinking',
  glm: 'enable_thinking',
  deepseek: 'thinking',
  granite: 'thinking',
};

const EFFORTS_KNOWN: Partial<Record<ReasoningFamily, readonly Effort[]>> = {
  'gpt-oss': ['low', 'medium', 'high'],
  openai: ['minimal', 'low', 'medium', 'high'],
};

/** Anthropic knows thinking by its budget alone, and takes none below the least. Tokens. */
const ANTHROPIC_BUDGETS = { low: 1024, medium: 8192, high: 24_576 };
const ANTHROPIC_BUDGET_MIN = 1024;

/**
 * What to write into a request so that the model thinks, or does not, in the words of its family. Empty where the card
 * names no family, or where the family has no word for what is wanted.
 *
 * @param thinks what the policy came to for this question
 * @param answerTokensMax how long the client lets the answer be; a budget must leave room in it
 */
export function reasoningEdits(
  card: { readonly reasoning?: ReasoningCard | undefined },
  policy: Pick<ReasoningPolicy, 'effort' | 'budgetTokens'>,
  { thinks, answerTokensMax }: { readonly thinks: boolean; readonly answerTokensMax: number | undefined },
): readonly BodyEdit[] {
  const { reasoning } = card;
  if (reasoning === undefined) return [];
  const { family } = reasoning;
  if (family === 'anthropic') return anthropic(policy, thinks, answerTokensMax);
  const name = SWITCHES[family];
  if (name !== undefined) return template(name, thinks, policy.budgetTokens);
  const efforts = reasoning.efforts ?? EFFORTS_KNOWN[family] ?? [];
  const effort = thinks ? nearest(policy.effort, efforts) : leastOf(efforts);
  return effort === undefined ? [] : [{ path: ['reasoning_effort'], value: effort }];
}

/** The class by which the difficulty head knows a model; undefined where the card does not say how large it is. */
export function sizeOf({ parametersB }: { readonly parametersB: number }): Size | undefined {
  if (parametersB <= 0) return undefined;
  if (parametersB <= 9) return 'small';
  return parametersB <= 47 ? 'medium' : 'large';
}

function template(name: string, thinks: boolean, budgetTokens: number | undefined): readonly BodyEdit[] {
  const edit: BodyEdit = { path: ['chat_template_kwargs', name], value: thinks };
  if (!thinks || budgetTokens === undefined) return [edit];
  return [edit, { path: ['thinking_token_budget'], value: budgetTokens }];
}

function anthropic(
  { effort, budgetTokens }: Pick<ReasoningPolicy, 'effort' | 'budgetTokens'>,
  thinks: boolean,
  answerTokensMax = Number.POSITIVE_INFINITY,
): readonly BodyEdit[] {
  const path = ['thinking'] as const;
  if (!thinks) return [{ path, value: { type: 'disabled' } }];
  const wanted = Math.max(ANTHROPIC_BUDGET_MIN, budgetTokens ?? ANTHROPIC_BUDGETS[effort ?? 'medium']);
  const budget = Math.min(wanted, answerTokensMax - 1);
  // A budget that leaves no room for an answer is refused, and so is one below the least: then the model decides.
  return budget < ANTHROPIC_BUDGET_MIN ? [] : [{ path, value: { type: 'enabled', budget_tokens: budget } }];
}

/** The wanted effort, else the nearest above it that the model knows, else the highest below. */
function nearest(wanted: Effort | undefined, known: readonly Effort[]): Effort | undefined {
  if (wanted === undefined) return undefined;
  const above = EFFORTS.slice(EFFORTS.indexOf(wanted));
  return above.find((effort) => known.includes(effort)) ?? EFFORTS.findLast((each) => known.includes(each));
}

function leastOf(known: readonly Effort[]): Effort | undefined {
  return EFFORTS.find((effort) => known.includes(effort));
}
