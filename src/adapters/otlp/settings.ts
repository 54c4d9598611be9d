/** Where a collector is, and how it is spoken to. */
export interface OtlpSettings {
  /** Without a slash at its end; the path of each signal is added. */
  readonly endpoint: string;
  /** Values may be secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of traces that begin here. 0 to 1. */
  readonly sampleRatio: number;
  readonly metricsIntervalMs: number;
  /** Of Sextant. */
  readonly version: string;
}

/** How long a collector may take for one batch. Milliseconds. */
export const EXPORT_TIMEOUT_MS = 5_000;

/** Where `settings` say that a signal goes. */
export function exporterOptions({ endpoint, headers }: OtlpSettings, signal: 'traces' | 'metrics') {
  return {
    url: `${endpoint}/v1/${signal}`,
    headers: { ...headers },
    timeoutMillis: EXPORT_TIMEOUT_MS,
    // A collector that hangs must not gather requests to it.
    concurrencyLimit: 2,
  };
}
