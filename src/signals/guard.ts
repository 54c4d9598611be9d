import type {
  HeadName,
  HeadSpec,
  Passage,
  PromptView,
  Signal,
  SignalValue,
  UnreadStretch,
  WholeReading,
  WindowReading,
} from './contract.js';
import { NO_HEADS, percentOf } from './heads.js';
import { GUARD_KINDS, type GuardKind } from './labels.js';
import { passagesOf, turnOf } from './passages.js';
import { NOT_READ, refusal, type UnreadPolicy, unreadChars, unreadNote } from './unread.js';

/** What the two guard heads can say. */
export type GuardSpecs = Readonly<Record<Extract<HeadName, 'guard' | 'document'>, HeadSpec>>;

export interface GuardJudgement {
  /** What counts as an attack. Default: all kinds. */
  readonly kinds?: readonly GuardKind[];
  /** In place of the calibrated threshold of the guard head, for what users wrote. 0 to 1. */
  readonly promptThreshold?: number | undefined;
  /** In place of that of the document head, for what tools, files and models said. 0 to 1. */
  readonly documentThreshold?: number | undefined;
}

export interface GuardOptions extends GuardJudgement {
  readonly name: string;
  readonly unread: UnreadPolicy;
  /** Undefined when the model has no heads. */
  readonly specs: GuardSpecs | undefined;
}

/**
 * Whether somebody tries to turn the model against its operator: in what a user wrote, or in what a tool or a document
 * says. All turns are read, whole. Score: the scale of `guardVerdict`, on which 0.5 is the threshold of either role.
 * Unknown without heads, and, unless the policy allows it, where text was left unread and no attack was found.
 */
export function guardSignal(options: GuardOptions): Signal {
  const { name, unread, specs } = options;
  return {
    name,
    cost: 'whole',
    evaluate(view, _embedding, whole): SignalValue {
      if (specs === undefined) return { state: 'unknown', reason: NO_HEADS };
      if (whole === undefined) return { state: 'unknown', reason: NOT_READ };
      const verdict = guardVerdict(whole, passagesOf(view), specs, options);
      if (!verdict.attack && verdict.unreadChars > 0 && unread === 'refuse')
        return refusal(verdict.unreadChars);
      const { attack: matched, score } = verdict;
      const detail = attackNote(verdict, view) + unreadNote(verdict.unreadChars);
      return { state: 'known', matched, score, threshold: SCORE_THRESHOLD, detail };
    },
  };
}

/** The score at which either role's threshold lies. */
export const SCORE_THRESHOLD = 0.5;

/** What the guard makes of a whole conversation. */
export interface GuardVerdict {
  readonly attack: boolean;
  /**
   * How near the worst window comes to an attack, 0 to 1, so that prompts and documents share one scale: 0 is an
   * attack probability of 0, 0.5 the threshold of the window's role, 1 a probability of 1, and straight lines between.
   */
  readonly score: number;
  /** Where the score comes from; undefined when nothing was read. */
  readonly worst: Suspect | undefined;
  /** Characters that no window covers. */
  readonly unreadChars: number;
}

/** A stretch that looks like an attack, more or less. Offsets are UTF-16 units of its passage. */
export interface Suspect {
  readonly passage: number;
  readonly start: number;
  readonly end: number;
  /** Of an attack of the wanted kinds, 0 to 1. */
  readonly probability: number;
  /** The likeliest one; undefined where only words were scanned, which do not tell. */
  readonly kind: GuardKind | undefined;
  /** Which head's labels and thresholds it was held against. */
  readonly head: 'guard' | 'document';
  /** The probability from which on it is an attack: that of the head, or that of the scan. 0 to 1. */
  readonly threshold: number;
}

/**
 * Judges a reading. A stretch that was only scanned for words counts when the scan is sure of an attack: the heads
 * judge everything else.
 *
 * @param passages those that were read, in the order in which the reading counts them
 */
