import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Telemetry } from '../../telemetry/contract.js';
import { registerExchangeMetrics } from './exchange-metrics.js';
import { type Gauges, registerGauges } from './gauges.js';

export interface PrometheusTelemetry extends Telemetry {
  /** The exposition text of everything counted so far. */
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * Counts exchanges for Prometheus. Every label has few values: models, decisions and routes come from the config,
 * never from a client.
 */
export function createPrometheusTelemetry(gauges: Gauges, version: string): PrometheusTelemetry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerGauges(registry, gauges, version);
  return {
    ...registerExchangeMetrics(registry),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
