import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Config } from './config/config.js';
import { loadConfig, parseConfig } from './config/load.js';
import { type ConfigProblem, formatProblems } from './config/problems.js';
import type { configSchema } from './config/schema.js';
import { type Logger, noLogger } from './telemetry/contract.js';

/** The keys of a `sextant.yaml`. */
export type SextantConfig = z.input<typeof configSchema>;

/** Which policy is served: a file, the text of one, or its keys as a value. */
export type ConfigSource =
  | { readonly file: string }
  | { readonly yaml: string; readonly folder?: string }
  | {
      readonly config: SextantConfig;
      /** Where paths in the policy start from; left out, the working directory. */
      readonly folder?: string;
    };

export type SextantOptions = ConfigSource & {
  /** Left out, nothing is logged. */
  readonly logger?: Logger;
  /** How long `drain` still serves after it said that it stops, so that Envoy has seen it. Milliseconds; left out, 1500. */
  readonly lameDuckMs?: number;
};

/** A service that runs in this process. */
export interface Sextant {
  /** Where Envoy asks: `unix:PATH` or `HOST:PORT`. */
  readonly extprocAddress: string;
  /** With the port that the system chose where the config says 0. */
  readonly adminUrl: string;
  /** Undefined where the config has no section `probe`. */
  readonly probeUrl: string | undefined;
  /** The Envoy configuration that belongs to this policy. */
  envoyYaml(): Promise<string>;
  /** Stops so that no request is lost: says so, waits until Envoy knows, and lets streams end. */
  drain(): Promise<void>;
  /** Stops at once; also while it drains. */
  close(): Promise<void>;
}

export type SextantErrorCode = 'invalid_config' | 'address_in_use' | 'cannot_start';

/** Why a service did not start. Nothing of it is left running. */
export class SextantStartError extends Error {
  readonly code: SextantErrorCode;
  /** What is wrong in the config, in its order; empty where the config is good. */
  readonly problems: readonly ConfigProblem[];

  constructor(code: SextantErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'SextantStartError';
    this.code = code;
    this.problems = detail.problems ?? [];
  }
}

interface ErrorDetail {
  readonly problems?: readonly ConfigProblem[];
  readonly cause?: unknown;
}

export type { ConfigProblem, Logger };

/**
 * Starts the service and resolves once it serves.
 *
 * @throws SextantStartError when the config is wrong, an address is taken, or a model cannot be loaded
 */
export async function createSextant(options: SextantOptions): Promise<Sextant> {
  const config = configOf(options);
  // Loaded once the policy is known to be good: this is most of the code.
  const { startSextant } = await import('./app.js');
  const { logger = noLogger, lameDuckMs } = options;
  const started = startSextant(config, { logger, ...(lameDuckMs === undefined ? {} : { lameDuckMs }) });
  const running = await started.catch((cause: unknown) => {
    throw startError(cause);
  });
  const { extprocAddress, adminUrl, probeUrl } = running;
  let closed: Promise<void> | undefined;
  let drained: Promise<void> | undefined;
  return {
    ...{ extprocAddress, adminUrl, probeUrl },
    envoyYaml: async () => (await import('./render/envoy.js')).renderEnvoy(config),
    drain: () => {
      drained ??= closed ?? running.drain();
      return drained;
    },
    close: () => {
      closed ??= running.close();
      return closed;
    },
  };
}

function configOf(source: ConfigSource): Config {
  const loaded = 'file' in source ? loadConfig(source.file) : parseConfig(textOf(source), fileOf(source));
  if (loaded.ok) return loaded.value;
  throw new SextantStartError('invalid_config', formatProblems(loaded.error), {
    problems: loaded.error,
  });
}

/** JSON is YAML, and its lines are those that the problems name. */
function textOf(source: Exclude<ConfigSource, { readonly file: string }>): string {
  if ('yaml' in source) return source.yaml;
  const text = jsonOf(source.config);
  if (text !== undefined) return text;
  throw new SextantStartError('invalid_config', 'config: is no plain data; give what JSON can hold');
}

function jsonOf(config: SextantConfig): string | undefined {
  try {
    return JSON.stringify(config, undefined, 2);
  } catch {
    return undefined;
  }
}

/** Names a policy that is no file, and says where its paths start from. */
function fileOf({ folder = '.' }: { readonly folder?: string }): string {
  return resolve(folder, 'sextant.yaml');
}

function startError(cause: unknown): SextantStartError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SextantStartError(isTaken(cause) ? 'address_in_use' : 'cannot_start', message, { cause });
}

/** Each listener says in its own words what the system told it by this code. */
function isTaken(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  if ('code' in thrown && thrown.code === 'EADDRINUSE') return true;
  return 'cause' in thrown && isTaken(thrown.cause);
}