export function guardVerdict(
  whole: WholeReading,
  passages: readonly Passage[],
  specs: GuardSpecs,
  options: GuardJudgement = {},
): GuardVerdict {
  const judges = judgesOf(specs, options);
  let score = 0;
  let worst: Suspect | undefined;
  const consider = (suspect: Suspect): void => {
    const found = onScale(suspect.probability, suspect.threshold);
    if (worst !== undefined && found <= score) return;
    score = found;
    worst = suspect;
  };
  for (const window of whole.windows) {
    const judge = judges[passages[window.passage]?.role ?? 'prompt'];
    consider(judgeWindow(window, judge));
  }
  for (const stretch of whole.unread) {
    const judge = judges[passages[stretch.passage]?.role ?? 'prompt'];
    if (judge.kinds.length === 0 || stretch.scanned < judge.scanThreshold) continue;
    consider(suspectOf(stretch, judge));
  }
  return { attack: score >= SCORE_THRESHOLD, score, worst, unreadChars: unreadChars(whole) };
}

interface Judge {
  readonly head: Suspect['head'];
  readonly threshold: number;
  readonly scanThreshold: number;
  /** The wanted kinds that this head knows, with their places among its labels. */
  readonly kinds: readonly { readonly kind: GuardKind; readonly at: number }[];
}

/** Where the heads' description names none. */
const THRESHOLD = 0.5;
const SCAN_THRESHOLD = 0.98;

function judgesOf(specs: GuardSpecs, options: GuardJudgement): Readonly<Record<Passage['role'], Judge>> {
  const { kinds = GUARD_KINDS, promptThreshold, documentThreshold } = options;
  const judge = (head: Judge['head'], threshold: number | undefined): Judge => {
    const spec = specs[head];
    return {
      head,
      threshold: threshold ?? spec.threshold ?? THRESHOLD,
      scanThreshold: spec.scanThreshold ?? SCAN_THRESHOLD,
      kinds: kinds.map((kind) => ({ kind, at: spec.labels.indexOf(kind) })).filter(({ at }) => at >= 0),
    };
  };
  return { prompt: judge('guard', promptThreshold), document: judge('document', documentThreshold) };
}

function judgeWindow({ passage, start, end, heads }: WindowReading, judge: Judge): Suspect {
  const { head, threshold, kinds } = judge;
  const probabilities = heads.probabilities[head];
  let probability = 0;
  let most = 0;
  let kind: GuardKind | undefined;
  for (const wanted of kinds) {
    const share = probabilities[wanted.at] ?? 0;
    probability += share;
    if (share <= most) continue;
    most = share;
    kind = wanted.kind;
  }
  return { passage, start, end, probability: Math.min(1, probability), kind, head, threshold };
}

function suspectOf({ passage, start, end, scanned }: UnreadStretch, judge: Judge): Suspect {
  const { head, scanThreshold: threshold } = judge;
  return { passage, start, end, probability: scanned, kind: undefined, head, threshold };
}

function onScale(probability: number, threshold: number): number {
  if (probability < threshold) return (SCORE_THRESHOLD * probability) / threshold;
  const above = threshold < 1 ? (probability - threshold) / (1 - threshold) : 1;
  return SCORE_THRESHOLD + (1 - SCORE_THRESHOLD) * above;
}

/** Places and names alone: a detail ends up in logs and explanations, where no text of a prompt belongs. */
function attackNote({ attack, worst }: GuardVerdict, view: PromptView): string {
  if (worst === undefined) return 'there was nothing to read';
  const turn = turnOf(view, worst.passage);
  const where = `turn ${turn?.index ?? '?'} (${turn?.role ?? 'unknown'}), characters ${worst.start} to ${worst.end}`;
  const what = worst.kind ?? 'an attack by its words';
  return `${attack ? '' : 'at most '}${what} at ${percentOf(worst.probability)} in ${where}`;
}
