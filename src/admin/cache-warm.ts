import type { Warm } from '../exchange/warm.js';
import { toSextantError } from '../openai/errors.js';
import { atOnce } from './at-once.js';
import { type JsonLine, linesIn } from './json-lines.js';
import { LineReport } from './line-report.js';
import { shown } from './page.js';
import { readBody } from './read-body.js';
import type { Route } from './routes.js';
import { warmRowOf } from './warm-row.js';

const LIMITS = { bytesMax: 4 * 1024 * 1024, deadlineMs: 10_000 };
/** Rows of one body. Each takes the encoder and the guard as long as a request does. */
const LINES_MAX = 256;

/** `POST /cache/warm`: rows of questions and answers, as JSON Lines. */
export function warmRoute({ warm }: { readonly warm: Warm }): Route {
  const places = atOnce(1, 'warming is running');
  return {
    method: 'POST',
    path: '/cache/warm',
    example: '{"question": "What is the capital of France?", "answer": "Paris.", "tenant": "acme"}',
    page: ({ request }) =>
      places.run(async () => {
        const report = new LineReport();
        // One after the other, so that those who are served find a place in the encoder's queue.
        for (const { line, object } of linesIn(await readBody(request, LIMITS), LINES_MAX)) {
          await warmed(object, warm)
            .then(() => {
              report.taken += 1;
            })
            .catch((thrown: unknown) => report.refuse(line, toSextantError(thrown)));
        }
        return shown({ warmed: report.taken, ...report.told() });
      }),
  };
}

async function warmed(object: JsonLine['object'], warm: Warm): Promise<void> {
  if (!object.ok) throw object.error;
  const result = await warm(warmRowOf(object.value));
  if (!result.ok) throw result.error;
}
