import type { JsonObject } from '../lib/json.js';
import { QUESTIONS } from '../simulator/answers.js';

/** What must come out of a question of the demonstration. */
export interface Expected {
  /** The model that answers, or whose stored answer is served; undefined where the policy refuses. */
  readonly model: string | undefined;
  readonly decision: string;
  /** Undefined where the policy refuses. */
  readonly cache: 'miss' | 'hit-exact' | 'hit-semantic' | 'bypass' | undefined;
  /** Index of the question whose stored answer may be served; absent where nothing may. */
  readonly servedFrom?: number;
}

export interface DemoQuestion {
  readonly prompt: string;
  /** What the question is asked for. */
  readonly shows: string;
  readonly expected: Expected;
  /** How it is asked; absent stands for the article's test. */
  readonly request?: DemoRequest;
}

export interface DemoRequest {
  /** By lower-case name, beside content type and credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** The article's question in other words, and with the same meaning. */
export const REWORDED = 'What are the primary sources of renewable energy?';

/** The model and the decision that the article's question, and every easy one, gets. */
const EASY = { model: 'small-general', decision: 'default' } as const;

/** The demonstration, in order. The first question is the one of the article and fills the cache. */
export const DEMO_QUESTIONS: readonly DemoQuestion[] = [
  {
    prompt: QUESTIONS.article,
    shows: 'easy: the small model, at its own pace',
    expected: { ...EASY, cache: 'miss' },
  },
  {
    prompt: QUESTIONS.article,
    shows: 'the same words: the exact tier',
    expected: { ...EASY, cache: 'hit-exact', servedFrom: 0 },
  },
  {
    prompt: REWORDED,
    shows: 'other words: the semantic tier',
    expected: { ...EASY, cache: 'hit-semantic', servedFrom: 0 },
  },
  {
    prompt: QUESTIONS.reasoning,
    shows: 'hard: the large model',
    expected: { model: 'large-reasoning', decision: 'hard-reasoning', cache: 'miss' },
  },
  {
    prompt: QUESTIONS.coding,
    shows: 'code: the coder',
    expected: { model: 'coder', decision: 'code', cache: 'miss' },
  },
  {
    prompt: QUESTIONS.nonRenewable,
    shows: 'close to a stored question, yet the opposite: must miss',
    expected: { ...EASY, cache: 'miss' },
  },
];

/** All headers of a question's request, and its body. */
export function requestOf({ prompt, request }: Pick<DemoQuestion, 'prompt' | 'request'>): DemoRequest {
  const headers = { 'content-type': 'application/json', authorization: BEARER, ...request?.headers };
  return { headers, body: request?.body ?? articleBody(prompt) };
}

/** The body of the article's test around a question. */
function articleBody(prompt: string): JsonObject {
  return {
    model: 'auto',
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: prompt },
    ],
    temperature: 0.7,
  };
}

/** The credential of the article's test. */
const BEARER = 'Bearer test-token';
