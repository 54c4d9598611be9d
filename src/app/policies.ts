import { createHash } from 'node:crypto';
import type { Config, RouteConfig } from '../config/config.js';
import type { SignalConfig } from '../config/signal-config.js';
import { compileDecisions, ruleOnlyBlocks } from '../decision/decide.js';
import type { RoutePolicy } from '../exchange/policy.js';
import { type ModelChoice, modelChoice, type QualityRouter } from '../selection/expected-quality.js';
import { bm25Signal } from '../signals/bm25.js';
import { contextLengthSignal } from '../signals/context-length.js';
import type { Encoder, Signal } from '../signals/contract.js';
import { conversationSignal } from '../signals/conversation.js';
import { difficultySignal } from '../signals/difficulty.js';
import { domainSignal } from '../signals/domain.js';
import { embeddingSignal } from '../signals/embedding.js';
import { factCheckSignal } from '../signals/fact-check.js';
import { feedbackSignal } from '../signals/feedback.js';
import { guardSignal } from '../signals/guard.js';
import { identitySignal } from '../signals/identity.js';
import { type IntentHead, intentSignal } from '../signals/intent.js';
import { keywordSignal } from '../signals/keyword.js';
import { needsNoHead, type PersonalPolicy, protects } from '../signals/personal-policy.js';
import { piiSignal } from '../signals/pii-signal.js';
import { preferenceSignal } from '../signals/preference.js';
import { reaskSignal } from '../signals/reask.js';
import { structureSignal } from '../signals/structure.js';

/** How long one example may take to encode at start; nobody waits for it but the start itself. Milliseconds. */
const EXAMPLE_DEADLINE_MS = 30_000;

/** What policies are built with. */
export interface PolicyParts {
  readonly encoder: Promise<PolicyEncoder>;
  /**
   * Reads a head that a user trained for this encoder.
   * @throws Error when it cannot be read, or belongs to another encoder; the message says what to do
   */
  readHead(folder: string, encoderHash: string): Promise<OwnHead>;
  /**
   * Reads a shipped router by its name, or one from a folder.
   * @throws Error when it cannot be read, or belongs to another encoder; the message says what to do
   */
  readRouter(named: string, encoderHash: string): Promise<QualityRouter>;
}

export interface PolicyEncoder extends Encoder {
  /** Changes whenever the heads may answer otherwise; absent when the model has none. */
  readonly headsHash?: string | undefined;
}

/** A head of the user's own; the hash changes whenever it may answer otherwise. */
export interface OwnHead extends IntentHead {
  readonly hash: string;
}

/** Builds each route's policy from plain config. */
export async function buildPolicies(
  config: Config,
  parts: PolicyParts,
): Promise<ReadonlyMap<string, RoutePolicy>> {
  const heads = new Heads(parts);
  const signals = new Map<string, Signal>(
    await Promise.all(
      config.signals.map(async (signal) => [signal.name, await buildSignal(signal, heads, config)] as const),
    ),
  );
  const choices = await buildChoices(config, parts);
  const personal = await personalPolicies(config, heads);
  const readsWhole = [...signals.values()].some(({ cost }) => cost === 'whole');
  const reading = { windowsMax: config.encoder.windowsMax, deadlineMs: config.encoder.readDeadlineMs };
  // The clock has no place in a version; how much is read at most does, since a block may hang on it.
  const routers = [...choices].map(([decision, { router, goal }]) => [decision, router.hash, goal]);
  const judges = [heads.hashes(), readsWhole ? reading.windowsMax : 0, ...routers];
  const costOf = (name: string) => signals.get(name)?.cost ?? 'encoder';
  const shared = {
    virtualModels: new Set(config.virtualModels),
    models: config.models,
    defaultModel: config.defaultModel,
    fallback: config.fallback?.policy,
    gateway: config.gateway,
    signals,
    decisions: compileDecisions(config.decisions),
    choices,
    scoring: config.scoring,
    residency: config.residency && { ...config.residency, source: config.identity.sources.tenant ?? {} },
    ruleBlocks: compileDecisions(ruleOnlyBlocks(config.decisions, costOf)),
    identity: { tenantHeader: config.identity.tenantHeader, jwtClaim: config.identity.jwtClaim },
    bodyBytesMax: config.limits.bodyBytesMax,
    encodeDeadlineMs: config.encoder.deadlineMs,
    reading,
    personalData: config.personalData,
    protectsPersonal: personal.some(protects),
    looksThrough:
      readsWhole || personal.length > 0 || [...signals.values()].some(({ searches }) => searches === true),
  };
  return new Map(
    config.routes.map((route) => [
      route.name,
      Object.freeze({ ...shared, ...routeParts(config, route, judges) }),
    ]),
  );
}

/**
 * All that the file says of personal data.
 *
 * @throws Error where the model has no head for what the token head alone can find
 */
async function personalPolicies(config: Config, heads: Heads): Promise<readonly PersonalPolicy[]> {
  const said = [config.personalData, ...config.decisions.map(({ personalData }) => personalData)];
  const policies = said.filter((policy) => policy !== undefined);
  if (policies.every(needsNoHead)) return policies;
  // Asked for here, so that what the heads find is part of the policy's version.
  if ((await heads.shipped()).heads !== undefined) return policies;
  throw new Error(
    'personal_data asks for types that only the token head finds, and this encoder has no heads; take a model that ' +
      'has them, or name only types that patterns find',
  );
}

