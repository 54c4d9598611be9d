import { mediaTypeOf } from '../lib/headers.js';
import { createJsonRestorer } from './restore-json.js';
import { createSseRestorer } from './restore-sse.js';
import type { AnswerRestorer, Restoring } from './restoring.js';

export interface RestoreOptions extends Restoring {
  /** Of the answer, as its headers say. */
  readonly contentType: string;
  readonly contentEncoding: string | undefined;
}

/** Undefined where the answer is neither JSON nor a stream of it, or is encoded: its placeholders then stay. */
export function createAnswerRestorer(options: RestoreOptions): AnswerRestorer | undefined {
  const encoding = options.contentEncoding?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') return undefined;
  const mediaType = mediaTypeOf(options.contentType);
  if (mediaType === 'text/event-stream') return createSseRestorer(options);
  return mediaType === 'application/json' ? createJsonRestorer(options) : undefined;
}
