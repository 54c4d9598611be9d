import { isJsonObject, type Json } from '../lib/json.js';
import type { Completion, Usage } from '../openai/completion.js';

/** An answer as a store wrote it down in JSON; undefined when it is none. */
export function storedCompletion(value: Json | undefined): Completion | undefined {
  if (!isJsonObject(value) || !isJsonObject(value['object'])) return undefined;
  const { api, object, finishReasons, usage } = value;
  if ((api !== 'chat' && api !== 'completions') || !Array.isArray(finishReasons)) return undefined;
  return { api, object, finishReasons: finishReasons.map(reasonOf), usage: usageOf(usage) };
}

function reasonOf(value: Json): string | null {
  return typeof value === 'string' ? value : null;
}

function usageOf(value: Json | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const { promptTokens, completionTokens } = value;
  if (typeof promptTokens !== 'number' || typeof completionTokens !== 'number') return undefined;
  return { promptTokens, completionTokens };
}
