import type { RoutePolicy } from '../../src/exchange/policy.js';
import type { Verdict } from '../../src/exchange/verdict.js';
import type { SextantError } from '../../src/lib/sextant-error.js';
import type { PersonalPolicy } from '../../src/signals/personal-policy.js';
import { type Harness, type HarnessOptions, harness, LARGE, SMALL } from './exchange-service.js';

export const MAIL = 'Write to jane.roe@example.com.';
export const PERSON = 'Tell me of Ms Roe.';
export const PRIVATE = { ...SMALL, name: 'private', cluster: 'pool-private' };
/** What patterns find, and what the token head alone does. */
export const WITH_HEAD = { scoreMin: { EMAIL_ADDRESS: 0.5, PERSON: 0.5 } };

/** A route of three models that heeds personal data; without a change it blocks e-mail addresses. */
export function heeding(
  personal: Partial<PersonalPolicy>,
  policy: Partial<RoutePolicy> = {},
  more: HarnessOptions = {},
): Harness {
  const personalData: PersonalPolicy = {
    action: 'block',
    scoreMin: { EMAIL_ADDRESS: 0.5 },
    privateModels: [],
    unread: 'refuse',
    ...personal,
  };
  return harness({
    ...more,
    policy: { models: [SMALL, LARGE, PRIVATE], personalData, protectsPersonal: true, ...policy },
  });
}

export function errorOf(verdict: Verdict): SextantError {
  if (verdict.kind !== 'reject') throw new Error(`expected a rejection, got ${verdict.kind}`);
  return verdict.error;
}
