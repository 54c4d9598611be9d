import { RESERVED_PREFIX } from '../exchange/headers.js';
import { isLoopback, splitEndpoint } from './fields.js';
import { atKey, atValue, type Finding, formatPath, type Path } from './problems.js';
import type { ConfigFile } from './schema.js';
import { adminFindings } from './schema-admin.js';
import { keptOutPolicy } from './schema-cache.js';
import { cascadeFindings } from './schema-cascade.js';
import { extprocFindings } from './schema-extproc.js';
import { identitySources } from './schema-identity.js';
import { personalFindings } from './schema-personal.js';
import { tlsProblem } from './schema-pool.js';
import { residencyFindings } from './schema-residency.js';
import { scoringFindings } from './schema-scoring.js';
import { selectionFindings } from './schema-selection.js';
import { streamHitsFindings } from './schema-stream-hits.js';
import { telemetryFindings } from './schema-telemetry.js';
import type { SecretContext } from './secrets.js';

/** What is well formed and still cannot work. */
export function checkConsistency(config: ConfigFile, secrets: SecretContext): readonly Finding[] {
  return [
    ...extprocFindings(config.extproc, secrets.file),
    ...remoteFindings(config),
    ...adminFindings(config, secrets),
    ...identityFindings(config),
    ...cacheFindings(config),
    ...deadlineFindings(config),
    ...routeFindings(config),
    ...selectionFindings(config),
    ...scoringFindings(config),
    ...residencyFindings(config),
    ...poolFindings(config),
    ...fallbackFindings(config),
    ...keyFindings(config),
    ...personalFindings(config),
    ...streamHitsFindings(config),
    ...cascadeFindings(config),
    ...telemetryFindings(config, secrets),
  ];
}

/** None of these asks who is calling, so being reachable from elsewhere must be somebody's decision. */
function remoteFindings(config: ConfigFile): readonly Finding[] {
  const sections = { probe: config.probe, envoy_admin: config.envoy_admin };
  return Object.entries(sections).flatMap(([key, section]) => {
    const address = section?.address;
    if (address === undefined || section?.allow_remote === true || isLoopback(address)) return [];
    const message = `${address} can be reached from other machines and asks nobody for a password; take 127.0.0.1, or set allow_remote: true where the network is closed`;
    return [atValue([key, 'address'], message)];
  });
}

/** Envoy strips our own prefix from whatever comes in, so a name under it would never arrive. */
function identityFindings(config: ConfigFile): readonly Finding[] {
  const { identity, signals } = config;
  const reserved = (['tenant_header', 'user_header', 'group_header', 'role_header'] as const)
    .filter((key) => identity[key]?.startsWith(RESERVED_PREFIX))
    .map((key) => {
      const message = `begins with ${RESERVED_PREFIX}, which Envoy removes from every request; choose another header`;
      return atValue(['identity', key], message);
    });
  const sources = identitySources(identity);
  const unsaid = signals.flatMap((signal, index) => {
    if (signal.type !== 'identity' || sources[signal.of] !== undefined) return [];
    const claim = signal.of === 'tenant' ? 'jwt_claim' : `claims.${signal.of}`;
    const message = `asks for the ${signal.of}, and nothing says who that is; write identity.${signal.of}_header or identity.${claim}`;
    return [atValue(['signals', index, 'of'], message)];
  });
  return [...reserved, ...unsaid];
}

function cacheFindings(config: ConfigFile): readonly Finding[] {
  const cache = config.semantic_cache;
  const findings: Finding[] = [];
  if (cache.enabled && cache.backend_type === 'milvus' && cache.backend_config_path === undefined) {
    const message = 'needs backend_config_path, the file that says where Milvus is; add it, or use memory';
    findings.push(atValue(['semantic_cache', 'backend_type'], message));
  }
  if (cache.similarity_threshold !== undefined && cache.max_error_rate !== undefined) {
    findings.push(...eitherOr(['semantic_cache'], ['semantic_cache']));
  }
  if (cache.entry_bytes_max > cache.bytes_max) {
    const message = `is above bytes_max (${cache.bytes_max}), so the largest answers could never be kept; lower it`;
    findings.push(atValue(['semantic_cache', 'entry_bytes_max'], message));
  }
  return [...findings, ...judgeFindings(config)];
}

/** A key is Envoy's alone, and the model that compares is asked past Envoy. */
function judgeFindings({ models, semantic_cache: { judge } }: ConfigFile): readonly Finding[] {
  const pool = judge.model === undefined ? undefined : models.find(({ name }) => name === judge.model)?.pool;
  if (pool === undefined) return [];
  const keyed = pool.credentials.from === 'env' || pool.credentials.from === 'file';
  if (pool.tls === undefined && !keyed) return [];
  const message = `names a model whose servers are reached ${pool.tls === undefined ? 'with a key' : 'by TLS'}; Sextant asks them past Envoy, with neither: name another, or take type: pair`;
  return [atValue(['semantic_cache', 'judge', 'model'], message)];
}

/** Told at both places, since nobody knows which of the two was meant. */
function eitherOr(threshold: Path, bound: Path): readonly Finding[] {
  const thresholdPath = [...threshold, 'similarity_threshold'];
  const boundPath = [...bound, 'max_error_rate'];
  const clash = (other: Path) =>
    `cannot stand beside ${formatPath(other)}: only one of them decides; remove one`;
  return [atValue(thresholdPath, clash(boundPath)), atValue(boundPath, clash(thresholdPath))];
}

