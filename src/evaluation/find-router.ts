import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Router } from '../learn/router.js';
import { DataError } from './data-error.js';
import type { Outcomes } from './outcome-rows.js';
import { readRouter } from './router-files.js';

export interface RouterWish {
  /** Folder of the models; shipped routers are in its `routers`. */
  readonly modelsDir: string;
  readonly encoderHash: string;
  /** Name of a shipped router, or the path of a folder: what holds a slash is one. */
  readonly named?: string | undefined;
}

/** @throws DataError where there is no such router, or it belongs to another encoder */
export function readNamedRouter({ modelsDir, encoderHash, named = '' }: RouterWish): Promise<Router> {
  return readRouter(named.includes('/') ? named : join(modelsDir, 'routers', named), encoderHash);
}

/**
 * The router for these rows: the named one, or of the shipped ones the one whose models all stand in the rows; of
 * several the one of the most models. It goes by the names of models, so no label of a row has a say in it.
 *
 * @throws DataError where there is none
 */
export async function findRouter(outcomes: Outcomes, wish: RouterWish): Promise<Router> {
  if (wish.named !== undefined) return readNamedRouter(wish);
  const names = await readdir(join(wish.modelsDir, 'routers')).catch(() => []);
  const routers: Router[] = [];
  for (const named of names.toSorted()) routers.push(await readNamedRouter({ ...wish, named }));
  const fitting = routers
    .filter(({ models }) => models.every(({ name }) => outcomes.models.includes(name)))
    .toSorted((a, b) => b.models.length - a.models.length);
  const [best] = fitting;
  if (best !== undefined) return best;
  throw new DataError(
    `${outcomes.path}: no shipped router knows these models; train one first with --train FILE, or name one with --router`,
  );
}
