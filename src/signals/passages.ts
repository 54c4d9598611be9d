import type { Passage, PromptView } from './contract.js';

/**
 * What the guard and the search for personal data read of a conversation, in its order: every turn but those that the
 * operator writes (system, developer) and empty ones. What a user wrote is judged as a prompt; answers of models and
 * outputs of tools are judged as documents.
 */
export function passagesOf(view: PromptView): readonly Passage[] {
  const passages: Passage[] = [];
  for (const { role, text } of view.turns) {
    if (role === 'system' || role === 'developer' || text.trim() === '') continue;
    passages.push({ text, role: role === 'user' ? 'prompt' : 'document' });
  }
  return passages;
}
