import type { Completion } from '../openai/completion.js';

/** A stored answer together with the question that it answers. */
export interface CacheEntry {
  readonly id: string;
  /** Hex HMAC of all that must be equal for the answer to be right: tenant, policy, system prompt, tools, … */
  readonly partition: string;
  /** Hex HMAC of the tenant alone: bounds are shared out by it, and an operator tells tenants apart by it. */
  readonly tenant: string;
  /** Hex HMAC of partition and exact question. */
  readonly exactKey: string;
  /** The question: text of the last user turn. Read by the verification, never logged. */
  readonly ask: string;
  /** Unit vector of `ask`; absent when only the exact tier may serve it. */
  readonly vector: Float32Array | undefined;
  readonly completion: Completion;
  /** The model that answered and the decision that chose it. */
  readonly model: string;
  readonly decision: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** What the entry weighs in memory, for the byte bound. Bytes, estimated. */
  readonly bytes: number;
  /** An operator wants it kept: it is not evicted to make room, and expires all the same. */
  readonly pinned: boolean;
}

/** An entry and its similarity to the question asked: inner product of unit vectors, -1 to 1. */
export interface Neighbour {
  readonly entry: CacheEntry;
  readonly similarity: number;
}

export type MaybePromise<T> = T | Promise<T>;

/**
 * Where entries live. A store only stores: it computes no embedding and takes no decision.
 * Every read gives back only live entries of exactly the partition that was asked for.
 */
export interface CacheStore {
  findExact(partition: string, exactKey: string): MaybePromise<CacheEntry | undefined>;
  /** Nearest entries of the partition, best first, at most `limit`. */
  findNearest(partition: string, vector: Float32Array, limit: number): MaybePromise<readonly Neighbour[]>;
  /** Adds the entry, or replaces the one with the same exact key. May evict others. */
  put(entry: CacheEntry): MaybePromise<void>;
}

/** What an operator does to a store. */
export interface CacheOperations {
  /** True when there was such an entry. */
  evict(id: string): MaybePromise<boolean>;
  /** True when there was such an entry. */
  pin(id: string, pinned: boolean): MaybePromise<boolean>;
  /** Forgets every entry, pinned ones too, for every process that shares the store. */
  flush(): MaybePromise<void>;
  stats(): MaybePromise<CacheStats>;
}

/** What an operator sees of a store: live entries of every partition. Never on the way of a request. */
export interface CacheBrowser {
  get(id: string): MaybePromise<CacheEntry | undefined>;
  /** Entries in an order of the store's own, at most `limit`; `next` goes on where the page ends, absent on the last one. */
  list(page: CachePage): MaybePromise<CacheListing>;
  /** Nearest entries of all partitions, best first. */
  search(vector: Float32Array, limit: number): MaybePromise<readonly Neighbour[]>;
}

export interface CachePage {
  /** `next` of the page before; absent for the first one. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface CacheListing {
  readonly entries: readonly CacheEntry[];
  readonly next: string | undefined;
}

/** All that a backend of the cache can do. */
export interface CacheBackend extends CacheStore, CacheOperations, CacheBrowser {
  /** Writes what is still on its way, and lets go of files and connections. */
  close(): Promise<void>;
}

export interface CacheStats {
  readonly entries: number;
  readonly bytes: number;
  readonly evictions: number;
}

export type EvictionPolicy = 'fifo' | 'lru' | 'lfu';

/** The cache policy of one route; the keys are those of the article's `semantic_cache`, in our spelling. */
export interface CachePolicy {
  readonly enabled: boolean;
  /** Cosine at or above which an entry is a candidate. 0 to 1. */
  readonly similarityThreshold: number;
  /** With a judge of pairs: cosine from which an entry is worth its look. Absent, it is `similarityThreshold`. */
  readonly candidateThreshold?: number | undefined;
  /** Wrong hits per served hit that are allowed; it then decides what is served. Absent, the threshold does. */
  readonly maxErrorRate?: number | undefined;
  /** Share of hits that are not served but checked against a model's answer. Absent: none. 0 to 1. */
  readonly verifySampleRate?: number | undefined;
  /** How it is told whether two answers say the same. Absent: `pair`. */
  readonly answerJudge?: 'exact' | 'pair' | 'model' | undefined;
  /** The model that tells, with `model`. */
  readonly answerModel?: string | undefined;
  readonly ttlSeconds: number;
  /** Who shares answers: one tenant's own, or everybody who asks this route. */
  readonly scope: 'tenant' | 'public';
  /** How long an identical request waits for the one in flight before it goes alone. Milliseconds. */
  readonly maxWaitMs: number;
  /** Whether a follower that streams waits as well. */
  readonly streamFollowersWait: boolean;
  /** An answer above this is not stored. Bytes. */
  readonly entryBytesMax: number;
  /** Absent: a hit is one body, also where the client asked for a stream. */
  readonly streamHits?: StreamHits | undefined;
  /** A request with a higher temperature is neither answered nor kept; undefined sets no limit. */
  readonly temperatureMax: number | undefined;
  /** What becomes of questions whose right answer changes by the day. */
  readonly volatile: CacheAction;
  readonly personalData: PersonalDataPolicy;
  readonly partition: PartitionPolicy;
}

/** Hits that a client asked for as a stream are given as one. */
export interface StreamHits {
  /** About how fast; absent: as fast as the client takes them. */
  readonly tokensPerSecond?: number | undefined;
}

/** `bypass`: neither looked up nor stored. */
export type CacheAction = 'bypass' | 'allow';

/** What becomes of questions and answers that hold personal data. */
export interface PersonalDataPolicy {
  readonly action: CacheAction;
  /** Types that count, under their canonical names. */
  readonly types: readonly string[];
}

/** What may differ between two requests that share an answer. */
export interface PartitionPolicy {
  /** Temperatures that round to the same multiple of it are one; undefined keeps them apart. */
  readonly temperatureStep: number | undefined;
  /** Parameters of the body that do not split the cache. */
  readonly ignore: readonly PartitionIgnorable[];
}

/** Parameters that bill, trace or schedule a request, and the seed: the only ones that a policy may ignore. */
export type PartitionIgnorable =
  | 'metadata'
  | 'priority'
  | 'prompt_cache_key'
  | 'prompt_cache_retention'
  | 'request_id'
  | 'safety_identifier'
  | 'seed'
  | 'service_tier'
  | 'store'
  | 'user';
