import type { ExchangeRecord } from '../../telemetry/contract.js';

/** Names of OpenTelemetry's conventions for generative AI, as they stand in November 2026. */
export const OPERATION = 'gen_ai.operation.name';
export const PROVIDER = 'gen_ai.provider.name';
export const REQUEST_MODEL = 'gen_ai.request.model';
export const RESPONSE_MODEL = 'gen_ai.response.model';
export const REQUEST_STREAM = 'gen_ai.request.stream';
export const INPUT_TOKENS = 'gen_ai.usage.input_tokens';
export const OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
export const FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';
export const TOKEN_TYPE = 'gen_ai.token.type';
export const ERROR_TYPE = 'error.type';

/** The conventions name no value for it; pools are vLLM, or what speaks like it. */
const PROVIDER_NAME = 'vllm';

const OPERATIONS: Readonly<Record<string, string>> = {
  chat: 'chat',
  completions: 'text_completion',
  embeddings: 'embeddings',
};

export function operationOf({ api }: Pick<ExchangeRecord, 'api'>): string {
  return OPERATIONS[api] ?? api;
}

/** True where a model was asked, and not a cache. */
export function askedModel({ path, model }: ExchangeRecord): boolean {
  return (path === 'upstream' || path === 'passthrough') && model !== '';
}

/** What every call of a model is told by. */
export function callAttributes(record: ExchangeRecord): Record<string, string> {
  const failure = failureOf(record);
  const known: Record<string, string> = {
    [OPERATION]: operationOf(record),
    [PROVIDER]: PROVIDER_NAME,
    [REQUEST_MODEL]: record.model,
    [RESPONSE_MODEL]: record.model,
  };
  if (failure !== undefined) known[ERROR_TYPE] = failure;
  return known;
}

/** The status of an answer that failed, as the conventions want it; `cancelled` for one that never came. */
export function failureOf({ status, error }: ExchangeRecord): string | undefined {
  if (error !== '') return error;
  if (status === 0) return 'cancelled';
  return status >= 400 ? String(status) : undefined;
}