/** Each router is read once, however many decisions choose by it. */
async function buildChoices(
  config: Config,
  { encoder, readRouter }: PolicyParts,
): Promise<ReadonlyMap<string, ModelChoice>> {
  const routers = new Map<string, QualityRouter>();
  const choices = new Map<string, ModelChoice>();
  for (const [decision, { router: named, goal }] of config.selections) {
    const router = routers.get(named) ?? (await readRouter(named, (await encoder).hash));
    routers.set(named, router);
    const action = config.decisions.find(({ name }) => name === decision)?.action;
    const names = action?.kind === 'route' ? action.models : [];
    const cards = config.models.filter(({ name }) => names.includes(name));
    choices.set(decision, modelChoice(router, goal, cards));
  }
  return choices;
}

function routeParts(config: Config, route: RouteConfig, judges: readonly unknown[]) {
  return {
    name: route.name,
    prefix: route.prefix,
    guarded: route.guarded,
    passPaths: new Set(route.passPaths),
    readUsage: route.readUsage,
    injectsUsage: config.telemetry.usage === 'inject' && route.readUsage,
    hearsAnswers: route.hearsAnswers,
    cache: route.cache,
    version: policyVersion(config, route, judges),
  };
}

/**
 * Hash of what can change an answer or a block, and of nothing else: a reload that moves a port or a limit must not
 * empty the cache.
 */
function policyVersion(config: Config, route: RouteConfig, judges: readonly unknown[]): string {
  const models = config.models.map(({ name, reasoning }) => (reasoning ? [name, reasoning] : name));
  const said = [
    route.name,
    route.guarded,
    models,
    config.defaultModel.name,
    config.signals,
    config.decisions,
    judges,
    ...(config.personalData === undefined ? [] : [{ personalData: config.personalData }]),
    // What was kept under a laxer policy is not for those who asked for a stricter one.
    [route.cache.volatile, route.cache.personalData, route.cache.temperatureMax ?? null],
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32);
}

/** Hands out the encoder and the heads, and keeps book of those that were asked for. */
class Heads {
  private readonly used = new Map<string, string>();

  constructor(private readonly parts: PolicyParts) {}

  /** For signals over the shipped heads. */
  async shipped(): Promise<PolicyEncoder> {
    const encoder = await this.parts.encoder;
    this.used.set('', encoder.headsHash ?? '');
    return encoder;
  }

  /** For signals over the embedding, whose hash is in the key of every cached answer already. */
  encoder(): Promise<Encoder> {
    return this.parts.encoder;
  }

  async own(folder: string): Promise<OwnHead> {
    const encoder = await this.parts.encoder;
    const head = await this.parts.readHead(folder, encoder.hash);
    this.used.set(folder, head.hash);
    return head;
  }

  hashes(): readonly string[] {
    return [...this.used.values()].toSorted();
  }
}

/** @throws Error as a policy with this signal would, such as for a head that cannot be read */
export function buildOneSignal(signal: SignalConfig, config: Config, parts: PolicyParts): Promise<Signal> {
  return buildSignal(signal, new Heads(parts), config);
}

async function buildSignal(signal: SignalConfig, heads: Heads, config: Config): Promise<Signal> {
  const built = buildRuleSignal(signal, config) ?? (await buildOther(signal, heads));
  return signal.deadlineMs === undefined ? built : { ...built, deadlineMs: signal.deadlineMs };
}

/** Those that need nothing but their own settings; undefined for all others. */
function buildRuleSignal(config: SignalConfig, { identity }: Config): Signal | undefined {
  switch (config.type) {
    case 'structure':
      return structureSignal(config);
    case 'conversation':
      return conversationSignal(config);
    case 'identity':
      return identitySignal({ ...config, source: identity.sources[config.of] ?? {} });
    case 'bm25':
      return bm25Signal(config);
    case 'feedback':
      return feedbackSignal(config);
    case 'reask':
      return reaskSignal(config);
    case 'preference':
      return preferenceSignal(config);
    case 'keyword':
      return keywordSignal(config);
    case 'context_length':
      return contextLengthSignal(config);
    default:
      return undefined;
  }
}

async function buildOther(config: SignalConfig, heads: Heads): Promise<Signal> {
  switch (config.type) {
    case 'language':
      // Its tables take as long to load as the rest of the signals together, and few policies ask for it.
      return (await import('../signals/language.js')).languageSignal(config);
    case 'embedding': {
      const loaded = await heads.encoder();
      const examples: Float32Array[] = [];
      // One after the other: all at once, the examples of a long list would find the encoder's queue full.
      for (const text of config.examples) {
        examples.push((await loaded.encode(text, EXAMPLE_DEADLINE_MS)).vector);
      }
      return embeddingSignal({ name: config.name, threshold: config.threshold, examples });
    }
    case 'domain':
      return domainSignal({ ...config, spec: (await heads.shipped()).heads?.domain });
    case 'intent': {
      const spec = (await heads.shipped()).heads?.intent;
      const head = config.head === undefined ? undefined : await heads.own(config.head);
      return intentSignal({ ...config, spec, head });
    }
    case 'difficulty':
      return difficultySignal({ ...config, spec: (await heads.shipped()).heads?.difficulty });
    case 'pii':
      return piiSignal({ ...config, hasHeads: (await heads.shipped()).heads !== undefined });
    case 'guard':
      return guardSignal({ ...config, specs: (await heads.shipped()).heads });
    case 'fact_check':
      return factCheckSignal({ ...config, spec: (await heads.shipped()).heads?.intent });
    default:
      throw new Error(`signal ${JSON.stringify(config.name)} has a type that nothing builds`);
  }
}
