import { partitionParts } from '../../cache/partition.js';
import { candidateThresholdOf } from '../find-similar.js';
import type { SeenNeighbour } from '../trail.js';
import { digits } from './digits.js';
import type { Explained } from './explained.js';
import type { ExplainedCache } from './value.js';

/** What the cache had to say: under which keys it was asked, what was near, and why it was served or not. */
export function explainCache(explained: Explained): ExplainedCache {
  const { inquiry, trail, showPrompts } = explained;
  const { ledger } = inquiry;
  const { neighbours = [] } = trail;
  const least = candidateThresholdOf(inquiry);
  return {
    outcome: ledger.cache,
    reason: ledger.cacheReason,
    policy: policyOf(explained),
    keys: keysOf(explained),
    neighbours: neighbours.map((neighbour) => ({
      id: neighbour.id,
      similarity: digits(neighbour.similarity, 4),
      verdict: verdictOf(neighbour, least),
      final: neighbour.verdict?.final ?? false,
      judged: neighbour.judged === undefined ? null : digits(neighbour.judged, 4),
      ...(showPrompts ? { ask: neighbour.ask } : {}),
    })),
  };
}

function policyOf({ inquiry }: Explained): ExplainedCache['policy'] {
  const { enabled, similarityThreshold, ...policy } = inquiry.policy.cache;
  const judgeAccepts = inquiry.service.pairJudge?.accept;
  if (!enabled) return null;
  return {
    threshold: similarityThreshold,
    candidate_threshold: judgeAccepts === undefined ? null : candidateThresholdOf(inquiry),
    judge_accepts: judgeAccepts === undefined ? null : digits(judgeAccepts, 4),
    max_error_rate: policy.maxErrorRate ?? null,
    ttl_seconds: policy.ttlSeconds,
    scope: policy.scope,
  };
}

function verdictOf({ verdict, similarity }: SeenNeighbour, least: number): string {
  return verdict?.reason ?? (similarity < least ? 'too-far' : 'not-reached');
}

function keysOf({ trail }: Explained): ExplainedCache['keys'] {
  const { keyed, keys } = trail;
  if (keyed === undefined || keys === undefined) return null;
  const { partition, tenant, exactKey } = keys;
  return { partition, tenant, exact: exactKey, parts: partitionParts(keyed) };
}
