import type { Config } from '../config/config.js';

/** What a follower of an identical request may need beyond its wait: one more pass of the encoder, and the reply. */
const SPARE_MS = 1000;

/** The longest that Sextant may ask Envoy to wait for one reply. Envoy ignores a request for more. Milliseconds. */
export function maxMessageTimeoutMs({ limits, routes }: Pick<Config, 'limits' | 'routes'>): number {
  const longestWaitMs = Math.max(0, ...routes.map(({ cache }) => (cache.enabled ? cache.maxWaitMs : 0)));
  return longestWaitMs + limits.messageTimeoutMs + SPARE_MS;
}
