/**
 * A second look at questions that the checks on the raw strings let through: a model that reads both texts together.
 */
export interface PairJudge {
  /** Changes whenever the judge may judge otherwise. */
  readonly hash: string;
  /** From this probability on the stored answer may be served, even where the checks only suspected a difference. */
  readonly accept: number;
  /** Below this probability it must not; between the two the checks and the similarity decide. */
  readonly reject: number;
  /**
   * For each stored question, how likely its answer is right for the asked one. 0 to 1, in the order given.
   *
   * @param deadlineMs counted from the call; queued work that would start later is dropped
   * @throws SextantError `deadline_exceeded` or `overloaded`: the caller then serves nothing
   */
  judge(asked: string, stored: readonly string[], deadlineMs: number): Promise<readonly number[]>;
}
