import { isByPatternsAlone } from './pii/types.js';
import type { UnreadPolicy } from './unread.js';

/**
 * What becomes of a request in which personal data are found: they are only reported, the request is refused, only
 * models that the operator trusts with them may answer, or any may, but is shown placeholders in their stead.
 */
export type PersonalAction = 'note' | 'block' | 'private_model' | 'redact';

/** Which personal data matter, and what is done about them. */
export interface PersonalPolicy {
  readonly action: PersonalAction;
  /** By canonical type: the score from which a find counts, 0 to 1. Types that are not named do not matter. */
  readonly scoreMin: Readonly<Record<string, number>>;
  /** Names of the models that may see them; not empty where the action is `private_model`. */
  readonly privateModels: readonly string[];
  /** `refuse`: text that could not be looked at counts as personal; where nothing is found, nobody may see it. */
  readonly unread: UnreadPolicy;
}

/** Whether a policy does more than report: then nothing may pass that it did not look at. */
export function protects({ action }: PersonalPolicy): boolean {
  return action !== 'note';
}

/** Whether all types are found without the token head. */
export function needsNoHead({ scoreMin }: PersonalPolicy): boolean {
  return Object.keys(scoreMin).every(isByPatternsAlone);
}
