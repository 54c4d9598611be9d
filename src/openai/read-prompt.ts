import type { Json, JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import type { SextantError } from '../lib/sextant-error.js';
import type { Conversation } from './conversation.js';
import { invalidField, missingField } from './field-errors.js';
import type { Modality, Turn } from './request.js';

/** A token of English is about four characters; without this a prompt of token ids would count as empty. */
const CHARS_PER_TOKEN = 4;

const MUST_BE = 'a string, an array of strings, or an array of token ids';

/**
 * Reads `prompt` of a `/v1/completions` request. Only a single string can be asked about; several strings become a
 * turn each and token ids turns without text, both with `askIndex` -1.
 */
export function readPrompt(fields: JsonObject): Result<Conversation, SextantError> {
  const prompt = fields['prompt'];
  // vLLM takes embeddings in place of a prompt. They cannot be read here, so they count as a file.
  const embedded = fields['prompt_embeds'] !== undefined && fields['prompt_embeds'] !== null;
  if (prompt === undefined || prompt === null) {
    if (embedded) return ok({ turns: [userTurn('', ['file'])], textChars: 0, askIndex: -1 });
    return err(missingField('prompt', `send ${MUST_BE}`));
  }
  const read = readPrompts(prompt);
  if (!read.ok || !embedded) return read;
  const turns = [...read.value.turns, userTurn('', ['file'])];
  return ok({ turns, textChars: read.value.textChars, askIndex: -1 });
}

function readPrompts(prompt: Json): Result<Conversation, SextantError> {
  if (typeof prompt === 'string')
    return ok({ turns: [userTurn(prompt)], textChars: prompt.length, askIndex: 0 });
  if (!Array.isArray(prompt) || prompt.length === 0) return err(invalidField('prompt', MUST_BE));
  const items = prompt as readonly Json[];
  const tokens = tokenPrompts(items);
  if (tokens !== undefined) return ok(ofTokens(tokens));
  const turns: Turn[] = [];
  let textChars = 0;
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'string') return err(invalidField(`prompt[${index}]`, 'a string'));
    turns.push(userTurn(item));
    textChars += item.length;
  }
  return ok({ turns, textChars, askIndex: turns.length === 1 ? 0 : -1 });
}

/** The prompts of a request that sends token ids: one prompt, or several. Undefined when it sends text. */
function tokenPrompts(items: readonly Json[]): readonly (readonly Json[])[] | undefined {
  if (items.every(Number.isInteger)) return [items];
  const prompts = items.filter((item): item is readonly Json[] => Array.isArray(item));
  const allTokens = prompts.every((prompt) => prompt.length > 0 && prompt.every(Number.isInteger));
  return prompts.length === items.length && allTokens ? prompts : undefined;
}

function ofTokens(prompts: readonly (readonly Json[])[]): Conversation {
  const tokens = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  return { turns: prompts.map(() => userTurn('')), textChars: tokens * CHARS_PER_TOKEN, askIndex: -1 };
}

function userTurn(text: string, modalities: readonly Modality[] = []): Turn {
  return { role: 'user', text, modalities };
}
