import type { HeaderField } from '../lib/headers.js';
import type { Usage } from '../openai/completion.js';
import type { CandidateTrace } from '../selection/select.js';
import type {
  CacheOutcome,
  CascadeOutcome,
  CascadeRecord,
  ExchangeRecord,
  PathOutcome,
  PersonalOutcome,
  SignalOutcome,
} from '../telemetry/contract.js';
import type { ExchangeMoney } from '../telemetry/money.js';
import type { ExchangeTrace } from '../telemetry/trace.js';
import * as names from './headers.js';

/**
 * What is known so far about one exchange. The story writes it line by line; headers, metrics and the log line are
 * all read from it, so that they can never tell different stories.
 */
export class Ledger {
  api = 'other';
  path: PathOutcome = 'error';
  /** Empty until a model is chosen. */
  model = '';
  decision = '';
  /** The models that were weighed, and why each was taken or not; empty until one is chosen. */
  candidates: readonly CandidateTrace[] = [];
  cache: CacheOutcome = 'off';
  cacheReason = '';
  /** The `Cache-Status` member (RFC 9211) that goes with `cache`. */
  cacheStatus = '';
  similarity: number | undefined;
  error = '';
  status = 0;
  stream = false;
  stagesMs: Record<string, number> = {};
  overheadMs = 0;
  upstreamMs: number | undefined;
  /** Milliseconds from the request's first header to the end of its answer, as far as we heard of it. */
  durationMs = 0;
  /** Milliseconds from when the request went out to its first token; undefined for an answer in one piece. */
  firstTokenMs: number | undefined;
  /** Mean time of each token after the first. Milliseconds. */
  tokenMs: number | undefined;
  usage: Usage | undefined;
  /** Counted here, of an answer whose model did not say its usage. */
  guessed: Usage | undefined;
  /** The answer of the cache: whose it was, and what it took that model. */
  reused: { readonly model: string; readonly usage: Usage } | undefined;
  /** Undefined where nobody traces. */
  trace: ExchangeTrace | undefined;
  /** Written when all is over; undefined where no token was counted. */
  money: ExchangeMoney | undefined;
  stored = '';
  /** How many models were asked; 0 where only one could be. */
  tries = 0;
  /** What became of an answer that was to be judged; undefined where none was. */
  cascade: CascadeEntry | undefined;
  /** Whether the model was told to think; empty where the policy said nothing of it. */
  reasoning: '' | 'on' | 'off' = '';
  /** The likeliest domain of the question; empty until the heads told. */
  domain = '';
  /** By the names of the policy's signals, as far as they were asked. */
  signals: Record<string, SignalOutcome> = {};
  /** Windows that were read of the whole conversation; undefined when nobody asked for that. */
  windows: number | undefined;
  /** Characters of the conversation that were not. */
  unreadChars: number | undefined;
  /** What was done about personal data, and because of which types; undefined where nothing was to be done. */
  personalData: PersonalOutcome | undefined;

  constructor(
    readonly id: string,
    readonly route: string,
    /** True where nobody carries out what is decided. */
    readonly shadow = false,
  ) {}
}

export interface CascadeEntry {
  readonly outcome: CascadeOutcome;
  readonly reason: string;
  /** Whose answer nobody got, and what it took; absent where the client got the one that was judged. */
  readonly model?: string;
  readonly usage?: Usage | undefined;
}

/** The headers that every answer carries, whoever made it. */
export function answerHeaders(ledger: Ledger): HeaderField[] {
  return [
    { name: names.ID, value: ledger.id },
    { name: names.MODEL, value: ledger.model || 'none' },
    { name: names.DECISION, value: ledger.decision || 'none' },
    { name: names.PATH, value: ledger.path },
    { name: names.CACHE, value: cacheHeader(ledger) },
    {
      name: names.SIMILARITY,
      value: ledger.similarity === undefined ? 'none' : ledger.similarity.toFixed(3),
    },
    { name: names.OVERHEAD_MS, value: ledger.overheadMs.toFixed(3) },
    { name: names.UNREAD, value: ledger.unreadChars === undefined ? 'none' : String(ledger.unreadChars) },
    ...(ledger.personalData === undefined
      ? []
      : [{ name: names.PERSONAL_DATA, value: personalHeader(ledger.personalData) }]),
    { name: names.CACHE_STATUS, value: ledger.cacheStatus || 'Sextant; fwd=bypass' },
    ...(ledger.tries > 0 ? [{ name: names.TRIES, value: String(ledger.tries) }] : []),
    ...(ledger.cascade === undefined ? [] : [{ name: names.CASCADE, value: cascadeHeader(ledger.cascade) }]),
  ];
}

function personalHeader({ outcome, types }: PersonalOutcome): string {
  return types.length === 0 ? outcome : `${outcome};types=${types.join(',')}`;
}

function cacheHeader(ledger: Ledger): string {
  return ledger.cacheReason === '' ? ledger.cache : `${ledger.cache};reason=${ledger.cacheReason}`;
}

function cascadeHeader({ outcome, reason }: CascadeEntry): string {
  return reason === '' ? outcome : `${outcome};reason=${reason}`;
}

export function recordOf(ledger: Ledger): ExchangeRecord {
  return {
    id: ledger.id,
    route: ledger.route,
    ...(ledger.shadow ? { shadow: true } : {}),
    api: ledger.api,
    path: ledger.path,
    model: ledger.model,
    decision: ledger.decision,
    cache: ledger.cache,
    cacheReason: ledger.cacheReason,
    similarity: ledger.similarity,
    error: ledger.error,
    status: ledger.status,
    stream: ledger.stream,
    stagesMs: ledger.stagesMs,
    overheadMs: ledger.overheadMs,
    upstreamMs: ledger.upstreamMs,
    durationMs: ledger.durationMs,
    firstTokenMs: ledger.firstTokenMs,
    tokenMs: ledger.tokenMs,
    ...tokensOf(ledger),
    ...(ledger.reused === undefined ? {} : { reused: ledger.reused.usage }),
    ...(ledger.money === undefined ? {} : { money: ledger.money }),
    ...(ledger.trace === undefined ? {} : { trace: ledger.trace }),
    stored: ledger.stored,
    domain: ledger.domain,
    reasoning: ledger.reasoning,
    tries: ledger.tries,
    ...(ledger.cascade === undefined ? {} : { cascade: cascadeRecord(ledger.cascade) }),
    signals: ledger.signals,
    windows: ledger.windows,
    unreadChars: ledger.unreadChars,
    ...(ledger.personalData === undefined ? {} : { personalData: ledger.personalData }),
  };
}

function tokensOf({
  usage,
  guessed,
}: Ledger): Pick<ExchangeRecord, 'promptTokens' | 'completionTokens' | 'tokensEstimated'> {
  const said = usage ?? guessed;
  return {
    promptTokens: said?.promptTokens,
    completionTokens: said?.completionTokens,
    ...(said !== undefined && usage === undefined ? { tokensEstimated: true } : {}),
  };
}

function cascadeRecord({ outcome, reason, model, usage }: CascadeEntry): CascadeRecord {
  return {
    outcome,
    reason,
    model: model ?? '',
    promptTokens: usage?.promptTokens,
    completionTokens: usage?.completionTokens,
  };
}
