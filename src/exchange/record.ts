import { createHmac } from 'node:crypto';
import type { JsonObject } from '../lib/json.js';
import type { SignalValue } from '../signals/contract.js';
import { digits } from './explanation/digits.js';
import type { Inquiry } from './inquiry.js';
import type { HashedPrompt, RecordedPrompt, RecordedRow, RecordedSignal, Recorder } from './recorded.js';
import { leavesChoice } from './shadow.js';
import type { Trail } from './trail.js';

/** Longer conversations are not kept: one of them would take the place of thousands. Characters. */
const TEXT_CHARS_MAX = 1024 * 1024;

/** The row of a finished request; undefined when its body could not be read, or is too long. */
export function recordedRow(inquiry: Inquiry, mode: Recorder['mode']): RecordedRow | undefined {
  const { ledger, plan, service, trail } = inquiry;
  const { request } = plan;
  if (request === undefined || trail === undefined || request.textChars > TEXT_CHARS_MAX) return undefined;
  return {
    id: ledger.id,
    at_ms: service.clock.nowMs(),
    route: ledger.route,
    api: request.api,
    virtual_model: leavesChoice(inquiry, request) ? request.model : null,
    decision: ledger.decision,
    model: ledger.model,
    path: ledger.path,
    cache: ledger.cache,
    similarity: ledger.similarity === undefined ? null : digits(ledger.similarity, 4),
    prompt_tokens: ledger.usage?.promptTokens ?? null,
    completion_tokens: ledger.usage?.completionTokens ?? null,
    ask_hash: hashOf(service.secret, request.ask),
    tenant_hash: trail.keys?.tenant ?? null,
    signals: signalsOf(trail),
    prompt: mode === 'plain' ? plainPrompt(request.body) : hashedPrompt(trail),
  };
}

function hashOf(secret: Uint8Array, ask: string): string {
  const text = JSON.stringify(['sextant recorded question 1', ask]);
  return createHmac('sha256', secret).update(text).digest('hex').slice(0, 32);
}

function signalsOf({ board }: Trail): RecordedRow['signals'] {
  const values = board?.values ?? new Map<string, SignalValue>();
  return Object.fromEntries(Array.from(values, ([name, value]) => [name, signalOf(value)]));
}

function signalOf(value: SignalValue): RecordedSignal {
  if (value.state === 'unknown') {
    return { score: null, matched: false, confidence: null, unread_chars: value.unreadChars ?? null };
  }
  const { score, matched, confidence } = value;
  return { score, matched, confidence: confidence ?? null, unread_chars: null };
}

function plainPrompt(body: JsonObject): RecordedPrompt {
  return { kind: 'plain', body };
}

function hashedPrompt({ view, embedding, whole, personal, expected }: Trail): HashedPrompt {
  return {
    kind: 'hashed',
    context_tokens: view?.contextTokens ?? 0,
    turns: view?.turns.map(({ role, text }) => [role, text.trim() === '' ? 0 : text.length]) ?? [],
    modalities: view?.modalities ?? [],
    tools: view?.hasTools ?? false,
    encoded:
      embedding === undefined
        ? null
        : {
            truncated: embedding.truncated,
            unknown_share: digits(embedding.unknownShare, 4),
            heads: embedding.heads === undefined ? null : headsOf(embedding.heads.probabilities),
          },
    read:
      whole === undefined
        ? null
        : {
            windows: whole.windows.map(({ passage, start, end, heads }) => ({
              at: [passage, start, end],
              guard: listOf(heads.probabilities.guard),
              document: listOf(heads.probabilities.document),
            })),
            unread: whole.unread.map(({ passage, start, end, scanned }) => [
              passage,
              start,
              end,
              digits(scanned, 4),
            ]),
          },
    personal:
      personal === undefined
        ? null
        : {
            finds: personal.finds.map(({ type, score, count }) => [type, digits(score, 4), count]),
            unsearched_chars: personal.unsearchedChars,
          },
    expected:
      expected === undefined
        ? null
        : {
            router: expected.router,
            quality: listOf(expected.expected.quality),
            output_tokens:
              expected.expected.outputTokens === undefined ? null : listOf(expected.expected.outputTokens),
          },
  };
}

function headsOf(
  probabilities: Readonly<Record<string, Float32Array>>,
): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(Object.entries(probabilities).map(([name, values]) => [name, listOf(values)]));
}

function listOf(values: Float32Array): readonly number[] {
  return Array.from(values, (value) => digits(value, 4));
}
