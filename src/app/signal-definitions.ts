import { createHash } from 'node:crypto';
import type { Config } from '../config/config.js';

/** Of the models that signals ask. */
export interface JudgingHashes {
  readonly encoder: string;
  readonly heads: string | undefined;
}

/**
 * By the name of each signal a hash of all that its verdict follows from: its settings and the models. What a recording
 * holds of a signal counts by another policy as long as the two hashes are the same.
 */
export function definitionsOf(
  { signals, identity }: Pick<Config, 'signals' | 'identity'>,
  { encoder, heads }: JudgingHashes,
): Readonly<Record<string, string>> {
  // What stands in a folder of the user's own may change under the same name.
  const fixed = signals.filter((signal) => !('head' in signal) || signal.head === undefined);
  return Object.fromEntries(
    fixed.map((signal) => {
      const source = signal.type === 'identity' ? identity.sources[signal.of] : null;
      const text = JSON.stringify([signal, source ?? null, encoder, heads ?? '']);
      return [signal.name, createHash('sha256').update(text).digest('hex').slice(0, 16)];
    }),
  );
}

/** Types whose signals can be judged by heads, lengths and counts alone, without the text. */
const TEXTLESS: ReadonlySet<string> = new Set(['context_length', 'difficulty', 'domain', 'guard', 'pii']);

/** Names of the signals that a recording without text can be judged by. */
export function textlessSignals({ signals }: Pick<Config, 'signals'>): ReadonlySet<string> {
  return new Set(signals.filter(isTextless).map(({ name }) => name));
}

function isTextless(signal: Config['signals'][number]): boolean {
  if (signal.type === 'intent') return signal.head === undefined;
  if (signal.type === 'conversation') return !['stream', 'max_tokens'].includes(signal.feature);
  return TEXTLESS.has(signal.type);
}
