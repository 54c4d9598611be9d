import type { JsonObject } from '../lib/json.js';
import { SextantError } from '../lib/sextant-error.js';
import { apiOf } from '../openai/api.js';
import { toSextantError } from '../openai/errors.js';
import type { Signal } from '../signals/contract.js';
import { explanationOf } from './explanation/build.js';
import type { Explanation } from './explanation/value.js';
import { emptyPlan, type Inquiry } from './inquiry.js';
import { Ledger } from './ledger.js';
import type { RoutePolicy } from './policy.js';
import { refuse } from './replies.js';
import { handleRequest } from './request.js';
import type { ExchangeService } from './service.js';
import type { Trail } from './trail.js';
import type { RequestHead, Verdict } from './verdict.js';
import { withoutTrace } from './without-trace.js';

/** A request to be explained. */
export interface AskedWhy {
  /** Name of the route; undefined for the first one. */
  readonly route?: string | undefined;
  /** The body as the client would send it; without a model it is the route's first virtual one. */
  readonly request: JsonObject;
  /** Lower-case names. By them callers are told apart, and clients speak to the cache. */
  readonly headers: ReadonlyMap<string, string>;
  /** Whether questions of the cache may be shown. */
  readonly showPrompts?: boolean;
}

/** @throws SextantError `unknown_route` */
export type Explain = (asked: AskedWhy) => Promise<Explanation>;

/**
 * Explains a request by letting it go the whole way that a client's goes, through the same code and the same stores.
 * Nothing is asked of a model, nothing is stored, nobody waits for it, and telemetry hears nothing of it.
 */
export function explainOf(service: ExchangeService): Explain {
  const unseen = withoutTrace(service);
  return async (asked) => {
    const policy = unseen.policyOf(asked.route);
    if (policy === undefined) throw unknownRoute();
    const { clock } = service;
    const signalMs = new Map<string, number>();
    const trail: Trail = {};
    const inquiry: Inquiry = {
      service: unseen,
      policy: timedSignals(policy, clock, signalMs),
      head: headOf(asked),
      ledger: new Ledger('explained', policy.name),
      askForTime: () => undefined,
      plan: emptyPlan(),
      trail,
    };
    inquiry.ledger.api = apiOf(inquiry.head.path);
    const startedMs = clock.monotonicMs();
    const verdict = await handleRequest(inquiry, bytesOf(asked, policy)).catch((thrown: unknown) =>
      refuse(inquiry, toSextantError(thrown)),
    );
    const totalMs = clock.monotonicMs() - startedMs;
    return explanationOf({
      inquiry,
      trail,
      refusal: refusalIn(verdict),
      signalMs,
      totalMs,
      showPrompts: asked.showPrompts ?? false,
    });
  };
}

function timedSignals(
  policy: RoutePolicy,
  clock: ExchangeService['clock'],
  signalMs: Map<string, number>,
): RoutePolicy {
  const timed = (signal: Signal): Signal => ({
    ...signal,
    evaluate(...about) {
      const startedMs = clock.monotonicMs();
      const value = signal.evaluate(...about);
      signalMs.set(signal.name, clock.monotonicMs() - startedMs);
      return value;
    },
  });
  return {
    ...policy,
    signals: new Map(Array.from(policy.signals, ([name, signal]) => [name, timed(signal)])),
  };
}

function headOf({ request, headers }: AskedWhy): RequestHead {
  const path = request['prompt'] === undefined ? '/v1/chat/completions' : '/v1/completions';
  return { method: 'POST', path, headers, endOfStream: false };
}

function bytesOf({ request }: AskedWhy, { virtualModels }: RoutePolicy): Uint8Array {
  const [model = ''] = virtualModels;
  return Buffer.from(JSON.stringify({ model, ...request }), 'utf8');
}

function refusalIn(verdict: Verdict): SextantError | undefined {
  return verdict.kind === 'reject' ? verdict.error : undefined;
}

function unknownRoute(): SextantError {
  return new SextantError('invalid_field', 'There is no such route.', { param: 'route' });
}
