import type { ExplainedCache, ExplainedCachePolicy } from '../exchange/explanation/value.js';
import { printable } from './printable.js';

/** A hash as far as a person compares it by eye. Characters. */
const HASH_CHARS = 16;

/** What the cache said: the outcome, the rules for a hit, the keys, and what was near. */
export function cacheLines(cache: ExplainedCache): readonly string[] {
  const { outcome, reason, policy, keys, neighbours } = cache;
  // Where it is on, nothing but an end before its turn leaves it at "off".
  if (outcome === 'off' && policy !== null) return ['not asked: the request ended before'];
  return [
    reason === '' ? outcome : `${outcome}: ${reason}`,
    ...(policy === null ? [] : [policyLine(policy)]),
    ...(keys === null ? [] : keyLines(keys)),
    ...neighbours.map(neighbourLine),
  ];
}

function policyLine(policy: ExplainedCachePolicy): string {
  const { threshold, candidate_threshold, judge_accepts, max_error_rate, ttl_seconds, scope } = policy;
  const judged =
    candidate_threshold === null || judge_accepts === null
      ? []
      : [`from ${candidate_threshold} the judge has a look and serves from ${judge_accepts}`];
  const bound =
    max_error_rate === null
      ? []
      : [`an error bound of ${max_error_rate} has the last word and is not asked here`];
  const shared = scope === 'public' ? 'shared by all who ask' : "each tenant's own";
  return [
    `an entry is a candidate from ${threshold}`,
    ...judged,
    ...bound,
    `${shared}, kept for ${ttl_seconds} s`,
  ].join('; ');
}

function keyLines({
  partition,
  tenant,
  exact,
  parts,
}: NonNullable<ExplainedCache['keys']>): readonly string[] {
  const width = Math.max(...parts.map(({ name }) => name.length));
  return [
    `partition ${short(partition)}, tenant ${short(tenant)}, exact question ${short(exact)}; the partition is made of`,
    ...parts.map(({ name, hash }) => `  ${name.padEnd(width)}  ${short(hash)}`),
  ];
}

function neighbourLine(neighbour: ExplainedCache['neighbours'][number]): string {
  const { id, similarity, verdict, final, judged, ask } = neighbour;
  const certain = final ? ', for certain' : '';
  const judge = judged === null ? '' : `, judged ${judged}`;
  const question = ask === undefined ? '' : `  ${printable(ask, 80)}`;
  return `near ${similarity}  ${id}  ${verdict}${certain}${judge}${question}`;
}

function short(hash: string): string {
  return hash.slice(0, HASH_CHARS);
}