/** Once Envoy gives up on us first, a late embedding is an error for the client instead of a decision without it. */
function deadlineFindings(config: ConfigFile): readonly Finding[] {
  const { message_timeout_ms: limitMs } = config.limits;
  if (config.encoder.deadline_ms < limitMs) return [];
  const message = `must end before limits.message_timeout_ms (${limitMs}), when Envoy gives up; lower it or raise that`;
  return [atValue(['encoder', 'deadline_ms'], message)];
}

function routeFindings(config: ConfigFile): readonly Finding[] {
  const prefixes = new Set<string>();
  return config.routes.flatMap((route, index) => {
    const path = ['routes', index];
    const findings: Finding[] = [...tightening(config, index)];
    const prefix = normalPrefix(route.prefix);
    if (prefixes.has(prefix)) {
      findings.push(
        atValue([...path, 'prefix'], `"${prefix}" leads to a route above already; choose another prefix`),
      );
    }
    prefixes.add(prefix);
    if (route.guarded && route.pass_paths.length > 0) {
      const message =
        'a guarded route lets nothing pass unread; remove pass_paths, or give these paths a route of their own';
      findings.push(atKey([...path, 'pass_paths'], message));
    }
    return findings;
  });
}

function poolFindings({ models }: ConfigFile): readonly Finding[] {
  return models.flatMap(({ pool, endpoints }, index) => {
    const problem = tlsProblem(
      pool,
      endpoints.flatMap((endpoint) => splitEndpoint(endpoint) ?? []),
    );
    return problem === undefined ? [] : [atValue(['models', index, 'pool', 'tls'], problem)];
  });
}

/** One cluster holds the pools of an order, and its filters, which bring the key, are those of all of them. */
function keyFindings({ models, fallback }: ConfigFile): readonly Finding[] {
  if (fallback?.enabled !== true || fallback.order !== 'fixed') return [];
  const keys = new Set(models.map(({ pool }) => JSON.stringify(pool?.credentials ?? null)));
  if (keys.size < 2) return [];
  const message =
    'fixed needs pools that all have the same credentials; give them one key, or take Envoy 1.40 and order: selected';
  return [atValue(['fallback', 'order'], message)];
}

function fallbackFindings({ decisions, fallback }: ConfigFile): readonly Finding[] {
  return decisions.flatMap((decision, index) => {
    if (decision.fallback === undefined) return [];
    const at: Path = ['decisions', index, 'fallback'];
    if (decision.block !== undefined) {
      return [atValue(at, 'has no meaning for a block, which asks no model; remove it')];
    }
    if (fallback !== undefined || decision.fallback.enabled === false) return [];
    return [
      atValue(at, 'needs the section fallback, which switches it on; add one, even if it is empty: {}'),
    ];
  });
}

/** `/team/` and `/team` are one prefix. */
export function normalPrefix(prefix: string): string {
  return prefix === '/' ? prefix : prefix.replace(/\/+$/, '') || '/';
}

/** A route may ask for less from the cache than the file allows, never for more; the threshold is its own affair. */
function tightening(config: ConfigFile, index: number): readonly Finding[] {
  const own = config.routes[index]?.semantic_cache ?? {};
  const base = config.semantic_cache;
  const path = ['routes', index, 'semantic_cache'];
  const findings: Finding[] = [];
  const looser = (key: string, allowed: string): number =>
    findings.push(
      atValue(
        [...path, key],
        `is looser than semantic_cache.${key} (${allowed}); a route may only tighten it`,
      ),
    );
  if (own.enabled === true && !base.enabled) looser('enabled', 'false');
  if (own.scope === 'public' && base.scope === 'tenant') looser('scope', 'tenant');
  if (own.stream_followers_wait === true && !base.stream_followers_wait)
    looser('stream_followers_wait', 'false');
  if (own.similarity_threshold !== undefined && base.max_error_rate !== undefined) {
    findings.push(...eitherOr(path, ['semantic_cache']));
  }
  if (own.max_error_rate !== undefined && base.max_error_rate === undefined) {
    const message =
      'tightens nothing, since semantic_cache has no max_error_rate; write one there, in place of similarity_threshold';
    findings.push(atValue([...path, 'max_error_rate'], message));
  }
  if ((own.max_error_rate ?? 0) > (base.max_error_rate ?? 1)) {
    looser('max_error_rate', String(base.max_error_rate));
  }
  for (const key of ['ttl_seconds', 'max_wait_ms', 'entry_bytes_max'] as const) {
    const wanted = own[key];
    if (wanted !== undefined && wanted > base[key]) looser(key, String(base[key]));
  }
  const limit = base.temperature_max;
  if (own.temperature_max !== undefined && limit !== undefined && own.temperature_max > limit)
    looser('temperature_max', String(limit));
  if (own.volatile === 'allow' && base.volatile === 'bypass') looser('volatile', 'bypass');
  if (own.personal_data !== undefined && isLooser(own.personal_data, base.personal_data))
    looser('personal_data', 'some of its types, or action bypass, are missing');
  return findings;
}

/** Fewer types, or none that count, where the file keeps some out. */
function isLooser(own: PersonalDataText, base: PersonalDataText): boolean {
  const [ours, theirs] = [own, base].map((personal_data) => keptOutPolicy({ personal_data }).personalData);
  if (ours === undefined || theirs === undefined || theirs.action === 'allow') return false;
  if (own.action === 'allow') return true;
  return own.types !== undefined && theirs.types.some((type) => !ours.types.includes(type));
}

type PersonalDataText = ConfigFile['semantic_cache']['personal_data'];
