import { z } from 'zod';
import type { RecordedRow, RecordingHead } from '../exchange/recorded.js';
import { parseJson } from '../lib/json.js';
import { decodeUtf8 } from '../lib/utf8.js';

/** What a line of a recording is; `torn` where it is neither, as after a crash in the midst of writing. */
export type RecordedLine =
  | { readonly kind: 'head'; readonly head: RecordingHead }
  | { readonly kind: 'row'; readonly row: RecordedRow }
  | { readonly kind: 'torn' };

export function recordedLine(bytes: Uint8Array): RecordedLine {
  const value = parseJson(decodeUtf8(bytes) ?? '');
  const head = HEAD.safeParse(value);
  if (head.success) return { kind: 'head', head: head.data };
  const row = ROW.safeParse(value);
  return row.success ? { kind: 'row', row: row.data } : { kind: 'torn' };
}

const number = z.number();
const numbers = z.array(number);
const count = z.int().min(0);
/** What is longer is not recorded; a line that says so was not written by us, and would be filled up in memory. */
const textLength = count.max(8 * 1024 * 1024);

const HEAD = z.object({
  sextant_recording: z.literal(1),
  signals: z.record(z.string(), z.string()),
}) satisfies z.ZodType<RecordingHead>;

const HASHED = z.object({
  kind: z.literal('hashed'),
  context_tokens: textLength,
  turns: z.array(z.tuple([z.string(), textLength])),
  modalities: z.array(z.string()),
  tools: z.boolean(),
  encoded: z
    .object({
      truncated: z.boolean(),
      unknown_share: number,
      heads: z.record(z.string(), numbers).nullable(),
    })
    .nullable(),
  read: z
    .object({
      windows: z.array(z.object({ at: z.tuple([count, count, count]), guard: numbers, document: numbers })),
      unread: z.array(z.tuple([count, count, count, number])),
    })
    .nullable(),
  personal: z
    .object({ finds: z.array(z.tuple([z.string(), number, count])), unsearched_chars: count })
    .nullable(),
  expected: z.object({ router: z.string(), quality: numbers, output_tokens: numbers.nullable() }).nullable(),
});

const PLAIN = z.object({ kind: z.literal('plain'), body: z.record(z.string(), z.json()) });

const ROW = z.object({
  id: z.string(),
  at_ms: number,
  route: z.string(),
  api: z.enum(['chat', 'completions', 'embeddings']),
  virtual_model: z.string().nullable(),
  decision: z.string(),
  model: z.string(),
  path: z.string(),
  cache: z.string(),
  similarity: number.nullable(),
  prompt_tokens: count.nullable(),
  completion_tokens: count.nullable(),
  ask_hash: z.string(),
  tenant_hash: z.string().nullable(),
  signals: z.record(
    z.string(),
    z.object({
      score: number.nullable(),
      matched: z.boolean(),
      confidence: number.nullable(),
      unread_chars: count.nullable(),
    }),
  ),
  prompt: z.discriminatedUnion('kind', [PLAIN, HASHED]),
}) satisfies z.ZodType<RecordedRow>;
