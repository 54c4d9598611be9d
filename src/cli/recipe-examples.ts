import { z } from 'zod';
import type { Json, JsonObject } from '../lib/json.js';
import type { DemoQuestion, Expected } from './demo-questions.js';
import { CliError } from './output.js';

const json: z.ZodType<Json> = z.json();
const headerName = z.string().regex(/^[a-z0-9-]+$/, { error: 'is no header name in lower case' });

const expectation = z.strictObject({
  model: z.string().min(1).optional(),
  decision: z.string().min(1),
  cache: z.enum(['miss', 'hit-exact', 'hit-semantic', 'bypass']).optional(),
  served_from: z.string().min(1).optional(),
});

const example = z.strictObject({
  id: z.string().min(1).optional(),
  prompt: z.string().min(1),
  headers: z.record(headerName, z.string()).optional(),
  body: z.record(z.string(), json).optional(),
  shows: z.string().min(1),
  expect: expectation,
});

type Example = z.output<typeof example>;

/**
 * Reads the examples of a recipe: JSON Lines, each a prompt and what must become of it. `served_from` names the `id` of
 * an earlier row whose stored answer is served. Without a `model` the prompt must be refused.
 *
 * @param file named in errors
 * @throws CliError with `file:line: ` and what is wrong there
 */
export function readExamples(text: string, file: string): readonly DemoQuestion[] {
  const ids = new Map<string, number>();
  return text
    .split('\n')
    .map((line, at) => ({ line, number: at + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }, at) => {
      const fail = (problem: string): never => {
        throw new CliError(`${file}:${number}: ${problem}`);
      };
      const row = rowOf(line, fail);
      const question = questionOf(row, ids, fail);
      if (row.id !== undefined) {
        if (ids.has(row.id)) fail(`id ${row.id} is taken by an earlier row; choose another`);
        ids.set(row.id, at);
      }
      return question;
    });
}

type Fail = (problem: string) => never;

function rowOf(line: string, fail: Fail): Example {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return fail('is no JSON; write one object on each line');
  }
  const read = example.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return fail(`${issue?.path.join('.') || 'the row'}: ${issue?.message ?? 'is not well formed'}`);
}

function questionOf(row: Example, ids: ReadonlyMap<string, number>, fail: Fail): DemoQuestion {
  const body: JsonObject = {
    model: 'auto',
    messages: [{ role: 'user', content: row.prompt }],
    ...row.body,
  };
  return {
    prompt: row.prompt,
    shows: row.shows,
    expected: expectedOf(row.expect, ids, fail),
    request: { headers: row.headers ?? {}, body },
  };
}

function expectedOf(expect: Example['expect'], ids: ReadonlyMap<string, number>, fail: Fail): Expected {
  const { model, decision, cache, served_from: id } = expect;
  if (model === undefined) {
    if (cache !== undefined || id !== undefined)
      fail('expect: names no model, so nothing is served; remove cache');
    return { model, decision, cache: undefined };
  }
  if (cache === undefined) return fail('expect: says nothing of the cache; add cache');
  const isHit = cache.startsWith('hit');
  if (isHit !== (id !== undefined)) fail('expect: served_from belongs to hits, and to each of them');
  if (id === undefined) return { model, decision, cache };
  const servedFrom = ids.get(id) ?? fail(`expect.served_from: no earlier row has the id ${id}`);
  return { model, decision, cache, servedFrom };
}
