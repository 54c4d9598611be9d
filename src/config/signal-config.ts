import type {
  ConversationFeature,
  FeedbackKind,
  GuardKind,
  IdentityKind,
  Preference,
  Size,
  StructureFeature,
} from '../signals/labels.js';
import type { UnreadPolicy } from '../signals/unread.js';

export type SignalConfig =
  | KeywordSignalConfig
  | ContextLengthSignalConfig
  | LanguageSignalConfig
  | EmbeddingSignalConfig
  | DomainSignalConfig
  | IntentSignalConfig
  | DifficultySignalConfig
  | GuardSignalConfig
  | PiiSignalConfig
  | MeasureSignalConfig
  | IdentitySignalConfig
  | Bm25SignalConfig
  | FeedbackSignalConfig
  | ReaskSignalConfig
  | FactCheckSignalConfig
  | PreferenceSignalConfig;

/** What every signal may say of itself. */
interface Named {
  readonly name: string;
  /** How long a request waits for what the signal needs; after that it is unknown. Milliseconds. */
  readonly deadlineMs?: number | undefined;
}

export interface KeywordSignalConfig extends Named {
  readonly type: 'keyword';
  readonly anyOf: readonly string[];
  readonly allOf: readonly string[];
  readonly noneOf: readonly string[];
  readonly caseSensitive: boolean;
  /** Whether words of five letters and more are found with one letter wrong, too. */
  readonly fuzzy: boolean;
  /** RE2 patterns, each known to compile. */
  readonly regexes: readonly string[];
}

/** Bounds are inclusive. Tokens. */
export interface ContextLengthSignalConfig extends Named {
  readonly type: 'context_length';
  readonly minTokens: number | undefined;
  readonly maxTokens: number | undefined;
}

export interface LanguageSignalConfig extends Named {
  readonly type: 'language';
  /** ISO 639-1 codes. */
  readonly languages: readonly string[];
}

export interface EmbeddingSignalConfig extends Named {
  readonly type: 'embedding';
  /** Cosine to the nearest example at or above which the signal matches. 0 to 1. */
  readonly threshold: number;
  /** Those of the file among them. */
  readonly examples: readonly string[];
}

export interface DomainSignalConfig extends Named {
  readonly type: 'domain';
  readonly anyOf: readonly string[];
  /** Probability, 0 to 1, at or above which the signal matches. */
  readonly threshold: number;
}

export interface IntentSignalConfig extends Named {
  readonly type: 'intent';
  /** Labels of the shipped head, or of the user's own and `out_of_scope`. */
  readonly anyOf: readonly string[];
  /** Probability, 0 to 1, at or above which the signal matches. */
  readonly threshold: number;
  /** Absolute folder of a head of the user's own. */
  readonly head: string | undefined;
}

export interface DifficultySignalConfig extends Named {
  readonly type: 'difficulty';
  readonly size: Size;
  /** Probability of a good answer, 0 to 1, below which the signal matches. */
  readonly below: number;
}

export interface GuardSignalConfig extends Named {
  readonly type: 'guard';
  readonly kinds: readonly GuardKind[];
  /** In place of the calibrated ones. 0 to 1. */
  readonly promptThreshold: number | undefined;
  readonly documentThreshold: number | undefined;
  readonly unread: UnreadPolicy;
}

export interface PiiSignalConfig extends Named {
  readonly type: 'pii';
  /** Canonical types, each once. */
  readonly types: readonly string[];
  /** Score, 0 to 1, at or above which a find counts. */
  readonly threshold: number;
  /** How many finds make the signal match. */
  readonly minCount: number;
  readonly unread: UnreadPolicy;
}

/** Bounds are inclusive, on the scale of what is measured; one of them is given at least. */
export type MeasureSignalConfig = Named & {
  readonly min: number | undefined;
  readonly max: number | undefined;
} & (
    | { readonly type: 'structure'; readonly feature: StructureFeature }
    | { readonly type: 'conversation'; readonly feature: ConversationFeature }
  );

export interface IdentitySignalConfig extends Named {
  readonly type: 'identity';
  readonly of: IdentityKind;
  readonly anyOf: readonly string[];
}

export interface Bm25SignalConfig extends Named {
  readonly type: 'bm25';
  readonly words: readonly string[];
  /** What a word is worth where that is not 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Score at or above which the signal matches. */
  readonly threshold: number;
}

export interface FeedbackSignalConfig extends Named {
  readonly type: 'feedback';
  readonly kinds: readonly FeedbackKind[];
  /** Score, 0 to 1, at or above which the signal matches. */
  readonly threshold: number;
}

export interface ReaskSignalConfig extends Named {
  readonly type: 'reask';
  /** Likeness, 0 to 1, at or above which the signal matches. */
  readonly threshold: number;
}

export interface FactCheckSignalConfig extends Named {
  readonly type: 'fact_check';
  /** Score, 0 to 1, at or above which the signal matches. */
  readonly threshold: number;
}

export interface PreferenceSignalConfig extends Named {
  readonly type: 'preference';
  readonly anyOf: readonly Preference[];
  /** Score, 0 to 1, at or above which the signal matches. */
  readonly threshold: number;
}
