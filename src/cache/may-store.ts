import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import type { Collected, PartialReason } from '../openai/collect.js';
import type { Completion } from '../openai/completion.js';
import { parseCacheControl } from './cache-control.js';

/** Why an answer is not kept for others. Stable: metrics read it. */
export type StoreRefusal =
  | PartialReason
  | 'status'
  | 'content-encoding'
  | 'upstream-no-store'
  | 'no-choices'
  | 'finish-reason'
  | 'tool-calls'
  | 'refusal'
  | 'personal-data'
  /** Too long, or too many at a time, to be searched for personal data. */
  | 'unsearched'
  | 'empty';

export type StoreVerdict =
  | { readonly store: true; readonly completion: Completion }
  | { readonly store: false; readonly reason: StoreRefusal };

/**
 * Whether an answer may be given to others who ask the same. Only a whole, good one may: an error replayed as a
 * success, half an answer, or a call of a tool that nobody made would be wrong for everybody who gets it later.
 *
 * @param input.contentEncoding the answer's `content-encoding`, if it has one
 * @param input.cacheControl the answer's own `Cache-Control`. `no-store` and `private` are honoured; `no-cache` is not,
 *   because inference servers put it on every stream to keep proxies from buffering it
 * @param input.outcome what the collector made of the body; it has held the bound on bytes
 */
export function mayStore(input: {
  readonly status: number;
  readonly contentEncoding: string | undefined;
  readonly cacheControl: string | undefined;
  readonly endOfStream: boolean;
  readonly outcome: Collected['outcome'];
}): StoreVerdict {
  if (input.status < 200 || input.status > 299) return refused('status');
  if (!input.endOfStream) return refused('cut');
  const encoding = input.contentEncoding?.trim().toLowerCase();
  if (encoding && encoding !== 'identity') return refused('content-encoding');
  const upstream = parseCacheControl(input.cacheControl);
  if (upstream.noStore || upstream.isPrivate) return refused('upstream-no-store');
  if (input.outcome.kind === 'partial') return refused(input.outcome.reason);
  const { completion } = input.outcome;
  const flaw = flawOf(completion);
  return flaw === undefined ? { store: true, completion } : refused(flaw);
}

function refused(reason: StoreRefusal): StoreVerdict {
  return { store: false, reason };
}

function flawOf(completion: Completion): StoreRefusal | undefined {
  const choices = completion.object['choices'];
  if (!Array.isArray(choices) || choices.length === 0) return 'no-choices';
  if (completion.finishReasons.length !== choices.length) return 'finish-reason';
  // `length` is half an answer, `content_filter` none, `tool_calls` waits for a result that belongs to its moment.
  if (completion.finishReasons.some((reason) => reason !== 'stop')) return 'finish-reason';
  for (const choice of choices as readonly Json[]) {
    const flaw = isJsonObject(choice) ? choiceFlaw(choice, completion.api) : 'no-choices';
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

function choiceFlaw(choice: JsonObject, api: Completion['api']): StoreRefusal | undefined {
  if (api === 'completions') return isBlank(choice['text']) ? 'empty' : undefined;
  const message = choice['message'];
  if (!isJsonObject(message)) return 'empty';
  const calls = message['tool_calls'];
  if ((Array.isArray(calls) && calls.length > 0) || isJsonObject(message['function_call']))
    return 'tool-calls';
  if (typeof message['refusal'] === 'string' && message['refusal'] !== '') return 'refusal';
  return isBlank(message['content']) ? 'empty' : undefined;
}

function isBlank(text: Json | undefined): boolean {
  return typeof text !== 'string' || text.trim() === '';
}
