import type { JsonObject } from '../lib/json.js';
import { err } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import { readRequest } from '../openai/read.js';
import type { PromptApi, PromptRequest } from '../openai/request.js';
import type { Expectation } from '../selection/expected-quality.js';
import type { PromptView, Signal, SignalValue } from '../signals/contract.js';
import { viewOf } from '../signals/view.js';
import { chooseModels } from './choose-models.js';
import { type Readers, SignalBoard } from './classify.js';
import { blockedByRules, decideRoute, type RouteDecision } from './decide-route.js';
import { encodeOnce } from './encode-once.js';
import { type Heeded, heedPersonalData } from './heed-personal-data.js';
import { emptyPlan, type Inquiry } from './inquiry.js';
import { Ledger } from './ledger.js';
import { lookingTime } from './looking-time.js';
import type { RoutePolicy } from './policy.js';
import { readWholeOnce } from './read-whole.js';
import type { RecordedRow, RecordedSignal } from './recorded.js';
import { searchOnce } from './search-personal-data.js';
import type { ExchangeService } from './service.js';
import { embeddingOf, expectationOf, readingOf, standIn } from './stand-in.js';
import type { Verdict } from './verdict.js';

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
  const readers = readersOf(inquiry, request, row, missing);
  const body = row.prompt.kind === 'plain' ? bytesOf(row.prompt.body) : undefined;
  const replayed = await decideAnew(inquiry, request, { body, readers, missing });
  return missing.size > 0 ? { kind: 'unsure', missing: [...missing].toSorted() } : replayed;
}

export interface Anew {
  /** Undefined where the text was not kept. */
  readonly body: Uint8Array | undefined;
  readonly readers: Readers;
  readonly missing: Set<string>;
}

/** Where a request goes that has been read, by the steps that serve. */
export async function decideAnew(inquiry: Inquiry, request: PromptRequest, anew: Anew): Promise<Replayed> {
  const { readers } = anew;
  const view = viewOf(request, inquiry.head.headers, inquiry.head.metadata);
  const board = new SignalBoard(inquiry.policy, view);
  const ruledOut = await blockedByRules(inquiry, board, readers);
  if (!ruledOut.ok) return { kind: 'failed', code: ruledOut.error.code };
  if (ruledOut.value !== undefined) return { kind: 'decided', decision: ruledOut.value.decision, model: '' };
  const decided = await decideRoute(inquiry, board, readers);
  if (!decided.ok) return { kind: 'failed', code: decided.error.code };
  const { name, block } = decided.value;
  if (block !== undefined) return { kind: 'decided', decision: block.decision, model: '' };
  const heeded = await heedAnew(inquiry, request, { ...anew, view, decided: decided.value });
  if (heeded.kind === 'ended') return endedBy(heeded.verdict, name);
  const choosing = { decided: heeded.decided, embed: readers.embed };
  const models = await chooseModels(heeded.inquiry, request, choosing);
  if (!models.ok) return { kind: 'failed', code: models.error.code };
  return { kind: 'decided', decision: name, model: models.value[0].name };
}

/** What is done about personal data can be said only where the text is there to be searched. */
async function heedAnew(
  inquiry: Inquiry,
  request: PromptRequest,
  {
    body,
    readers,
    missing,
    view,
    decided,
  }: Anew & { readonly view: PromptView; readonly decided: RouteDecision },
): Promise<Heeded> {
  const prompt = { request, body: body ?? new Uint8Array(), wasCompressed: false };
  if (decided.personalData !== undefined && body === undefined) {
    missing.add('what personal data the request carries');
    return { kind: 'goes-on', inquiry, decided, prompt, isRedacted: false };
  }
  return heedPersonalData(inquiry, prompt, { decided, means: { view, readers, time: lookingTime(inquiry) } });
}

function endedBy(verdict: Verdict, decision: string): Replayed {
  const code = verdict.kind === 'reject' ? verdict.error.code : 'internal_error';
  return code === 'blocked_by_policy' ? { kind: 'decided', decision, model: '' } : { kind: 'failed', code };
}

function bytesOf(body: JsonObject): Uint8Array {
  return Buffer.from(JSON.stringify(body), 'utf8');
}

function requestOf({ api, prompt }: RecordedRow) {
  if (prompt.kind === 'hashed') return { ok: true, value: standIn(api as PromptApi, prompt) } as const;
  return readRequest(api as PromptApi, bytesOf(prompt.body));
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
