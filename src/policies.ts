import { createHash } from 'node:crypto';
import type { Config, RouteConfig, SignalConfig } from './config/config.js';
import { compileDecisions, ruleOnlyBlocks } from './decision/decide.js';
import type { RoutePolicy } from './exchange/policy.js';
import { contextLengthSignal } from './signals/context-length.js';
import type { Encoder, Signal } from './signals/contract.js';
import { embeddingSignal } from './signals/embedding.js';
import { keywordSignal } from './signals/keyword.js';

/** How long one example may take to encode at start; nobody waits for it but the start itself. Milliseconds. */
const EXAMPLE_DEADLINE_MS = 30_000;

/** Builds each route's policy from plain config: part of the composition root, kept apart to stay readable. */
export async function buildPolicies(
  config: Config,
  encoder: Promise<Encoder>,
): Promise<ReadonlyMap<string, RoutePolicy>> {
  const signals = new Map<string, Signal>(
    await Promise.all(
      config.signals.map(async (signal) => [signal.name, await buildSignal(signal, encoder)] as const),
    ),
  );
  const costOf = (name: string) => signals.get(name)?.cost ?? 'encoder';
  const shared = {
    virtualModels: new Set(config.virtualModels),
    models: config.models,
    defaultModel: config.defaultModel,
    signals,
    decisions: compileDecisions(config.decisions),
    ruleBlocks: compileDecisions(ruleOnlyBlocks(config.decisions, costOf)),
    identity: { tenantHeader: config.identity.tenantHeader },
    bodyBytesMax: config.limits.bodyBytesMax,
    encodeDeadlineMs: config.encoder.deadlineMs,
  };
  return new Map(
    config.routes.map((route) => [route.name, Object.freeze({ ...shared, ...routeParts(config, route) })]),
  );
}

function routeParts(config: Config, route: RouteConfig) {
  return {
    name: route.name,
    prefix: route.prefix,
    guarded: route.guarded,
    passPaths: new Set(route.passPaths),
    readUsage: route.readUsage,
    hearsAnswers: route.hearsAnswers,
    cache: route.cache,
    version: policyVersion(config, route),
  };
}

/**
 * Hash of what can change an answer or a block, and of nothing else: a reload that moves a port or a limit must not
 * empty the cache.
 */
function policyVersion(config: Config, route: RouteConfig): string {
  const models = config.models.map((model) => model.name);
  const said = [
    route.name,
    route.guarded,
    models,
    config.defaultModel.name,
    config.signals,
    config.decisions,
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32);
}

async function buildSignal(config: SignalConfig, encoder: Promise<Encoder>): Promise<Signal> {
  switch (config.type) {
    case 'keyword':
      return keywordSignal(config);
    case 'context_length':
      return contextLengthSignal(config);
    case 'language':
      // Its tables take as long to load as the rest of the signals together, and few policies ask for it.
      return (await import('./signals/language.js')).languageSignal(config);
    case 'embedding': {
      const loaded = await encoder;
      const examples: Float32Array[] = [];
      // One after the other: all at once, the examples of a long list would find the encoder's queue full.
      for (const text of config.examples) {
        examples.push((await loaded.encode(text, EXAMPLE_DEADLINE_MS)).vector);
      }
      return embeddingSignal({ name: config.name, threshold: config.threshold, examples });
    }
  }
}
