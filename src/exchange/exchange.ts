import { SextantError } from '../lib/sextant-error.js';
import { apiOf } from '../openai/api.js';
import { toSextantError } from '../openai/errors.js';
import type { AnswerRestorer } from '../openai/restoring.js';
import { whyElsewhere } from '../selection/regions.js';
import { accountOf } from './account.js';
import { reservedNames } from './forward.js';
import { answerHead } from './head.js';
import { TRACEPARENT } from './headers.js';
import { type AnswerPlan, emptyPlan, failFlight, type Inquiry, settleFlight } from './inquiry.js';
import { answerHeaders, Ledger, recordOf } from './ledger.js';
import { mayFareBetter } from './may-fare-better.js';
import type { RoutePolicy } from './policy.js';
import { recordedRow } from './record.js';
import { regionsOfCaller } from './regions.js';
import { refuse, rejectWith, signed } from './replies.js';
import { handleRequest } from './request.js';
import { type AnswerReader, handleResponse } from './response.js';
import type { ExchangeService } from './service.js';
import { leavesChoice, shadowOf, shadowService } from './shadow.js';
import type { Trail } from './trail.js';
import type {
  AskForTime,
  Exchange,
  HeadVerdict,
  OpenExchange,
  RequestHead,
  ResponseHead,
  ResponseHeadVerdict,
  Verdict,
} from './verdict.js';
import { waitedMs } from './wait-for-answer.js';

/** Opens one exchange per stream over the same service. */
export function exchangesOf(service: ExchangeService): OpenExchange {
  const unseen = shadowService(service);
  return (route, watched = false) =>
    watched || service.observes === true
      ? shadowOf(new OneExchange(unseen, route, true))
      : new OneExchange(service, route);
}

/**
 * One HTTP exchange from its first header to its end. It keeps the time, signs every answer, and makes sure that
 * those who wait for this answer are told, however it ends; what happens in between is told in `request.ts` and
 * `response.ts`.
 */
class OneExchange implements Exchange {
  private readonly policy: RoutePolicy | undefined;
  private readonly ledger: Ledger;
  private readonly plan: AnswerPlan = emptyPlan();
  private head: RequestHead | undefined;
  private reader: AnswerReader | undefined;
  /** Kept only for requests that are recorded. */
  private readonly trail: Trail | undefined;
  private restorer: AnswerRestorer | undefined;
  private startedMs = 0;
  private bodyBytes = 0;
  private final = false;

  constructor(
    private readonly service: ExchangeService,
    private readonly route: string | undefined,
    shadow = false,
  ) {
    this.policy = service.policyOf(route);
    this.trail = service.recorder?.samples() === true ? {} : undefined;
    this.ledger = new Ledger(service.newId(), this.policy?.name ?? 'unknown', shadow);
  }

  requestHead(head: RequestHead): HeadVerdict {
    this.startedMs = this.service.clock.monotonicMs();
    this.head = { ...head, path: withoutPrefix(head.path, this.policy?.prefix) };
    this.ledger.api = apiOf(this.head.path);
    const parent = head.traceparent ?? head.headers.get(TRACEPARENT);
    this.ledger.trace = this.service.tracing?.begin(parent, this.startedMs);
    const inquiry = this.inquiry(ignoreTime);
    if (inquiry === undefined) return this.fail(unknownRoute(this.route));
    const verdict = answerHead(inquiry);
    this.ledger.overheadMs = this.service.clock.monotonicMs() - this.startedMs;
    return verdict.kind === 'read-body' ? verdict : this.finished(verdict);
  }

  async requestBody(body: Uint8Array, askForTime: AskForTime): Promise<Verdict> {
    const inquiry = this.inquiry(askForTime);
    if (inquiry === undefined) return this.fail(unknownRoute(this.route));
    this.bodyBytes = body.length;
    const bodyMs = this.service.clock.monotonicMs();
    const headMs = this.ledger.overheadMs;
    const verdict = await handleRequest(inquiry, body).catch((thrown: unknown) =>
      failedOn(inquiry, toSextantError(thrown)),
    );
    // Another model answers, so that its answer tells nothing of the one that was chosen, and belongs to no question.
    if (this.ledger.shadow) Object.assign(this.plan, FOR_NO_ANSWER);
    // Waiting for another's answer is the upstream's time, not ours.
    this.ledger.overheadMs = headMs + this.service.clock.monotonicMs() - bodyMs - waitedMs(inquiry);
    return this.finished(verdict);
  }

  responseHead(head: ResponseHead): ResponseHeadVerdict {
    this.ledger.upstreamMs = this.service.clock.monotonicMs() - this.startedMs;
    const inquiry = this.inquiry(ignoreTime);
    if (inquiry === undefined) return { setHeaders: [], removeHeaders: [], readBody: false };
    const { verdict, reader, restorer } = handleResponse(inquiry, head);
    this.reader = reader;
    this.restorer = restorer;
    return verdict;
  }

