import { err } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import { readRequest } from '../openai/read.js';
import type { Modality, PromptApi, PromptRequest, Role } from '../openai/request.js';
import type { Expectation } from '../selection/expected-quality.js';
import type { Embedding, HeadReadings, Signal, SignalValue, WholeReading } from '../signals/contract.js';
import { viewOf } from '../signals/view.js';
import { chooseModels } from './choose-models.js';
import { type Readers, SignalBoard } from './classify.js';
import { blockedByRules, decideRoute } from './decide-route.js';
import { encodeOnce } from './encode-once.js';
import { emptyPlan, type Inquiry } from './inquiry.js';
import { Ledger } from './ledger.js';
import { lookingTime } from './looking-time.js';
import type { RoutePolicy } from './policy.js';
import { readWholeOnce } from './read-whole.js';
import type { HashedPrompt, RecordedRow, RecordedSignal } from './recorded.js';
import { searchOnce } from './search-personal-data.js';
import type { ExchangeService } from './service.js';

/** Where a recorded request goes by a policy. */
export type Replayed =
  | {
      readonly kind: 'decided';
      readonly decision: string;
      /** Empty where the decision blocks. */
      readonly model: string;
    }
  /** The recording does not hold what the policy asks for. */
  | { readonly kind: 'unsure'; readonly missing: readonly string[] }
  /** The body cannot be read, or the policy refuses it for want of a reading. */
  | { readonly kind: 'failed'; readonly code: string };

export interface ReplaySignals {
  /** Those that mean the same as when the row was recorded: what they said then is what they would say. */
  readonly same: ReadonlySet<string>;
  /** Those that can be judged by heads, lengths and counts alone. */
  readonly textless: ReadonlySet<string>;
}

/**
 * Decides a recorded request anew, by the steps that serve: blocks by rules, the decision, the model. The cache has no
 * part in it. Of a request that was kept without its text, what the models said then stands in for it.
 */
export async function replayRow(
  service: ExchangeService,
  row: RecordedRow,
  signals: ReplaySignals,
): Promise<Replayed> {
  const policy = service.policyOf(row.route) ?? service.policyOf(undefined);
  if (policy === undefined) return { kind: 'failed', code: 'unknown_route' };
  const missing = new Set<string>();
  const read = requestOf(row);
  if (!read.ok) return { kind: 'failed', code: read.error.code };
  const request = read.value;
  const headers = new Map<string, string>();
  const inquiry: Inquiry = {
    service,
    policy: replayedPolicy(policy, row, { ...signals, missing }),
    head: { method: 'POST', path: `/v1/${row.api}`, headers, endOfStream: false },
    ledger: new Ledger(row.id, policy.name),
    askForTime: () => undefined,
    plan: emptyPlan(),
  };
  const replayed = await decideAnew(inquiry, request, readersOf(inquiry, request, row, missing));
  return missing.size > 0 ? { kind: 'unsure', missing: [...missing].toSorted() } : replayed;
}

async function decideAnew(inquiry: Inquiry, request: PromptRequest, readers: Readers): Promise<Replayed> {
  const board = new SignalBoard(inquiry.policy, viewOf(request, inquiry.head.headers));
  const ruledOut = await blockedByRules(inquiry, board, readers);
  if (!ruledOut.ok) return { kind: 'failed', code: ruledOut.error.code };
  if (ruledOut.value !== undefined) return { kind: 'decided', decision: ruledOut.value.decision, model: '' };
  const decided = await decideRoute(inquiry, board, readers);
  if (!decided.ok) return { kind: 'failed', code: decided.error.code };
  const { name, block } = decided.value;
  if (block !== undefined) return { kind: 'decided', decision: block.decision, model: '' };
  const models = await chooseModels(inquiry, request, { decided: decided.value, embed: readers.embed });
  if (!models.ok) return { kind: 'failed', code: models.error.code };
  return { kind: 'decided', decision: name, model: models.value[0].name };
}

function requestOf({ api, prompt }: RecordedRow) {
  if (prompt.kind === 'hashed') return { ok: true, value: standIn(api as PromptApi, prompt) } as const;
  return readRequest(api as PromptApi, Buffer.from(JSON.stringify(prompt.body), 'utf8'));
}

/** A request of the same lengths, roles and estimated tokens, whose texts are nothing but filling. */
function standIn(api: PromptApi, prompt: HashedPrompt): PromptRequest {
  const { turns: recorded, context_tokens: tokens, modalities, tools } = prompt;
  const last = recorded.findLastIndex(([, chars]) => chars > 0);
  // The estimate counts four tokens a turn and a quarter for each of these characters; the last turn makes up for
  // texts that were no ASCII.
  let left = Math.max(1, 4 * (tokens - 4 * recorded.length));
  const turns = recorded.map(([role, chars], at) => {
    const length = at === last ? left : Math.min(chars, Math.max(0, left - 1));
    left -= length;
    return { role: role as Role, text: 'x'.repeat(Math.max(0, length)), modalities: [] };
  });
  const askIndex = turns.findLastIndex(({ role }) => role === 'user');
  return {
    api,
    model: '',
    modelSpan: { start: 0, end: 0 },
    turns,
    ask: turns[askIndex]?.text ?? '',
    askIndex,
    textChars: turns.reduce((sum, { text }) => sum + text.length, 0),
    modalities: modalities as readonly Modality[],
    hasTools: tools,
    hasToolResults: turns.some(({ role }) => role === 'tool'),
    stream: false,
    includeUsage: false,
    body: {},
  };
}

