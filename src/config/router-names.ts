import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suggestion } from './names.js';
import { resolvePath } from './paths.js';
import { atValue, type Finding, type Path } from './problems.js';
import type { ConfigFile } from './schema.js';

/** What a router's description may weigh; it holds names and figures. Bytes. */
const DESCRIPTION_BYTES_MAX = 1024 * 1024;
const DESCRIPTION = 'router.json';
const SHIPPED_MODELS = fileURLToPath(new URL('../../models', import.meta.url));

/**
 * Whether the routers that are named exist, and know the models that are said to be theirs. Whether a router as a whole
 * is sound, and fits the encoder, is seen when it is loaded. `file` is the config file, which paths start from.
 */
export function checkRouters(config: ConfigFile, file: string): readonly Finding[] {
  const { encoder } = config;
  const models = encoder.path === undefined ? SHIPPED_MODELS : resolvePath(encoder.path, file);
  const folders = { shipped: join(models, 'routers'), file };
  const known = new Map<string, readonly string[]>();
  const findings = namesIn(config).flatMap(({ router, path }) => {
    const read = known.get(router) ?? readRouter(router, folders);
    if (typeof read === 'string') return [atValue(path, read)];
    known.set(router, read);
    return [];
  });
  return [...findings, ...unknownModels(config, known)];
}

interface NamedRouter {
  readonly router: string;
  readonly path: Path;
}

function namesIn({ selection, decisions }: ConfigFile): readonly NamedRouter[] {
  const own = decisions.map((decision, index) => ({
    router: decision.selection?.router,
    path: ['decisions', index, 'selection', 'router'],
  }));
  const all = [{ router: selection?.router, path: ['selection', 'router'] }, ...own];
  return all.flatMap(({ router, path }) => (router === undefined ? [] : [{ router, path }]));
}

interface Folders {
  /** Of the routers that ship with Sextant. */
  readonly shipped: string;
  readonly file: string;
}

/** The models that a router knows, or what is wrong with its name. */
function readRouter(router: string, { shipped, file }: Folders): readonly string[] | string {
  const isShipped = !router.includes('/');
  const folder = isShipped ? join(shipped, router) : resolvePath(router, file);
  const models = modelsOf(folder);
  if (models !== undefined) return models;
  const shown = router.slice(0, 80);
  if (isShipped) {
    const names = routersIn(shipped);
    return `no router of the name "${shown}" ships with Sextant; ${suggestion(router, names)}; a folder of your own has a slash, as in ./${shown}`;
  }
  const beside = routersIn(dirname(folder));
  const near = beside.length === 0 ? '' : ` (${suggestion(basename(folder), beside)})`;
  return `leads to no folder with a readable ${DESCRIPTION}${near}; make one with \`sextant train router\``;
}

function modelsOf(folder: string): readonly string[] | undefined {
  const path = join(folder, DESCRIPTION);
  try {
    if (statSync(path).size > DESCRIPTION_BYTES_MAX) return undefined;
    const description: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const has = typeof description === 'object' && description !== null && 'models' in description;
    const models: unknown = has ? description.models : undefined;
    return Array.isArray(models) ? models.flatMap(nameOf) : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(model: unknown): readonly string[] {
  const named = typeof model === 'object' && model !== null && 'name' in model ? model.name : undefined;
  return typeof named === 'string' ? [named] : [];
}

function routersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.flatMap((entry) =>
      entry.isDirectory() && modelsOf(join(folder, entry.name)) !== undefined ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}

/** Of a card that says what routers call its model, one of those that choose it must know that name. */
function unknownModels(
  { models, selection, decisions }: ConfigFile,
  known: ReadonlyMap<string, readonly string[]>,
): readonly Finding[] {
  return models.flatMap(({ name, router_model: called }, index) => {
    if (called === undefined) return [];
    const asked = decisions
      .filter((decision) => decision.models?.includes(name))
      .map((decision) => known.get(decision.selection?.router ?? selection?.router ?? ''));
    const names = asked.flatMap((each) => each ?? []);
    // Where no router chooses the model, or one of them could not be read, there is nothing to hold the name against.
    if (names.length === 0 || asked.includes(undefined) || names.includes(called)) return [];
    const message = `no router that chooses this model knows "${called.slice(0, 80)}"; ${suggestion(called, names)}`;
    return [atValue(['models', index, 'router_model'], message)];
  });
}
