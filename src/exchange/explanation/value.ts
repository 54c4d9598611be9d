import type { Json } from '../../lib/json.js';

/**
 * Why one request went the way it went. Made of what serving left behind, never reckoned a second time. Its names are
 * those of its JSON. Holds names, numbers and hashes, and text of the prompt nowhere; `ask` of a neighbour is there
 * only where the operator wants to see it. Scores and probabilities have four digits, milliseconds three.
 */
export interface Explanation {
  readonly route: string;
  /** Null when the request could not be read. */
  readonly request: ExplainedRequest | null;
  readonly outcome: ExplainedOutcome;
  /** In the order in which they were asked, then those that nobody asked. */
  readonly signals: readonly ExplainedSignal[];
  /** In the order in which they win. */
  readonly decisions: readonly ExplainedDecision[];
  /** Null unless a model was chosen by a decision. */
  readonly selection: ExplainedSelection | null;
  /** Null where the policy says nothing of thinking, or the model cannot be told. */
  readonly reasoning: ExplainedReasoning | null;
  /** What was done about personal data in the request, and because of which types; null where nothing was to be done. */
  readonly personal_data: { readonly outcome: string; readonly types: readonly string[] } | null;
  readonly cache: ExplainedCache;
  /** Null when nothing asked for a reading of the whole conversation. */
  readonly reading: ExplainedReading | null;
  readonly ms: {
    /** By stage, in the order of the way. */
    readonly stages: Readonly<Record<string, number>>;
    /** From the first byte of the body to the verdict. */
    readonly total: number;
  };
}

export interface ExplainedRequest {
  readonly api: string;
  readonly model: string;
  readonly turns: number;
  readonly chars: number;
  /** Estimated, of the whole conversation. */
  readonly context_tokens: number;
  readonly modalities: readonly string[];
  readonly tools: boolean;
  readonly stream: boolean;
}

export interface ExplainedOutcome {
  /** `upstream`, `cache`, `blocked`, `passthrough` or `error`. */
  readonly path: string;
  /** Empty when no decision was taken. */
  readonly decision: string;
  /** The model that would answer, or that answered what the cache holds; empty when none. */
  readonly model: string;
  readonly why: string;
  /** What the client would be told; null when nothing is refused. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface ExplainedSignal {
  readonly name: string;
  readonly state: 'match' | 'no-match' | 'unknown' | 'not-asked';
  readonly score: number | null;
  readonly threshold: number | null;
  /** How far the score is above the threshold; below 0 under it. */
  readonly margin: number | null;
  /** What it says for itself, or why it is unknown. */
  readonly detail: string;
  /** Of its own; the passes of the encoder that several share are stages. */
  readonly ms: number | null;
}

export interface ExplainedDecision {
  readonly name: string;
  readonly priority: number;
  readonly action: 'route' | 'block';
  readonly models: readonly string[];
  /** `pending`: it hangs on signals that nobody had to ask. */
  readonly truth: 'true' | 'false' | 'pending';
  readonly won: boolean;
  readonly confidence: number;
  readonly rule: ExplainedRule;
}

export interface ExplainedRule {
  readonly kind: 'always' | 'signal' | 'all' | 'any' | 'not';
  readonly truth: 'true' | 'false' | 'pending';
  /** Only where the node is a signal. */
  readonly signal?: {
    readonly name: string;
    readonly state: 'known' | 'unknown' | 'pending';
    readonly score: number | null;
    readonly threshold: number | null;
    readonly margin: number | null;
    readonly counted_as: 'match' | 'no-match' | null;
  };
  readonly rules: readonly ExplainedRule[];
}

export interface ExplainedSelection {
  /** By what the models were compared. */
  readonly by: string;
  readonly model: string;
  /** Those that are asked one after the other when it fails. */
  readonly when_it_fails: readonly string[];
  /** True where the first of these is asked as well when the answer shows that it is none. */
  readonly judged: boolean;
  readonly candidates: readonly {
    readonly model: string;
    readonly kept: boolean;
    readonly reason: string;
    readonly score: number;
    readonly parts: Readonly<Record<string, number>>;
  }[];
}

export interface ExplainedReasoning {
  readonly model: string;
  readonly thinks: boolean;
  readonly edits: readonly { readonly path: string; readonly value: Json }[];
}

export interface ExplainedCache {
  /** As the answer header says it: `hit-exact`, `hit-semantic`, `miss`, `bypass` or `off`. */
  readonly outcome: string;
  readonly reason: string;
  /** Null unless the cache was asked. */
  readonly keys: {
    readonly partition: string;
    readonly tenant: string;
    readonly exact: string;
    /** What the partition is made of, each hashed for itself with the cache's secret: two requests are apart where these are. */
    readonly parts: readonly { readonly name: string; readonly hash: string }[];
  } | null;
  /** Null where the cache is off. */
  readonly policy: ExplainedCachePolicy | null;
  /** Best first; those below the threshold are near misses. */
  readonly neighbours: readonly {
    readonly id: string;
    readonly similarity: number;
    /** `too-far`, `not-reached`, `same`, `agrees`, or which difference was seen. */
    readonly verdict: string;
    /** True where the difference is certain, so that no judge is asked. */
    readonly final: boolean;
    readonly judged: number | null;
    /** Only where prompts may be shown. */
    readonly ask?: string;
  }[];
}

export interface ExplainedCachePolicy {
  /** Cosine from which an entry may be served on the checks alone. */
  readonly threshold: number;
  /** With a judge of pairs: cosine from which it has a look. */
  readonly candidate_threshold: number | null;
  /** The judge's probability from which an entry is served; null without one. */
  readonly judge_accepts: number | null;
  /** Share of hits that may be wrong; null where the threshold decides. */
  readonly max_error_rate: number | null;
  readonly ttl_seconds: number;
  readonly scope: 'tenant' | 'public';
}

export interface ExplainedReading {
  /** Turns count from 0, offsets are UTF-16 units of the turn, `end` not included. */
  readonly windows: readonly {
    readonly turn: number;
    readonly role: string;
    readonly start: number;
    readonly end: number;
    readonly head: 'guard' | 'document';
    /** Of an attack of any kind. */
    readonly attack: number;
    readonly threshold: number;
  }[];
  readonly unread: readonly {
    readonly turn: number;
    readonly role: string;
    readonly start: number;
    readonly end: number;
    /** By its words alone. */
    readonly attack: number;
  }[];
  /** Counted by type and score; null where nobody searched. */
  readonly personal:
    | readonly { readonly type: string; readonly score: number; readonly count: number }[]
    | null;
}
