import type { CacheEntry } from '../cache/contract.js';
import { mayStore, type StoreRefusal } from '../cache/may-store.js';
import { entryBytes } from '../cache/weigh.js';
import { type AnswerCollector, createAnswerCollector } from '../openai/collect.js';
import { bothRestorers } from '../openai/remove-usage.js';
import { createAnswerRestorer } from '../openai/restore.js';
import type { AnswerRestorer } from '../openai/restoring.js';
import { usageRemover } from './ask-usage.js';
import {
  ATTEMPT_COUNT,
  CACHE_CONTROL,
  CACHE_STATUS,
  CONTENT_ENCODING,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  RESERVED_PREFIX,
} from './headers.js';
import { type Inquiry, type StorePlan, settleFlight } from './inquiry.js';
import { answerHeaders } from './ledger.js';
import { SEARCHING, searchAnswer } from './search-answer.js';
import { settleCascade, teachVerdict } from './settle-cascade.js';
import { type AnswerTimer, timeAnswer } from './time-answer.js';
import { noteTries } from './tries.js';
import type { ResponseHead, ResponseHeadVerdict } from './verdict.js';

/** The upstream's answer as it passes: looked at piece by piece, never held back. */
export interface AnswerReader {
  push(piece: Uint8Array, endOfStream: boolean): void;
  /** The stream ended; when no end was seen before, the answer was cut. Safe to call twice. */
  close(): void;
}

type Instead = NonNullable<ResponseHeadVerdict['instead']>;

/**
 * Reads the head of the answer, signs it, and opens a reader when somebody has use for the body: the cache, or
 * whoever counts tokens.
 */
export function handleResponse(
  inquiry: Inquiry,
  head: ResponseHead,
): {
  verdict: ResponseHeadVerdict;
  reader: AnswerReader | undefined;
  restorer: AnswerRestorer | undefined;
} {
  inquiry.ledger.status = head.status;
  teachVerdict(inquiry);
  noteTries(inquiry, head);
  const instead = settleCascade(inquiry, head);
  if (instead !== undefined) {
    return { verdict: replacing(inquiry, instead), reader: undefined, restorer: undefined };
  }
  const reader = head.endOfStream ? undefined : openReader(inquiry, head);
  const restorer = head.endOfStream ? undefined : openRestorer(inquiry, head);
  const signed = signedHead(inquiry, head, reader !== undefined);
  return { verdict: restorer === undefined ? signed : rewriting(signed), reader, restorer };
}

/** The answer that was kept goes out as it would have gone out at once. */
function replacing(inquiry: Inquiry, instead: Instead): ResponseHeadVerdict {
  const headers = new Map(instead.headers.map(({ name, value }) => [name, value]));
  const restorer = openRestorer(inquiry, { status: instead.status, headers, endOfStream: false });
  const restored = restorer && Buffer.concat([restorer.push(instead.body), restorer.finish()]);
  const reply: Instead = {
    ...instead,
    headers: [...instead.headers, ...answerHeaders(inquiry.ledger)],
    body: restored ?? instead.body,
  };
  return { setHeaders: [], removeHeaders: [], readBody: false, instead: reply };
}

function signedHead(inquiry: Inquiry, head: ResponseHead, readBody: boolean): ResponseHeadVerdict {
  const setHeaders = answerHeaders(inquiry.ledger);
  const ours = new Set(setHeaders.map((field) => field.name));
  const removeHeaders: string[] = [];
  for (const name of head.headers.keys()) {
    const internal = name.startsWith(RESERVED_PREFIX) || name === ATTEMPT_COUNT;
    if (internal && !ours.has(name)) removeHeaders.push(name);
  }
  // RFC 9211: each cache on the way adds its member to the list, nearest to the origin first.
  const upstreamStatus = head.headers.get(CACHE_STATUS);
  if (upstreamStatus !== undefined) {
    const index = setHeaders.findIndex((field) => field.name === CACHE_STATUS);
    const own = setHeaders[index];
    if (own !== undefined)
      setHeaders[index] = { name: CACHE_STATUS, value: `${upstreamStatus}, ${own.value}` };
  }
  return { setHeaders, removeHeaders, readBody };
}

/** Values are longer or shorter than their placeholders, so that nobody knows the length before the end. */
function rewriting(signed: ResponseHeadVerdict): ResponseHeadVerdict {
  const removeHeaders = [...signed.removeHeaders, CONTENT_LENGTH];
  return { ...signed, removeHeaders, readBody: true, rewriteBody: true };
}

/** Errors of the upstream may quote what they complain of, so that they are restored as well. */
function openRestorer(inquiry: Inquiry, head: ResponseHead): AnswerRestorer | undefined {
  const remover = usageRemover(inquiry, head);
  const restorer = openPersonalRestorer(inquiry, head);
  return remover !== undefined && restorer !== undefined
    ? bothRestorers(remover, restorer)
    : (remover ?? restorer);
}

