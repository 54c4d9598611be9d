import type { CacheBackend } from '../cache/contract.js';
import type { Json, JsonObject } from '../lib/json.js';
import { SextantError } from '../lib/sextant-error.js';
import type { Encoder } from '../signals/contract.js';
import { atOnce } from './at-once.js';
import { entryView } from './entry-view.js';
import { objectOf } from './json-body.js';
import { shown, wrong } from './page.js';
import type { Route } from './routes.js';

const LIMITS = { bytesMax: 256 * 1024, deadlineMs: 5_000 };
const NEAREST = { limit: 10, limitMax: 100 };
/** Each looks through every partition, and the encoder is there for those who are served first of all. */
const AT_ONCE_MAX = 2;
const ENCODE_DEADLINE_MS = 5_000;

/** `POST /cache/search`: the entries nearest to a text, whoever they belong to. */
export function searchRoute(cache: {
  readonly backend: CacheBackend;
  readonly encoder: Pick<Encoder, 'encode'>;
  readonly showPrompts: boolean;
}): Route {
  const places = atOnce(AT_ONCE_MAX, 'searches are running');
  return {
    method: 'POST',
    path: '/cache/search',
    role: 'read',
    example: '{"text": "What is the capital of France?"}',
    page: ({ request }) =>
      places.run(async () => {
        const { text, limit } = searchOf(await objectOf(request, LIMITS));
        const { vector } = await cache.encoder.encode(text, ENCODE_DEADLINE_MS);
        const near = await cache.backend.search(vector, limit);
        return shown({
          entries: near.map(({ entry, similarity }) => ({
            similarity: Number(similarity.toFixed(4)),
            ...entryView(entry, cache.showPrompts),
          })),
          prompts: cache.showPrompts ? 'shown' : 'hidden',
        });
      }),
  };
}

function searchOf(fields: JsonObject): { readonly text: string; readonly limit: number } {
  const { text, limit = NEAREST.limit, ...rest } = fields as { readonly [key: string]: Json | undefined };
  if (Object.keys(rest).length > 0) {
    throw wrong('The body has a field besides text and limit; leave it out.');
  }
  if (text === undefined)
    throw new SextantError('missing_field', 'text is missing: send {"text": "…"}.', { param: 'text' });
  if (typeof text !== 'string' || text.trim() === '')
    throw wrong('text must be a string that is not empty.', 'text');
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > NEAREST.limitMax)
    throw wrong(`limit must be a whole number from 1 to ${NEAREST.limitMax}.`, 'limit');
  return { text, limit };
}
