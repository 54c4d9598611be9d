import type { RoutePolicy } from './policy.js';
import type { ExchangeService } from './service.js';
import type { Exchange, Verdict } from './verdict.js';
import { withoutTrace } from './without-trace.js';

/** Changes nothing. */
const PASS: Verdict = { kind: 'pass', setHeaders: [], removeHeaders: [] };

/**
 * The service for exchanges that are only watched: what would become of a request is counted, logged and recorded, and
 * nobody carries it out. The answers are another's, so nothing is learnt from them either.
 */
export function shadowService(service: ExchangeService): ExchangeService {
  const { recorder, recent, telemetry } = service;
  return { ...withoutTrace(service), recorder, recent, telemetry };
}

/** An exchange that is told everything, and whose decisions reach nobody. */
export function shadowOf(inner: Exchange): Exchange {
  return {
    requestHead: (head) => {
      const verdict = inner.requestHead(head);
      return verdict.kind === 'read-body' ? verdict : PASS;
    },
    requestBody: async (body, askForTime) => {
      await inner.requestBody(body, askForTime);
      return PASS;
    },
    responseHead: (head) => {
      const { readBody } = inner.responseHead(head);
      return { setHeaders: [], removeHeaders: [], readBody };
    },
    rewriteBody: (piece) => piece,
    responseBody: (piece, endOfStream) => inner.responseBody(piece, endOfStream),
    fail: (error) => {
      inner.fail(error);
      return PASS;
    },
    close: () => inner.close(),
  };
}

/**
 * Whether a request leaves the choice of the model to the policy. Where Sextant only watches, every request to generate
 * does: those who watch have no virtual models yet, and want to know what would become of their traffic.
 */
export function leavesChoice(
  { policy, ledger }: { readonly policy: RoutePolicy; readonly ledger: { readonly shadow: boolean } },
  { model, api }: { readonly model: string; readonly api: string },
): boolean {
  return policy.virtualModels.has(model) || (ledger.shadow && api !== 'embeddings');
}
