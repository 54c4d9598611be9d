import type { Explanation } from '../../../src/exchange/explanation/value.js';
import * as names from '../../../src/exchange/headers.js';
import { errorOf, post, sendAny, sentence } from '../api.js';
import { EventReader } from '../events.js';

export interface Question {
  readonly prompt: string;
  readonly model: string;
  readonly stream: boolean;
  /** Value of the `Authorization` field; by it the cache tells callers apart. */
  readonly authorization: string;
}

/** What Sextant said of an answer, by its headers. */
export interface Told {
  readonly path: string;
  readonly model: string;
  readonly decision: string;
  readonly cache: string;
  readonly similarity: string;
  readonly overheadMs: string;
}

export interface Answer {
  readonly question: Question;
  readonly state: 'waiting' | 'coming' | 'done' | 'failed';
  readonly text: string;
  readonly told: Told | undefined;
  /** Milliseconds as this page saw them. */
  readonly firstMs: number | undefined;
  readonly totalMs: number | undefined;
  readonly tokens: { readonly prompt: number; readonly completion: number } | undefined;
  /** What the client was told instead. */
  readonly trouble: string;
}

/** Asks through the gateway, and tells what is known whenever more is. Never rejects. */
export async function ask(
  question: Question,
  signal: AbortSignal,
  tell: (answer: Answer) => void,
): Promise<void> {
  const startedMs = performance.now();
  let answer: Answer = { ...EMPTY, question };
  const change = (more: Partial<Answer>): void => {
    answer = { ...answer, ...more };
    if (!signal.aborted) tell(answer);
  };
  change({});
  try {
    const response = await sendAny('playground/chat', init(question, signal));
    change({ told: toldBy(response.headers) });
    if (!response.ok || Number(response.headers.get('gateway-status')) >= 400) {
      change({ state: 'failed', trouble: (await errorOf(response)).message });
      return;
    }
    const first = (): Partial<Answer> =>
      answer.firstMs === undefined ? { state: 'coming', firstMs: performance.now() - startedMs } : {};
    await read(
      response,
      (text) => change({ ...first(), text: answer.text + text }),
      (tokens) => change({ tokens }),
    );
    change({ state: 'done', totalMs: performance.now() - startedMs });
  } catch (thrown) {
    change({ state: 'failed', trouble: sentence(thrown) });
  }
}

/** Why it goes where it goes. Asked at once with the answer, so that both see the same cache. */
export function explain(
  { prompt, model, authorization }: Question,
  signal?: AbortSignal,
): Promise<Explanation> {
  const request = { model, messages: [{ role: 'user', content: prompt }] };
  return post('explain', { request, headers: { authorization } }, signal);
}

const EMPTY: Omit<Answer, 'question'> = {
  state: 'waiting',
  text: '',
  told: undefined,
  firstMs: undefined,
  totalMs: undefined,
  tokens: undefined,
  trouble: '',
};

function init({ prompt, model, stream, authorization }: Question, signal: AbortSignal): RequestInit {
  const options = stream ? { stream, stream_options: { include_usage: true } } : {};
  const request = { model, messages: [{ role: 'user', content: prompt }], ...options };
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ request, authorization }),
    signal,
  };
}

function toldBy(headers: Headers): Told | undefined {
  const said = (name: string): string => headers.get(name) ?? '';
  if (said(names.PATH) === '') return undefined;
  return {
    path: said(names.PATH),
    model: said(names.MODEL),
    decision: said(names.DECISION),
    cache: said(names.CACHE),
    similarity: said(names.SIMILARITY),
    overheadMs: said(names.OVERHEAD_MS),
  };
}

/** As much of an answer as is read here, whole or in pieces. */
interface Completion {
  readonly choices?: readonly {
    readonly message?: { readonly content?: string | null };
    readonly delta?: { readonly content?: string | null };
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
}

async function read(
  response: Response,
  text: (piece: string) => void,
  tokens: (used: NonNullable<Answer['tokens']>) => void,
): Promise<void> {
  const take = ({ choices, usage }: Completion): void => {
    const [choice] = choices ?? [];
    const content = choice?.delta?.content ?? choice?.message?.content ?? '';
    if (content !== '') text(content);
    if (usage) tokens({ prompt: usage.prompt_tokens, completion: usage.completion_tokens });
  };
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream || response.body === null) {
    take((await response.json()) as Completion);
    return;
  }
  const reader = new EventReader();
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    for (const { data } of reader.push(piece)) if (data !== '[DONE]') take(JSON.parse(data) as Completion);
  }
}
