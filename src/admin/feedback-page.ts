import type { FeedbackEffect, FeedbackVerdict } from '../exchange/feedback.js';
import type { Json, JsonObject } from '../lib/json.js';
import { SextantError } from '../lib/sextant-error.js';
import { objectOf } from './json-body.js';
import { shown, wrong } from './page.js';
import type { Route } from './routes.js';

/** Gives undefined for an id that nothing is known of. */
export type Feedback = (id: string, verdict: FeedbackVerdict) => Promise<FeedbackEffect | undefined>;

const LIMITS = { bytesMax: 4096, deadlineMs: 5_000 };
/** Ours have 36; whoever gives more has something else in mind. Characters. */
const ID_CHARS_MAX = 128;
const FIELDS = ['id', 'verdict'];

/** `POST /cache/feedback`: somebody says whether an answer was right. */
export function feedbackPage(feedback: Feedback): Route {
  return {
    method: 'POST',
    path: '/cache/feedback',
    example: '{"id": "…", "verdict": "wrong"}',
    async page({ request }) {
      const { id, verdict } = saidIn(await objectOf(request, LIMITS));
      const effect = await feedback(id, verdict);
      if (effect !== undefined) return shown({ id, verdict, ...effect });
      throw new SextantError(
        'not_found',
        'No answer of the last hour is known under this id that nobody judged yet; take the id header of the answer.',
        { param: 'id' },
      );
    },
  };
}

function saidIn(fields: JsonObject): { readonly id: string; readonly verdict: FeedbackVerdict } {
  const { id, verdict } = fields as { readonly [key: string]: Json | undefined };
  if (Object.keys(fields).some((key) => !FIELDS.includes(key)))
    throw wrong('The body has a field besides id and verdict; leave it out.');
  if (id === undefined || verdict === undefined) {
    const missing = id === undefined ? 'id' : 'verdict';
    throw new SextantError('missing_field', `${missing} is missing: send {"id": "…", "verdict": "wrong"}.`, {
      param: missing,
    });
  }
  if (typeof id !== 'string' || id === '' || id.length > ID_CHARS_MAX)
    throw wrong(`id must be a text of at most ${ID_CHARS_MAX} characters.`, 'id');
  if (verdict !== 'right' && verdict !== 'wrong') throw wrong('verdict must be right or wrong.', 'verdict');
  return { id, verdict };
}
