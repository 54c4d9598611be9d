import type { HeaderField, Headers } from '../lib/headers.js';
import type { ModelCard } from '../selection/model-card.js';
import { AI_GATEWAY_NAMESPACE } from './headers.js';
import type { Metadata } from './verdict.js';

/** How gateways around us are told which model a request goes to. */
export interface GatewayPolicy {
  /** Headers of the request that name the model; no client may send them. */
  readonly modelHeaders: readonly string[];
  /** Whether Envoy's dynamic metadata say it as well, in the words of Envoy AI Gateway. */
  readonly metadata: boolean;
}

/** What a request that goes to this model says of it. */
export function modelHeaders(gateway: GatewayPolicy | undefined, model: ModelCard): readonly HeaderField[] {
  return gateway?.modelHeaders.map((name) => ({ name, value: model.name })) ?? [];
}

/** Those of them that the client sent itself. */
export function claimedModelHeaders(gateway: GatewayPolicy | undefined, headers: Headers): readonly string[] {
  return gateway?.modelHeaders.filter((name) => headers.has(name)) ?? [];
}

/** What Envoy's other filters and its access log shall know of the request; undefined where nobody wants to. */
export function modelMetadata(
  gateway: GatewayPolicy | undefined,
  model: ModelCard,
  route: string,
): Metadata | undefined {
  if (gateway?.metadata !== true) return undefined;
  const said = { model_name_override: model.name, backend_name: model.cluster, route_name: route };
  return { [AI_GATEWAY_NAMESPACE]: said };
}
