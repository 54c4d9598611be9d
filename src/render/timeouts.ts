import type { Config } from '../config/config.js';
import type { SignalConfig } from '../config/signal-config.js';

/** What a request may need beyond its waits: the reply, and Envoy's own time. */
const SPARE_MS = 1000;

/** The longest that Sextant may ask Envoy to wait for one reply. Envoy ignores a request for more. Milliseconds. */
export function maxMessageTimeoutMs(config: Pick<Config, 'limits' | 'routes' | 'encoder'> & Reading): number {
  const { limits, routes } = config;
  const longestWaitMs = Math.max(0, ...routes.map(({ cache }) => (cache.enabled ? cache.maxWaitMs : 0)));
  return longestWaitMs + readTimeMs(config) + limits.messageTimeoutMs + SPARE_MS;
}

/** How long reading a whole conversation may take; 0 where neither a signal nor the policy on personal data asks for it. Milliseconds. */
export function readTimeMs({ signals, encoder, personalData, decisions }: Reading): number {
  return heedsPersonal({ personalData, decisions }) || signals.some(({ type }) => READS_WHOLE.has(type))
    ? encoder.readDeadlineMs
    : 0;
}

/** Whether anything is done about personal data, be it to report them. */
export function heedsPersonal({
  personalData,
  decisions,
}: Pick<Config, 'personalData' | 'decisions'>): boolean {
  return personalData !== undefined || decisions.some((decision) => decision.personalData !== undefined);
}

type Reading = Pick<Config, 'signals' | 'encoder' | 'personalData' | 'decisions'>;

const READS_WHOLE: ReadonlySet<SignalConfig['type']> = new Set(['guard', 'pii']);
