import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import type { Embedding } from '../signals/contract.js';
import { readHeads, topLabel } from '../signals/heads.js';
import type { Embed } from './classify.js';
import type { Inquiry } from './inquiry.js';
import { timed } from './timed.js';
import { note } from './trail.js';

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
    const embedding = await inquiry.service.encoder.encode(ask, inquiry.policy.encodeDeadlineMs);
    inquiry.ledger.domain = domainOf(inquiry, embedding);
    note(inquiry, { embedding });
    return ok(embedding);
  } catch (cause) {
    if (cause instanceof SextantError) return err(cause);
    return err(new SextantError('internal_error', 'The encoder failed.', { cause }));
  }
}

/** The likeliest field of knowledge, for metrics; empty where the heads do not tell. */
function domainOf({ service }: Inquiry, embedding: Embedding): string {
  const spec = service.encoder.heads?.domain;
  const heads = readHeads(embedding);
  return spec === undefined || !heads.ok ? '' : topLabel(spec.labels, heads.value.probabilities.domain);
}
