import type { OtlpTelemetry } from '../adapters/otlp/telemetry.js';
import type { Config } from '../config/config.js';
import { systemClock } from '../lib/clock.js';
import { systemTimers } from '../lib/timers.js';
import type { Logger } from '../telemetry/contract.js';

/** Speaks to a collector where the config names one; else none of its code is loaded. */
export async function openOtlp(
  { telemetry: { otlp } }: Pick<Config, 'telemetry'>,
  { version, logger }: { readonly version: string; readonly logger: Logger },
): Promise<OtlpTelemetry | undefined> {
  if (otlp === undefined) return undefined;
  const { createOtlpTelemetry } = await import('../adapters/otlp/telemetry.js');
  const { endpoint, sampleRatio, metricsIntervalMs, traces, metrics } = otlp;
  const headers = Object.fromEntries(Array.from(otlp.headers, ([name, value]) => [name, value.reveal()]));
  return createOtlpTelemetry({
    settings: { endpoint, headers, sampleRatio, metricsIntervalMs, version },
    traces,
    metrics,
    clock: systemClock,
    timers: systemTimers,
    logger,
  });
}