function openPersonalRestorer({ plan }: Inquiry, head: ResponseHead): AnswerRestorer | undefined {
  const { restore, request } = plan;
  if (restore === undefined || request === undefined || request.api === 'embeddings') return undefined;
  return createAnswerRestorer({
    ...restore,
    contentType: head.headers.get(CONTENT_TYPE) ?? '',
    contentEncoding: head.headers.get(CONTENT_ENCODING),
  });
}

function openReader(inquiry: Inquiry, head: ResponseHead): AnswerReader | undefined {
  const { plan, policy } = inquiry;
  const request = plan.request;
  if (request === undefined || request.api === 'embeddings') return undefined;
  const good = head.status >= 200 && head.status < 300;
  const keep = plan.store !== undefined && good;
  const timer = timeAnswer(inquiry, head);
  if (!keep && !(policy.readUsage && good) && timer === undefined) return undefined;
  const collector = createAnswerCollector({
    api: request.api,
    contentType: head.headers.get(CONTENT_TYPE) ?? '',
    bytesMax: policy.cache.entryBytesMax,
    keep,
  });
  return readWith(inquiry, head, { collector, timer });
}

function readWith(
  inquiry: Inquiry,
  head: ResponseHead,
  { collector, timer }: { readonly collector: AnswerCollector; readonly timer: AnswerTimer | undefined },
): AnswerReader {
  let open = true;
  const finish = (endOfStream: boolean) => {
    if (!open) return;
    open = false;
    settle(inquiry, head, collector, endOfStream);
    timer?.finish(endOfStream, inquiry.ledger.usage);
  };
  return {
    push: (piece, endOfStream) => {
      if (!open) return;
      timer?.push(piece);
      collector.push(piece);
      if (endOfStream) finish(true);
    },
    close: () => finish(false),
  };
}

/** The answer is over: count its tokens, store it if it is whole and good, and tell those who wait for it. */
function settle(
  inquiry: Inquiry,
  head: ResponseHead,
  collector: AnswerCollector,
  endOfStream: boolean,
): void {
  const { ledger, plan } = inquiry;
  const collected = collector.finish(endOfStream);
  ledger.usage = collected.usage;
  if (plan.store === undefined) return;
  const verdict = mayStore({
    status: head.status,
    contentEncoding: head.headers.get(CONTENT_ENCODING),
    cacheControl: head.headers.get(CACHE_CONTROL),
    endOfStream,
    outcome: collected.outcome,
  });
  if (!verdict.store) {
    ledger.stored = verdict.reason;
    return;
  }
  const { completion } = verdict;
  const refusal = searchAnswer(completion, inquiry.policy.cache.personalData);
  if (!(refusal instanceof Promise)) {
    keep(inquiry, { store: plan.store, completion, refusal });
    return;
  }
  // The exchange may end before the search does, and must then not send away those who wait for this answer.
  const { store, settleFlight: land } = plan;
  plan.settleFlight = undefined;
  ledger.stored = SEARCHING;
  void refusal
    .catch((): StoreRefusal => 'unsearched')
    .then((found) =>
      keep({ ...inquiry, plan: { ...plan, settleFlight: land } }, { store, completion, refusal: found }),
    );
}

/** What is kept of an answer, and for whom: nobody gets what may not be stored, not even those who wait for it. */
function keep(
  inquiry: Inquiry,
  {
    store,
    completion,
    refusal,
  }: {
    readonly store: StorePlan;
    readonly completion: CacheEntry['completion'];
    readonly refusal: StoreRefusal | undefined;
  },
): void {
  if (refusal !== undefined) {
    inquiry.ledger.stored = refusal;
    settleFlight(inquiry.plan, undefined);
    return;
  }
  const entry = entryOf(inquiry, store, completion);
  inquiry.ledger.stored = 'stored';
  // Those who wait get the answer whatever the store makes of it: it is whole, and it is theirs.
  void put(inquiry, entry);
  inquiry.plan.learn?.(entry);
  settleFlight(inquiry.plan, entry);
}

async function put(inquiry: Inquiry, entry: CacheEntry): Promise<void> {
  try {
    await inquiry.service.store.put(entry);
  } catch {
    inquiry.ledger.stored = 'store-failed';
  }
}

function entryOf(inquiry: Inquiry, store: StorePlan, completion: CacheEntry['completion']): CacheEntry {
  const { ledger, policy, service } = inquiry;
  const nowMs = service.clock.nowMs();
  const vector = store.embedding?.vector;
  const ttlSeconds = Math.min(policy.cache.ttlSeconds, store.ttlSecondsMax ?? Number.POSITIVE_INFINITY);
  return {
    id: ledger.id,
    partition: store.partition,
    tenant: store.tenant,
    exactKey: store.exactKey,
    ask: store.ask,
    vector,
    completion,
    model: ledger.model,
    decision: ledger.decision,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + ttlSeconds * 1000,
    bytes: entryBytes({ ask: store.ask, vector, completion }),
    pinned: false,
  };
}
