import type { LearningDesk } from '../exchange/learning.js';
import type { Json, JsonObject } from '../lib/json.js';
import { SextantError } from '../lib/sextant-error.js';
import { objectOf } from './json-body.js';
import { shown, wrong } from './page.js';
import type { Route } from './routes.js';

const LIMITS = { bytesMax: 4096, deadlineMs: 5_000 };
/** Ours have 36; whoever gives more has something else in mind. Characters. */
const ID_CHARS_MAX = 128;
const NAME_CHARS_MAX = 64;
const LABELS: Readonly<Record<string, number>> = { good: 1, bad: 0 };
const OUTCOME_EXAMPLE = '{"id": "…", "score": 1}';
const ROLLBACK_EXAMPLE = '{"decision": "…", "version": 0}';

/** `POST /outcomes`, `GET /learning` and `POST /learning/rollback`. */
export function learningPages(desk: LearningDesk): readonly Route[] {
  return [
    { method: 'GET', path: '/learning', page: () => shown(desk.report()) },
    {
      method: 'POST',
      path: '/outcomes',
      example: OUTCOME_EXAMPLE,
      async page({ request }) {
        const { id, score } = outcomeIn(await objectOf(request, LIMITS));
        const effect = desk.outcome(id, score);
        if (effect !== undefined) return shown({ id, score, ...effect });
        throw new SextantError(
          'not_found',
          'No answer of the last hour is known under this id that a model gave for a decision that learns; take the ' +
            'id header of the answer, and see which decisions learn at /learning.',
          { param: 'id' },
        );
      },
    },
    {
      method: 'POST',
      path: '/learning/rollback',
      example: ROLLBACK_EXAMPLE,
      async page({ request }) {
        const { decision, version } = rollbackIn(await objectOf(request, LIMITS));
        const done = desk.rollBack(decision, version);
        if (done === 'done') return shown({ decision, version });
        const [message, param] =
          done === 'no-decision'
            ? ['No decision of this name learns; /learning lists those that do.', 'decision']
            : ['No such version is kept; /learning lists those that are.', 'version'];
        throw new SextantError('not_found', message, { param });
      },
    },
  ];
}

function outcomeIn(fields: JsonObject): { readonly id: string; readonly score: number } {
  const { id, score, label } = known(fields, ['id', 'score', 'label']);
  if (id === undefined) throw missing('id', OUTCOME_EXAMPLE);
  if (score === undefined && label === undefined) throw missing('score', OUTCOME_EXAMPLE);
  if (typeof id !== 'string' || id === '' || id.length > ID_CHARS_MAX)
    throw wrong(`id must be a text of at most ${ID_CHARS_MAX} characters.`, 'id');
  const labelled = typeof label === 'string' && Object.hasOwn(LABELS, label) ? LABELS[label] : undefined;
  if (label !== undefined && labelled === undefined) throw wrong('label must be good or bad.', 'label');
  const given = score ?? labelled;
  if (typeof given !== 'number' || given < 0 || given > 1)
    throw wrong('score must be a number from 0 to 1.', 'score');
  return { id, score: given };
}

function rollbackIn(fields: JsonObject): { readonly decision: string; readonly version: number } {
  const { decision, version } = known(fields, ['decision', 'version']);
  if (decision === undefined) throw missing('decision', ROLLBACK_EXAMPLE);
  if (version === undefined) throw missing('version', ROLLBACK_EXAMPLE);
  if (typeof decision !== 'string' || decision === '' || decision.length > NAME_CHARS_MAX)
    throw wrong(`decision must be a text of at most ${NAME_CHARS_MAX} characters.`, 'decision');
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0)
    throw wrong('version must be a whole number from 0.', 'version');
  return { decision, version };
}

function known(fields: JsonObject, names: readonly string[]): { readonly [key: string]: Json | undefined } {
  if (Object.keys(fields).every((key) => names.includes(key))) return fields;
  throw wrong(`The body has a field besides ${names.join(', ')}; leave it out.`);
}

function missing(param: string, example: string): SextantError {
  return new SextantError('missing_field', `${param} is missing: send ${example}.`, { param });
}
