/**
 * A simulated token is a short run of letters or digits with the space before it, or one other character. English text
 * comes out near 1.2 tokens a word, close to what real vocabularies give. Joined, the tokens are the text again.
 */
const TOKEN = /\s?[\p{L}\p{N}'’]{1,12}|\s?[^\s\p{L}\p{N}]|\s/gu;

/** Average characters per token of English text, for prompts: counting those one by one would cost milliseconds. */
const CHARACTERS_PER_TOKEN = 4;

export function splitTokens(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

export function estimateTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
