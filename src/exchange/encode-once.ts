import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import type { Embedding } from '../signals/contract.js';
import type { Embed } from './classify.js';
import type { Inquiry } from './inquiry.js';
import { timed } from './timed.js';

/**
 * One forward pass per question, however many steps ask for it. The deadline counts from the first asking; a failure
 * is a value, because what it means differs from route to route.
 */
export function encodeOnce(inquiry: Inquiry, ask: string): Embed {
  let pass: Promise<Result<Embedding, SextantError>> | undefined;
  return () => {
    pass ??= timed(inquiry, 'encode', () => encode(inquiry, ask));
    return pass;
  };
}

async function encode(inquiry: Inquiry, ask: string): Promise<Result<Embedding, SextantError>> {
  try {
    return ok(await inquiry.service.encoder.encode(ask, inquiry.policy.encodeDeadlineMs));
  } catch (cause) {
    if (cause instanceof SextantError) return err(cause);
    return err(new SextantError('internal_error', 'The encoder failed.', { cause }));
  }
}
