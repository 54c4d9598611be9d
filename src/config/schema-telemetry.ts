import { z } from 'zod';
import { checked } from '../lib/result.js';
import type { Secret } from '../lib/secret.js';
import { DEFAULTS } from './defaults.js';
import { section } from './fields.js';
import { atValue, type Finding } from './problems.js';
import { expand, type SecretContext } from './secrets.js';

const D = DEFAULTS.telemetry;
const HEADERS_MAX = 16;

const otlp = section({
  endpoint: z
    .string()
    .max(2048)
    .regex(/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/, {
      error: 'is no address of a collector; write it like http://127.0.0.1:4318',
    })
    .describe('Where a collector takes OTLP by HTTP; /v1/traces and /v1/metrics are added.'),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/), z.string().min(1).max(4096))
    .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, {
      error: `has more than ${HEADERS_MAX} headers`,
    })
    .default({})
    .describe('Sent along, such as Authorization. In braces after a dollar sign: an environment variable.'),
  traces: z.boolean().default(true).describe('A span for each request, and one for each call of a model.'),
  metrics: z.boolean().default(true).describe('Tokens and times by the names that OpenTelemetry gives them.'),
  sample_ratio: z
    .number()
    .min(0)
    .max(1)
    .default(D.sampleRatio)
    .describe('Share of the traces that are kept, of those that begin here.'),
  metrics_interval_s: z.int().min(1).max(3600).default(D.metricsIntervalS),
}).describe('Traces and metrics for a collector of OpenTelemetry.');

/** What is told to others, and how tokens are counted. */
export const telemetry = section({
  otlp: otlp.optional(),
  usage: z
    .enum(['read', 'inject'])
    .default(D.usage)
    .describe(
      'inject: streams are asked for their usage, and what clients did not ask for is taken out again.',
    ),
}).describe('Telemetry beside the metrics for Prometheus.');

type TelemetryText = z.output<typeof telemetry>;

export interface TelemetryConfig {
  readonly otlp: OtlpConfig | undefined;
  readonly usage: 'read' | 'inject';
}

export interface OtlpConfig {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly headers: ReadonlyMap<string, Secret>;
  readonly traces: boolean;
  readonly metrics: boolean;
  /** 0 to 1. */
  readonly sampleRatio: number;
  readonly metricsIntervalMs: number;
}

/** Headers whose variables are not set, or whose values are no header. */
export function telemetryFindings(
  { telemetry: { otlp } }: { readonly telemetry: TelemetryText },
  { env }: SecretContext,
): readonly Finding[] {
  return Object.entries(otlp?.headers ?? {}).flatMap(([name, value]): readonly Finding[] => {
    const secret = expand(value, env);
    return secret.ok ? [] : [atValue(['telemetry', 'otlp', 'headers', name], secret.error)];
  });
}

/** @throws Error when it was not checked first, or the environment has changed since */
export function telemetryOf({ otlp, usage }: TelemetryText, { env }: SecretContext): TelemetryConfig {
  if (otlp === undefined) return { otlp: undefined, usage };
  const headers = Object.entries(otlp.headers).map(([name, value]) => {
    return [name, checked(expand(value, env), `telemetry.otlp.headers.${name}`)] as const;
  });
  return {
    usage,
    otlp: {
      endpoint: otlp.endpoint.replace(/\/+$/, ''),
      headers: new Map(headers),
      traces: otlp.traces,
      metrics: otlp.metrics,
      sampleRatio: otlp.sample_ratio,
      metricsIntervalMs: otlp.metrics_interval_s * 1000,
    },
  };
}
