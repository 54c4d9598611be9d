import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { Logger } from '../../telemetry/contract.js';

export type OtlpSignal = 'traces' | 'metrics';

/** What became of the batches of each signal. */
export type ExportFigures = Readonly<Record<OtlpSignal, { readonly sent: number; readonly failed: number }>>;

/** Counts what a collector takes, and says in the log when it stops and when it begins again, and no more often. */
export class ExportWatch {
  readonly #counts = { traces: { sent: 0, failed: 0 }, metrics: { sent: 0, failed: 0 } };
  readonly #down = new Set<OtlpSignal>();

  constructor(private readonly logger: Logger) {}

  figures(): ExportFigures {
    return structuredClone(this.#counts);
  }

  /** An exporter's own callback, which this watches. */
  watched(signal: OtlpSignal, done: (result: ExportResult) => void): (result: ExportResult) => void {
    return (result) => {
      this.#note(signal, result);
      done(result);
    };
  }

  #note(signal: OtlpSignal, { code, error }: ExportResult): void {
    if (code === ExportResultCode.SUCCESS) {
      this.#counts[signal].sent += 1;
      if (this.#down.delete(signal))
        this.logger.info({ signal }, 'the OTLP collector takes what is sent again');
      return;
    }
    this.#counts[signal].failed += 1;
    if (this.#down.has(signal)) return;
    this.#down.add(signal);
    // The message of an error may repeat the collector's answer, and that our headers.
    const reason = error === undefined ? 'unknown' : reasonOf(error);
    this.logger.warn({ signal, reason }, 'the OTLP collector does not take what is sent; it is dropped');
  }
}

function reasonOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? String(code) : error.name;
}
