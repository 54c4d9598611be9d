import { z } from 'zod';
import type { GatewayPolicy } from '../exchange/gateway.js';
import { AI_GATEWAY_MODEL, GATEWAY_MODEL } from '../exchange/headers.js';
import { section } from './fields.js';

export const gateway = section({
  model_header: z
    .boolean()
    .default(true)
    .describe('Requests carry x-gateway-model-name, by which the Gateway API inference extension routes.'),
  ai_gateway: z
    .boolean()
    .default(false)
    .describe('Requests carry x-ai-eg-model and metadata io.envoy.ai_gateway, as Envoy AI Gateway does it.'),
}).describe('What gateways around Sextant are told of the model that was chosen.');

export function gatewayOf(text: z.output<typeof gateway>): GatewayPolicy {
  const headers = [
    ...(text.model_header ? [GATEWAY_MODEL] : []),
    ...(text.ai_gateway ? [AI_GATEWAY_MODEL] : []),
  ];
  return { modelHeaders: headers, metadata: text.ai_gateway };
}
