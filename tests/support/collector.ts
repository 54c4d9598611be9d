import { createServer } from 'node:http';
import { listening } from './ports.js';

export interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code?: number };
}

export interface OtlpMetric {
  readonly name: string;
  readonly unit?: string;
  readonly histogram?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly sum?: { readonly dataPoints: readonly OtlpPoint[] };
}

interface OtlpPoint {
  readonly attributes: readonly OtlpAttribute[];
  readonly sum?: number;
  readonly count?: number | string;
  readonly asDouble?: number;
  readonly asInt?: number | string;
}

/** A collector of OpenTelemetry that keeps what it is sent, refuses it, or takes it and never answers. */
export interface Collector {
  readonly url: string;
  mode: 'takes' | 'refuses' | 'hangs';
  /** Requests, whatever became of them. */
  readonly seen: { readonly path: string; readonly headers: NodeJS.Dict<string | string[]> }[];
  spans(): readonly OtlpSpan[];
  /** As they were sent last. */
  metrics(): readonly OtlpMetric[];
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: OtlpSpan[] = [];
  let metrics: readonly OtlpMetric[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      collector.seen.push({ path: request.url ?? '', headers: request.headers });
      if (collector.mode === 'hangs') return;
      if (collector.mode === 'takes') {
        const body = JSON.parse(Buffer.concat(pieces).toString('utf8'));
        for (const resource of body.resourceSpans ?? [])
          for (const scope of resource.scopeSpans) spans.push(...scope.spans);
        for (const resource of body.resourceMetrics ?? [])
          metrics = resource.scopeMetrics.flatMap((scope: { metrics: OtlpMetric[] }) => scope.metrics);
      }
      response.writeHead(collector.mode === 'takes' ? 200 : 400, { 'content-type': 'application/json' });
      response.end('{}');
    });
  });
  const collector: Collector = {
    url: `http://127.0.0.1:${await listening(server)}`,
    mode: 'takes',
    seen: [],
    spans: () => spans,
    metrics: () => metrics,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return collector;
}

/** The attributes as plain values. */
export function plain(attributes: readonly OtlpAttribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
