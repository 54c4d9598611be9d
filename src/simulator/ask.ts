import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import { badRequest, type UpstreamError } from './errors.js';
import { estimateTokens } from './tokens.js';

/** What a generation request asks of the simulator. */
export interface Ask {
  readonly api: 'chat' | 'completions';
  readonly model: string;
  /** Text of the last user message, or the prompt of `/v1/completions`. */
  readonly question: string;
  /** All prompt text, for hash and length. */
  readonly promptText: string;
  readonly promptTokens: number;
  readonly n: number;
  readonly stop: readonly string[];
  /** Tokens; undefined means as many as there are. */
  readonly maxTokens: number | undefined;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly tools: readonly JsonObject[];
  readonly toolChoice: Json;
  /** True when the last message is the result of a tool, so that another call would go round in circles. */
  readonly afterToolResult: boolean;
  /** Undefined: no log probabilities. Otherwise how many alternatives to list for each token. */
  readonly topLogprobs: number | undefined;
  readonly thinking: boolean;
}

/** vLLM gives `/v1/completions` sixteen tokens when the caller names no number, as OpenAI does. */
const COMPLETIONS_MAX_TOKENS = 16;
const CHOICES_MAX = 128;
const TOP_LOGPROBS_MAX = 20;
/** Tokens that a chat template spends around each message. */
const TEMPLATE_TOKENS = 4;

/** Reads the body of `/v1/chat/completions`. */
export function readChat(body: JsonObject): Result<Ask, UpstreamError> {
  const messages = body['messages'];
  if (!Array.isArray(messages)) return err(missing('messages'));
  if (messages.length === 0) return err(badRequest('messages must not be empty', 'messages'));
  let question = '';
  let promptText = '';
  for (const message of messages) {
    if (!isJsonObject(message) || typeof message['role'] !== 'string') return err(missing('messages.role'));
    const text = textOf(message['content']);
    promptText += `${message['role']}: ${text}\n`;
    if (message['role'] === 'user') question = text;
  }
  const last = messages.at(-1);
  const logprobs = body['logprobs'] === true ? countOf(body['top_logprobs'], 0) : undefined;
  const promptTokens = estimateTokens(promptText.length) + messages.length * TEMPLATE_TOKENS;
  const tools = Array.isArray(body['tools']) ? body['tools'].filter(isJsonObject) : [];
  return withCommon(body, {
    api: 'chat',
    question,
    promptText,
    promptTokens,
    maxTokens: limitOf(body['max_completion_tokens'] ?? body['max_tokens']),
    tools,
    toolChoice: body['tool_choice'] ?? 'auto',
    afterToolResult: isJsonObject(last) && last['role'] === 'tool',
    topLogprobs: logprobs,
    thinking: wantsThinking(body),
  });
}

/** Reads the body of `/v1/completions`; a list of prompts is answered as its texts joined. */
export function readCompletions(body: JsonObject): Result<Ask, UpstreamError> {
  const prompt = body['prompt'];
  if (prompt === undefined || prompt === null) return err(missing('prompt'));
  const promptText = Array.isArray(prompt) ? prompt.map(String).join('\n') : String(prompt);
  return withCommon(body, {
    api: 'completions',
    question: promptText,
    promptText,
    promptTokens: estimateTokens(promptText.length),
    maxTokens: limitOf(body['max_tokens']) ?? COMPLETIONS_MAX_TOKENS,
    tools: [],
    toolChoice: 'none',
    afterToolResult: false,
    topLogprobs: typeof body['logprobs'] === 'number' ? body['logprobs'] : undefined,
    thinking: false,
  });
}

type OwnFields = Omit<Ask, 'model' | 'n' | 'stop' | 'stream' | 'includeUsage'>;

function withCommon(body: JsonObject, own: OwnFields): Result<Ask, UpstreamError> {
  const model = body['model'];
  if (typeof model !== 'string') return err(missing('model'));
  const n = countOf(body['n'], 1);
  const stream = body['stream'] === true;
  const streamOptions = body['stream_options'];
  const problem = problemOf(own, n, stream, streamOptions);
  if (problem !== undefined) return err(problem);
  const includeUsage = isJsonObject(streamOptions) && streamOptions['include_usage'] === true;
  return ok(Object.assign(own, { model, n, stop: stopsOf(body['stop']), stream, includeUsage }));
}

function problemOf(
  own: OwnFields,
  n: number,
  stream: boolean,
  streamOptions: Json | undefined,
): UpstreamError | undefined {
  if (n < 1 || n > CHOICES_MAX) return badRequest(`n must be between 1 and ${CHOICES_MAX}, got ${n}.`, 'n');
  if (own.maxTokens !== undefined && own.maxTokens < 1) {
    return badRequest(`max_tokens must be at least 1, got ${own.maxTokens}.`, 'max_tokens');
  }
  if (own.topLogprobs !== undefined && own.topLogprobs > TOP_LOGPROBS_MAX) {
    return badRequest(`top_logprobs must not be above ${TOP_LOGPROBS_MAX}.`, 'top_logprobs');
  }
  if (isJsonObject(streamOptions) && !stream) {
    return badRequest('Stream options can only be defined when `stream=True`.', 'stream_options');
  }
  return undefined;
}

function stopsOf(stop: Json | undefined): readonly string[] {
  if (typeof stop === 'string') return stop === '' ? [] : [stop];
  return Array.isArray(stop) ? stop.map(String).filter((text) => text !== '') : [];
}

/** The text of a message's content, a string or a list of parts. */
function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('\n');
}

/** Chat templates of reasoning models are told by `chat_template_kwargs` not to think. */
function wantsThinking(body: JsonObject): boolean {
  const settings = body['chat_template_kwargs'];
  if (!isJsonObject(settings)) return true;
  return settings['enable_thinking'] !== false && settings['thinking'] !== false;
}

function countOf(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : fallback;
}

function limitOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** vLLM hands on the list of problems that its validator printed, in Python's notation. */
function missing(field: string): UpstreamError {
  const path = field
    .split('.')
    .map((part) => `'${part}'`)
    .join(', ');
  return {
    status: 400,
    type: 'Bad Request',
    message: `[{'type': 'missing', 'loc': ('body', ${path}), 'msg': 'Field required'}]`,
    param: null,
  };
}
