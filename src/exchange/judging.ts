import type { AnswerWish } from '../openai/answer-wish.js';
import type { Usage } from '../openai/completion.js';
import type { CascadePolicy } from '../selection/cascade.js';
import type { Weakness } from '../selection/judge-answer.js';

/** Why an answer was let through unjudged, as headers and metrics name it. */
export type Unjudged =
  /** The client reads the answer while it is made. */
  | 'stream'
  /** Every model that could answer in its place failed of late, or cannot take the prompt. */
  | 'nobody'
  /** Too many further tries of late. */
  | 'budget'
  /** The models' answers that are kept already take all the room there is. */
  | 'no-room'
  /** The first model failed, so that another one was asked anyway. */
  | 'failed'
  /** The head does not tell how long the answer is. */
  | 'no-length'
  | 'too-large'
  /** It is no answer in JSON that can be read. */
  | 'unreadable'
  /** Envoy did not ask, or did not wait. */
  | 'unasked';

/** One answer that is to be judged, from the request on. */
export interface Judging {
  readonly policy: CascadePolicy;
  readonly api: 'chat' | 'completions';
  /** Whose answer it is. */
  readonly model: string;
  readonly wish: AnswerWish;
  /** Probability of a good answer, as far as anybody expected one beforehand. */
  readonly expected: number | undefined;
  verdict: JudgeVerdict;
}

export type JudgeVerdict =
  | { readonly kind: 'none'; readonly why: Unjudged }
  | { readonly kind: 'good' }
  | {
      readonly kind: 'weak';
      readonly weakness: Weakness;
      readonly body: Uint8Array;
      readonly usage: Usage | undefined;
    };

export interface JudgeDeskLimits {
  /** Answers at once that wait for a verdict or are kept. */
  readonly answersMax: number;
  /** What weak answers may take together until another model has answered. Bytes. */
  readonly bytesMax: number;
}

/** Where the pass that judges an answer and the exchange that it belongs to meet, by the id of the exchange. */
export class JudgeDesk {
  private readonly open = new Map<string, Judging>();
  private bytes = 0;

  constructor(private readonly limits: JudgeDeskLimits) {}

  /** Lets an answer be judged. Whoever added it must call `remove`. False when there are too many. */
  add(id: string, judging: Judging): boolean {
    if (this.open.size >= this.limits.answersMax) return false;
    this.open.set(id, judging);
    return true;
  }

  find(id: string): Judging | undefined {
    return this.open.get(id);
  }

  /** Keeps a weak answer, for the case that nobody has a better one. False when there is no room for it. */
  keep(id: string, weak: JudgeVerdict & { readonly kind: 'weak' }): boolean {
    const judging = this.open.get(id);
    // An exchange that has ended meanwhile would never give the room back.
    if (judging === undefined || this.bytes + weak.body.length > this.limits.bytesMax) return false;
    this.bytes += weak.body.length;
    judging.verdict = weak;
    return true;
  }

  remove(id: string): void {
    const judging = this.open.get(id);
    if (judging === undefined) return;
    this.open.delete(id);
    if (judging.verdict.kind === 'weak') this.bytes -= judging.verdict.body.length;
  }
}