interface Known extends ReplaySignals {
  /** Takes the names of what the recording does not hold. */
  readonly missing: Set<string>;
}

function replayedPolicy(policy: RoutePolicy, row: RecordedRow, known: Known): RoutePolicy {
  const signals = new Map(
    Array.from(policy.signals, ([name, signal]) => [name, replayedSignal(signal, row, known)]),
  );
  if (row.prompt.kind === 'plain') return { ...policy, signals };
  const { expected } = row.prompt;
  const choices = new Map(
    Array.from(policy.choices, ([decision, choice]) => {
      const { router } = choice;
      const expect = (): Expectation | undefined => {
        if (expected?.router === router.hash) return expectationOf(expected);
        known.missing.add(`router ${router.name}`);
        return undefined;
      };
      return [decision, { ...choice, router: { ...router, expect } }];
    }),
  );
  return { ...policy, signals, choices };
}

function replayedSignal(signal: Signal, row: RecordedRow, { same, textless, missing }: Known): Signal {
  const { name } = signal;
  const said = Object.hasOwn(row.signals, name) ? row.signals[name] : undefined;
  // What it said then costs nothing to know.
  if (said !== undefined && same.has(name))
    return { name, cost: 'rule', evaluate: () => recordedValue(said) };
  // What headers say was not kept, in a plain recording neither.
  const hasText = row.prompt.kind === 'plain' && signal.outsideKey !== true;
  if (hasText || textless.has(name)) return signal;
  const evaluate = (): SignalValue => {
    missing.add(name);
    return { state: 'unknown', reason: 'the recording does not hold it' };
  };
  return { name, cost: 'rule', evaluate };
}

function recordedValue({ score, matched, confidence, unread_chars }: RecordedSignal): SignalValue {
  if (score === null) {
    const unread = unread_chars === null ? {} : { unreadChars: unread_chars };
    return { state: 'unknown', reason: 'it was unknown when it was recorded', ...unread };
  }
  return {
    state: 'known',
    matched,
    score,
    detail: 'as recorded',
    ...(confidence === null ? {} : { confidence }),
  };
}

function readersOf(
  inquiry: Inquiry,
  request: PromptRequest,
  { prompt }: RecordedRow,
  missing: Set<string>,
): Readers {
  if (prompt.kind === 'plain') {
    const view = viewOf(request, inquiry.head.headers);
    const embed = encodeOnce(inquiry, request.ask);
    const time = lookingTime(inquiry);
    return {
      embed,
      readWhole: readWholeOnce(inquiry, view, { embed, time }),
      search: searchOnce(inquiry, view, time),
    };
  }
  const { encoded, read, personal } = prompt;
  return {
    embed: async () => {
      if (encoded !== null) return { ok: true, value: embeddingOf(encoded) };
      missing.add('what the encoder said');
      return err(new SextantError('internal_error', 'The recording holds no pass of the encoder.'));
    },
    readWhole: async () => {
      if (read !== null) return { whole: readingOf(read), failure: undefined };
      missing.add('what was read of the conversation');
      return { whole: undefined, failure: undefined };
    },
    search: async () => {
      if (personal === null) missing.add('the search for personal data');
      const finds = (personal?.finds ?? []).map(([type, score, count]) => ({ type, score, count }));
      return { finds, unsearchedChars: personal?.unsearched_chars ?? 0 };
    },
  };
}

function embeddingOf({ truncated, unknown_share, heads }: NonNullable<HashedPrompt['encoded']>): Embedding {
  const embedding = { vector: new Float32Array(), tokens: 0, truncated, unknownShare: unknown_share };
  return heads === null ? embedding : { ...embedding, heads: readingsOf(heads) };
}

function readingOf({ windows, unread }: NonNullable<HashedPrompt['read']>): WholeReading {
  return {
    windows: windows.map(({ at: [passage, start, end], guard, document }) => ({
      passage,
      start,
      end,
      heads: readingsOf({ guard, document }),
    })),
    unread: unread.map(([passage, start, end, scanned]) => ({ passage, start, end, scanned })),
  };
}

function readingsOf(heads: Readonly<Record<string, readonly number[]>>): HeadReadings {
  const of = (name: string): Float32Array => Float32Array.from(heads[name] ?? []);
  return {
    features: new Float32Array(),
    probabilities: {
      domain: of('domain'),
      intent: of('intent'),
      difficulty: of('difficulty'),
      guard: of('guard'),
      document: of('document'),
    },
    spans: [],
  };
}

function expectationOf({ quality, output_tokens }: NonNullable<HashedPrompt['expected']>): Expectation {
  return {
    quality: Float32Array.from(quality),
    outputTokens: output_tokens === null ? undefined : Float32Array.from(output_tokens),
  };
}
