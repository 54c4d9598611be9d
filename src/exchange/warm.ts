import type { CacheEntry } from '../cache/contract.js';
import type { JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import { toSextantError } from '../openai/errors.js';
import type { ExchangeRecord } from '../telemetry/contract.js';
import { exchangesOf } from './exchange.js';
import type { Flights, Place } from './flights.js';
import { AUTHORIZATION, CONTENT_TYPE } from './headers.js';
import type { RoutePolicy } from './policy.js';
import type { ExchangeService } from './service.js';
import type { Exchange, RequestHead, Verdict } from './verdict.js';
import type { FlightEnd, Settle } from './waiting-room.js';

/** A question and its answer, to be found in the cache as if a caller had asked before. */
export interface WarmRow {
  /** Name of the route; undefined for the first one. */
  readonly route: string | undefined;
  /** The body as the caller will send it; without a model it is the route's first virtual one. */
  readonly request: JsonObject;
  /** The text of the answer, or the whole completion. */
  readonly answer: string | JsonObject;
  /** What an authenticating filter will write into the tenant header. */
  readonly tenant: string | undefined;
  /** What the caller will send as `Authorization`. */
  readonly authorization: string | undefined;
}

export interface Warmed {
  readonly id: string;
  /** False when only the very same words will find it. */
  readonly semantic: boolean;
}

/** Puts one row into the cache. The error says for the operator why it stays out, and holds none of its text. */
export type Warm = (row: WarmRow) => Promise<Result<Warmed, SextantError>>;

/**
 * Warms by letting each row go the whole way of a request: the same code reads it, guards it, chooses its partition and
 * judges its answer, so a warmed entry is one that serving would have made. Only the model is not asked, no stored
 * answer is looked at, and telemetry hears nothing of it.
 */
export function warmOf(service: ExchangeService): Warm {
  return async (row) => {
    const policy = service.policyOf(row.route);
    if (policy === undefined) return err(wrong('There is no such route.', 'route'));
    const head = headOf(row, policy);
    if (!head.ok) return head;
    const replay = await replayed(service, row, { policy, head: head.value });
    if (!replay.ok) return replay;
    try {
      await service.store.put(replay.value);
    } catch (thrown) {
      return err(toSextantError(thrown));
    }
    return ok({ id: replay.value.id, semantic: replay.value.vector !== undefined });
  };
}

function headOf(row: WarmRow, policy: RoutePolicy): Result<RequestHead, SextantError> {
  const headers = new Map([[CONTENT_TYPE, JSON_TYPE]]);
  const { tenantHeader } = policy.identity;
  if (row.tenant !== undefined && policy.cache.scope === 'tenant') {
    if (tenantHeader === undefined) return err(wrong(NO_TENANT_HEADER, 'tenant'));
    headers.set(tenantHeader, row.tenant);
  }
  if (row.authorization !== undefined) headers.set(AUTHORIZATION, row.authorization);
  const path = isChat(row) ? '/v1/chat/completions' : '/v1/completions';
  const prefix = policy.prefix === '/' ? '' : policy.prefix;
  return ok({ method: 'POST', path: prefix + path, headers, endOfStream: false });
}

const JSON_TYPE = 'application/json';
const NO_TENANT_HEADER =
  'This route tells callers apart by Authorization, not by a header; give authorization instead of tenant.';

interface Replay {
  readonly policy: RoutePolicy;
  readonly head: RequestHead;
}

async function replayed(
  service: ExchangeService,
  row: WarmRow,
  { policy, head }: Replay,
): Promise<Result<CacheEntry, SextantError>> {
  const telling: { record?: ExchangeRecord } = {};
  const flight = new LoneFlight();
  const exchange = exchangesOf({
    ...service,
    // A stored answer, or one on its way, would be served in place of the new one.
    store: { findExact: () => undefined, findNearest: () => [], put: () => undefined },
    flights: flight,
    nearFlights: { near: () => [], open: () => undefined },
    telemetry: {
      exchange: (record) => {
        telling.record = record;
      },
      streamFailed: () => undefined,
    },
  })(row.route);
  const verdict = await asked(exchange, head, requestBytes(row, policy));
  if (verdict.kind === 'forward') answerWith(exchange, row);
  exchange.close();
  if (verdict.kind === 'reject') return err(verdict.error);
  const entry = await flight.entry();
  // An exact tier of its own would hide that the encoder was too busy.
  if (entry === undefined || telling.record?.cacheReason === 'encoder') return err(notKept(telling.record));
  return ok(entry);
}

/** Whoever leads a flight is told of its end once it is settled what may be kept, which may be after the exchange. */
class LoneFlight implements Flights {
  private landed: Promise<FlightEnd> | undefined;

  join(): Place {
    let settle: Settle = () => undefined;
    this.landed = new Promise((resolve) => {
      settle = resolve;
    });
    return { kind: 'leader', settle };
  }

  /** Undefined when nothing may be kept, or the cache had no part in it. */
  async entry(): Promise<CacheEntry | undefined> {
    const end = await this.landed;
    return end?.kind === 'answer' ? end.entry : undefined;
  }
}

async function asked(exchange: Exchange, head: RequestHead, body: Uint8Array): Promise<Verdict> {
  const verdict = exchange.requestHead(head);
  return verdict.kind === 'read-body' ? exchange.requestBody(body, () => undefined) : verdict;
}

function requestBytes({ request }: WarmRow, policy: RoutePolicy): Uint8Array {
  const [model = ''] = policy.virtualModels;
  return Buffer.from(JSON.stringify({ model, ...request }), 'utf8');
}

function answerWith(exchange: Exchange, row: WarmRow): void {
  const object = typeof row.answer === 'string' ? completionOf(row, row.answer) : row.answer;
  const headers = new Map([[CONTENT_TYPE, JSON_TYPE]]);
  const { readBody } = exchange.responseHead({ status: 200, headers, endOfStream: false });
  if (readBody) exchange.responseBody(Buffer.from(JSON.stringify(object), 'utf8'), true);
}

/** Clients that count tokens find them: an answer that no model wrote took none. */
function completionOf(row: WarmRow, text: string): JsonObject {
  const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  const end = { index: 0, finish_reason: 'stop' };
  return isChat(row)
    ? {
        object: 'chat.completion',
        choices: [{ ...end, message: { role: 'assistant', content: text } }],
        usage,
      }
    : { object: 'text_completion', choices: [{ ...end, text }], usage };
}

function isChat({ request }: WarmRow): boolean {
  return request['prompt'] === undefined;
}

function notKept(record: ExchangeRecord | undefined): SextantError {
  const { error = '', cacheReason = '', stored = '', cache = 'off' } = record ?? {};
  const why = [error, stored, cacheReason].find((reason) => reason !== '') ?? cache;
  return wrong(`The cache would not keep this answer for its caller: ${HINTS.get(why) ?? why}.`);
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['off', 'the route has no cache'],
  ['no-identity', 'nobody is named; give tenant or authorization'],
  ['concrete-model', 'the request names a model of its own; give it a virtual one, or none'],
  ['encoder', 'the encoder did not answer in time; send it again'],
  ['searching', 'the answer holds what may not be stored, such as personal data'],
  ['stored', 'the encoder did not answer in time; send it again'],
]);

function wrong(message: string, param?: string): SextantError {
  return new SextantError('invalid_field', message, param === undefined ? {} : { param });
}
