import type { Role, Turn } from '../openai/request.js';
import type { Passage, PromptView } from './contract.js';

/**
 * What the guard and the search for personal data read of a conversation, in its order: every turn but those that the
 * operator writes (system, developer) and empty ones. What a user wrote is judged as a prompt; answers of models and
 * outputs of tools are judged as documents.
 */
export function passagesOf(view: Pick<PromptView, 'turns'>): readonly Passage[] {
  const passages: Passage[] = [];
  for (const turn of view.turns) {
    if (!isRead(turn)) continue;
    passages.push({ text: turn.text, role: turn.role === 'user' ? 'prompt' : 'document' });
  }
  return passages;
}

/** The turn that a passage is: its index among all turns, and who spoke. Undefined beyond the last passage. */
export function turnOf(
  view: PromptView,
  passage: number,
): { readonly index: number; readonly role: Role } | undefined {
  let left = passage;
  for (const [index, turn] of view.turns.entries()) {
    if (!isRead(turn)) continue;
    if (left === 0) return { index, role: turn.role };
    left -= 1;
  }
  return undefined;
}

/** How much there is to read. Characters. */
export function charsIn(passages: readonly Passage[]): number {
  return passages.reduce((sum, { text }) => sum + text.length, 0);
}

function isRead({ role, text }: Turn): boolean {
  return role !== 'system' && role !== 'developer' && text.trim() !== '';
}
