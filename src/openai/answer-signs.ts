import { isJsonObject, type Json, type JsonObject, parseJson } from '../lib/json.js';
import type { AnswerWish } from './answer-wish.js';
import type { Completion } from './completion.js';
import { scanBody } from './scan.js';

/** What shows in one choice of an answer without knowing the right one. */
export interface AnswerSigns {
  /** Empty where the choice holds none, as beside a call of a tool. */
  readonly text: string;
  /** The model filled the field by which it says that it refuses. */
  readonly saysRefusal: boolean;
  readonly finishReason: string | null;
  readonly callsTool: boolean;
  /** JSON was asked for, and this is none, or lacks a key that must be there. */
  readonly brokenJson: boolean;
  /** A call names no tool of the request, or its arguments are no JSON object; or the call that was asked for is missing. */
  readonly brokenCall: boolean;
  /** Natural logarithms, over the tokens of this choice; undefined where the answer tells none. */
  readonly logprobs: { readonly mean: number; readonly min: number } | undefined;
}

/** Reads the signs of every choice. */
export function answerSigns({ api, object }: Completion, wish: AnswerWish): readonly AnswerSigns[] {
  const choices = object['choices'];
  const read = api === 'chat' ? chatSigns : textSigns;
  return (Array.isArray(choices) ? choices : []).filter(isJsonObject).map((choice) => read(choice, wish));
}

function chatSigns(choice: JsonObject, wish: AnswerWish): AnswerSigns {
  const message = isJsonObject(choice['message']) ? choice['message'] : {};
  const text = textOf(message['content']);
  const calls = callsOf(message);
  const refusal = message['refusal'];
  return {
    text,
    saysRefusal: typeof refusal === 'string' && refusal !== '',
    finishReason: reasonOf(choice),
    callsTool: calls.length > 0,
    brokenJson: wish.json !== undefined && calls.length === 0 && !fulfils(text, wish.json),
    brokenCall: calls.some((call) => isBroken(call, wish)) || (wish.mustCall && calls.length === 0),
    logprobs: logprobsOf(contentLogprobs(choice['logprobs'])),
  };
}

function textSigns(choice: JsonObject, wish: AnswerWish): AnswerSigns {
  const text = textOf(choice['text']);
  const logprobs = choice['logprobs'];
  const tokens = isJsonObject(logprobs) ? logprobs['token_logprobs'] : undefined;
  return {
    text,
    saysRefusal: false,
    finishReason: reasonOf(choice),
    callsTool: false,
    brokenJson: wish.json !== undefined && !fulfils(text, wish.json),
    brokenCall: false,
    logprobs: logprobsOf(Array.isArray(tokens) ? tokens : []),
  };
}

function reasonOf(choice: JsonObject): string | null {
  const reason = choice['finish_reason'];
  return typeof reason === 'string' ? reason : null;
}

function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

/** `function_call` is the older way to say the same. */
function callsOf(message: JsonObject): readonly JsonObject[] {
  const calls = message['tool_calls'];
  const functions = (Array.isArray(calls) ? calls : []).filter(isJsonObject).map((call) => call['function']);
  return [...functions, message['function_call']].filter(isJsonObject);
}

function isBroken(call: JsonObject, { tools }: AnswerWish): boolean {
  const { name, arguments: given } = call;
  if (typeof name !== 'string' || !tools.has(name)) return true;
  return typeof given !== 'string' || !isJsonObject(parsed(given));
}

function fulfils(text: string, wanted: NonNullable<AnswerWish['json']>): boolean {
  const value = parsed(text);
  if (value === undefined) return false;
  if (!isJsonObject(value)) return !wanted.object;
  return wanted.required.every((key) => Object.hasOwn(value, key));
}

/** Undefined for text that is no JSON. A frame lets the scan, which takes objects alone, bound the depth of any value. */
function parsed(text: string): Json | undefined {
  return scanBody(Buffer.from(`{"value":${text}}`)).ok ? parseJson(text) : undefined;
}

function contentLogprobs(logprobs: Json | undefined): readonly Json[] {
  const content = isJsonObject(logprobs) ? logprobs['content'] : undefined;
  if (!Array.isArray(content)) return [];
  return content.map((token) => (isJsonObject(token) ? (token['logprob'] ?? null) : null));
}

function logprobsOf(values: readonly Json[]): AnswerSigns['logprobs'] {
  let sum = 0;
  let count = 0;
  let min = 0;
  for (const value of values) {
    // The first token of a text to continue has none.
    if (typeof value !== 'number') continue;
    sum += value;
    count++;
    min = Math.min(min, value);
  }
  return count === 0 ? undefined : { mean: sum / count, min };
}
