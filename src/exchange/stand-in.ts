import type { Modality, PromptApi, PromptRequest, Role } from '../openai/request.js';
import type { Expectation } from '../selection/expected-quality.js';
import type { Embedding, HeadReadings, WholeReading } from '../signals/contract.js';
import type { HashedPrompt } from './recorded.js';

/** A request of the same lengths, roles and estimated tokens, whose texts are nothing but filling. */
export function standIn(api: PromptApi, prompt: HashedPrompt): PromptRequest {
  const { turns: recorded, context_tokens: tokens, modalities, tools } = prompt;
  const last = recorded.findLastIndex(([, chars]) => chars > 0);
  // The estimate counts four tokens a turn and a quarter for each of these characters; the last turn makes up for
  // texts that were no ASCII.
  let left = Math.max(1, 4 * (tokens - 4 * recorded.length));
  const turns = recorded.map(([role, chars], at) => {
    const length = at === last ? left : Math.min(chars, Math.max(0, left - 1));
    left -= length;
    return { role: role as Role, text: 'x'.repeat(Math.max(0, length)), modalities: [] };
  });
  const askIndex = turns.findLastIndex(({ role }) => role === 'user');
  return {
    api,
    model: '',
    modelSpan: { start: 0, end: 0 },
    turns,
    ask: turns[askIndex]?.text ?? '',
    askIndex,
    textChars: turns.reduce((sum, { text }) => sum + text.length, 0),
    modalities: modalities as readonly Modality[],
    hasTools: tools,
    hasToolResults: turns.some(({ role }) => role === 'tool'),
    stream: false,
    includeUsage: false,
    body: {},
  };
}

/** What the encoder said then; its vector was not kept. */
export function embeddingOf({
  truncated,
  unknown_share,
  heads,
}: NonNullable<HashedPrompt['encoded']>): Embedding {
  const embedding = { vector: new Float32Array(), tokens: 0, truncated, unknownShare: unknown_share };
  return heads === null ? embedding : { ...embedding, heads: readingsOf(heads) };
}

export function readingOf({ windows, unread }: NonNullable<HashedPrompt['read']>): WholeReading {
  return {
    windows: windows.map(({ at: [passage, start, end], guard, document }) => ({
      passage,
      start,
      end,
      heads: readingsOf({ guard, document }),
    })),
    unread: unread.map(([passage, start, end, scanned]) => ({ passage, start, end, scanned })),
  };
}

function readingsOf(heads: Readonly<Record<string, readonly number[]>>): HeadReadings {
  const of = (name: string): Float32Array => Float32Array.from(heads[name] ?? []);
  return {
    features: new Float32Array(),
    probabilities: {
      domain: of('domain'),
      intent: of('intent'),
      difficulty: of('difficulty'),
      guard: of('guard'),
      document: of('document'),
    },
    spans: [],
  };
}

export function expectationOf({
  quality,
  output_tokens,
}: NonNullable<HashedPrompt['expected']>): Expectation {
  return {
    quality: Float32Array.from(quality),
    outputTokens: output_tokens === null ? undefined : Float32Array.from(output_tokens),
  };
}
