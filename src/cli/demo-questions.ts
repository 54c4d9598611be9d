import { QUESTIONS } from '../simulator/answers.js';

/** What must come out of a question of the demonstration. */
export interface Expected {
  readonly model: string;
  readonly decision: string;
  readonly cache: 'miss' | 'hit-exact' | 'hit-semantic';
  /** Index of the question whose stored answer may be served; absent where nothing may. */
  readonly servedFrom?: number;
}

export interface DemoQuestion {
  readonly prompt: string;
  /** What the question is asked for. */
  readonly shows: string;
  readonly expected: Expected;
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

/** The body of the article's test around a question. */
export function requestBody(prompt: string): string {
  return JSON.stringify({
    model: 'auto',
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: prompt },
    ],
    temperature: 0.7,
  });
}

/** The credential of the article's test. */
export const BEARER = 'Bearer test-token';