  rewriteBody(piece: Uint8Array, endOfStream: boolean): Uint8Array {
    const { restorer } = this;
    if (restorer === undefined) return piece;
    const restored = restorer.push(piece);
    return endOfStream ? Buffer.concat([restored, restorer.finish()]) : restored;
  }

  responseBody(piece: Uint8Array, endOfStream: boolean): void {
    this.reader?.push(piece, endOfStream);
  }

  fail(error: SextantError): Verdict & { readonly kind: 'reject' } {
    this.ledger.path = 'error';
    return { ...rejectWith(this.ledger, error), headers: answerHeaders(this.ledger) };
  }

  close(): void {
    if (this.final) return;
    this.final = true;
    this.reader?.close();
    this.restorer = undefined;
    this.plan.restore = undefined;
    this.plan.stopWaiting?.abort();
    if (this.plan.judging !== undefined) this.service.judging?.remove(this.ledger.id);
    this.endFlight();
    const endedMs = this.service.clock.monotonicMs();
    this.ledger.durationMs = endedMs - this.startedMs;
    if (this.ledger.trace !== undefined) {
      Object.assign(this.ledger.trace, { sentMs: this.plan.sentMs, endedMs });
    }
    if (this.policy !== undefined) this.ledger.money = accountOf(this.ledger, this.policy);
    this.service.telemetry.exchange(recordOf(this.ledger));
    this.keep();
  }

  /** The row is made once there is time for it: the client does not wait for it. */
  private keep(): void {
    const { recorder, recent } = this.service;
    const inquiry = this.inquiry(ignoreTime);
    const { request } = this.plan;
    if (
      recent !== undefined &&
      request !== undefined &&
      inquiry !== undefined &&
      leavesChoice(inquiry, request)
    ) {
      recent.keep({ route: this.ledger.route, head: inquiry.head, request }, this.bodyBytes);
    }
    if (recorder === undefined || inquiry?.trail === undefined) return;
    recorder.record(() => recordedRow(inquiry, recorder.mode));
  }

  private finished(verdict: Verdict): Verdict {
    // A client that left before its request was decided hears of nothing more, and nobody would settle later.
    if (verdict.kind !== 'forward' || this.final) this.endFlight();
    return signed(verdict, this.ledger, this.policy?.hearsAnswers ?? true);
  }

  /** No answer came of this request for those who wait for it. */
  private endFlight(): void {
    if (mayFareBetter(this.ledger)) failFlight(this.plan);
    else settleFlight(this.plan, undefined);
  }

  private inquiry(askForTime: AskForTime): Inquiry | undefined {
    const { service, policy, head, ledger, plan, trail } = this;
    if (policy === undefined || head === undefined) return undefined;
    return { service, policy, head, ledger, askForTime, plan, trail };
  }
}

/**
 * Something of ours broke. A guarded route fails closed, and so does one that keeps personal data from anybody, and a
 * request that must stay where the default pool is not. Any other goes on untouched: without a cluster header Envoy sends
 * it to the default pool, which accepts the virtual name.
 */
function failedOn(inquiry: Inquiry, error: SextantError): Verdict {
  const { policy } = inquiry;
  if (policy.guarded || policy.protectsPersonal === true || mustNotLeave(inquiry)) {
    return refuse(inquiry, error);
  }
  inquiry.plan.store = undefined;
  inquiry.ledger.error = error.code;
  inquiry.ledger.path = 'passthrough';
  inquiry.ledger.model = inquiry.policy.defaultModel.name;
  return { kind: 'pass', setHeaders: [], removeHeaders: reservedNames(inquiry) };
}

/** Whether the default pool is out of the regions in which the prompts of this caller must stay. */
function mustNotLeave(inquiry: Inquiry): boolean {
  return whyElsewhere(inquiry.policy.defaultModel, regionsOfCaller(inquiry)) !== undefined;
}

/** What is otherwise done with the answer of the model that was chosen. */
const FOR_NO_ANSWER: Partial<AnswerPlan> = {
  store: undefined,
  asked: undefined,
  restore: undefined,
  conversing: undefined,
  sentMs: undefined,
};

/** The path as the pool will see it: Envoy takes the route's prefix off after we were asked. */
function withoutPrefix(path: string, prefix: string | undefined): string {
  if (prefix === undefined || prefix === '/' || !path.startsWith(prefix)) return path;
  const rest = path.slice(prefix.length);
  return rest.startsWith('/') ? rest : path;
}

function ignoreTime(): void {}

function unknownRoute(route: string | undefined): SextantError {
  return new SextantError(
    'unknown_route',
    `The gateway names the route \`${route ?? ''}\`, which Sextant's configuration does not have.`,
  );
}
