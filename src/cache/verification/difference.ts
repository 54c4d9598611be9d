/** Which check saw a difference. Stable: clients and metrics read it. */
export type DifferenceKind =
  | 'language'
  | 'number'
  | 'unit'
  | 'symbol'
  | 'negation'
  | 'antonym'
  | 'question-word'
  | 'name'
  | 'direction'
  | 'wording';

/**
 * How sure a check is that its difference makes another question: `certain` whatever else the texts say, `if-close`
 * when the rest of the texts is the same (one who asks the same in other words may leave a number out, or say
 * `forbidden` for `not allowed`), or no more than `suspected`.
 */
export type Certainty = 'certain' | 'if-close' | 'suspected';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly certainty: Certainty;
}
