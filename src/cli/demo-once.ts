import { CACHE, DECISION, MODEL, OVERHEAD_MS, SIMILARITY } from '../exchange/headers.js';
import { isJsonObject, type Json } from '../lib/json.js';
import type { Simulator } from '../simulator/server.js';
import { type DemoQuestion, requestOf } from './demo-questions.js';
import type { DemoStack } from './demo-stack.js';
import { deviations, type Observed, type Summary, summarise } from './demo-verdict.js';

export interface DemoRow {
  readonly question: DemoQuestion;
  readonly seen: Observed;
  /** In words, what is not as expected; empty when all is well. */
  readonly deviations: readonly string[];
}

export interface DemoReport {
  readonly rows: readonly DemoRow[];
  readonly summary: Summary;
  /** True when every row came out as expected and no hit was wrong. */
  readonly good: boolean;
}

const CHAT_PATH = '/v1/chat/completions';

/** Asks the questions of a recipe, one after the other, and judges every answer. */
export async function askAll(
  stack: Pick<DemoStack, 'url' | 'simulators'>,
  questions: readonly DemoQuestion[],
  log: (line: string) => void,
): Promise<DemoReport> {
  const rows: DemoRow[] = [];
  for (const [at, question] of questions.entries()) {
    log(`asking ${at + 1} of ${questions.length}: ${question.shows} …`);
    const seen = await ask(stack, question);
    rows.push({ question, seen, deviations: deviations(question, seen) });
  }
  const summary = summarise(
    questions,
    rows.map((row) => row.seen),
  );
  const good = summary.wrong_hits === 0 && rows.every((row) => row.deviations.length === 0);
  return { rows, summary, good };
}

async function ask(stack: Pick<DemoStack, 'url' | 'simulators'>, question: DemoQuestion): Promise<Observed> {
  const { headers, body } = requestOf(question);
  const before = stack.simulators.map(asked);
  const startedMs = performance.now();
  const response = await fetch(`${stack.url}${CHAT_PATH}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const ms = performance.now() - startedMs;
  const said = (name: string): string => response.headers.get(name) ?? '';
  const overhead = said(OVERHEAD_MS);
  return {
    status: response.status,
    model: said(MODEL),
    decision: said(DECISION),
    cache: said(CACHE).split(';', 1)[0] ?? '',
    similarity: said(SIMILARITY),
    overheadMs: overhead === '' ? undefined : Number(overhead),
    ms,
    content: contentOf(text),
    asked: stack.simulators.flatMap((simulator, at) =>
      Array.from({ length: asked(simulator) - (before[at] ?? 0) }, () => simulator.name),
    ),
  };
}

/** How many answers a simulator was asked for so far; a witness beside what the headers say. */
function asked(simulator: Simulator): number {
  return simulator.requests().byPath.get(CHAT_PATH) ?? 0;
}

/** The text of the answer, or all of the body when it is no answer. */
function contentOf(body: string): string {
  try {
    const answer = JSON.parse(body) as Json;
    const choices = isJsonObject(answer) ? answer['choices'] : undefined;
    const first = Array.isArray(choices) ? choices[0] : undefined;
    const message = isJsonObject(first) ? first['message'] : undefined;
    const content = isJsonObject(message) ? message['content'] : undefined;
    return typeof content === 'string' ? content : body;
  } catch {
    return body;
  }
}
